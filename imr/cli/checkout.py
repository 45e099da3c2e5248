"""The checkout that this package is part of: flows, tasks and the subcommands that run them live there alone.

What is installed from a wheel is the package `imr` and nothing else, as names like `flows` and `tasks` belong to
whoever has a project of their own.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

_MARKS = ("prefect.yaml", "flows/letters.py", "commands/run.py")


def checkout() -> Path | None:
    """Its folder; None where the package stands alone."""
    folder = Path(__file__).resolve().parents[2]
    return folder if all((folder / mark).is_file() for mark in _MARKS) else None


def from_checkout(module: str) -> ModuleType | None:
    """A module of the checkout, whoever else has one of its name; None where there is no checkout.

    For programs of our own: the checkout comes first on their path from now on.
    """
    folder = checkout()
    if folder is None:
        return None
    if str(folder) not in sys.path[:1]:
        sys.path.insert(0, str(folder))
    return import_module(module)
