"""What a subcommand says that is not here, since it runs flows and the package was installed without them."""

from __future__ import annotations

from types import ModuleType
from typing import NoReturn

import typer

from imr.cli.checkout import from_checkout
from imr.cli.console import err
from imr.cli.exit_codes import Exit


def needed_from_checkout(module: str, subcommand: str) -> ModuleType:
    """A module of the checkout that a subcommand cannot do without; where there is none, says so and exits."""
    return from_checkout(module) or say_where(subcommand)


def say_where(subcommand: str) -> NoReturn:
    """Say where a subcommand is to be found, and exit."""
    err.print(
        f"imr {subcommand} needs the Prefect flows, which live in a checkout of the project and not in the installed "
        "package: clone its repository and run `make run` there.",
        soft_wrap=True,
    )
    raise typer.Exit(Exit.USAGE)
