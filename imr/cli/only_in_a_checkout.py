"""What a subcommand says that is not here, since it runs flows and the package was installed without them."""

from __future__ import annotations

from importlib.util import find_spec
from types import ModuleType
from typing import NoReturn

import typer

from imr.cli.checkout import checkout, from_checkout
from imr.cli.console import err
from imr.cli.exit_codes import Exit


def needed_from_checkout(module: str, subcommand: str) -> ModuleType:
    """A module of the checkout that a subcommand cannot do without; where it cannot be used, says so and exits."""
    if checkout() and find_spec("prefect") is None:
        _say_and_exit(
            f"imr {subcommand} needs Prefect, which is not installed: run `make run`, "
            "or pip install --constraint constraints.txt --editable '.[flows]'"
        )
    return from_checkout(module) or say_where(subcommand)


def say_where(subcommand: str) -> NoReturn:
    """Say where a subcommand is to be found, and exit."""
    _say_and_exit(
        f"imr {subcommand} needs the Prefect flows, which live in a checkout of the project and not in the installed "
        "package: clone its repository and run `make run` there."
    )


def _say_and_exit(sentence: str) -> NoReturn:
    err.print(sentence, soft_wrap=True)
    raise typer.Exit(Exit.USAGE)
