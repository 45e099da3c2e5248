"""The `imr` command: registers its subcommands, each of which lives in a module of its own."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

SUBCOMMANDS = (
    "run",
    "status",
    "lineage",
    "query",
    "evaluate",
    "explain",
    "synthetic",
    "degrade",
    "doctor",
    "remove",
    "migrate",
    "release",
    "releases",
    "diff",
    "quarantine",
    "up",
    "down",
    "reprocess",
)
"""In the order in which help shows them."""

_FORMER_NAMES = {"samples": "synthetic", "scan": "degrade"}


class Subcommands(TyperGroup):
    """Imports the module of a subcommand when it is called: many need libraries that take long to load."""

    _listing = False

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """The names of all subcommands."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> TyperCommand | TyperGroup | None:  # type: ignore[override]
        """One subcommand; None for any other name."""
        name = _FORMER_NAMES.get(cmd_name, cmd_name)
        if name not in SUBCOMMANDS:
            return None
        if self._listing:
            return TyperCommand(name, help=_help_of(name))
        command = typer.main.get_command(import_module(f"commands.{name}").app)
        command.name = name
        return command  # type: ignore[return-value]

    def format_help(self, *arguments: Any) -> None:  # noqa: ANN401 - the context and formatter of Typer's own click
        """List all subcommands without importing any."""
        self._listing = True
        super().format_help(*arguments)
        self._listing = False


def _help_of(name: str) -> str:
    """What a subcommand is for, as its function says in its module; else as the module itself says."""
    module = ast.parse(Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8"))
    functions = (node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == name)
    said = [ast.get_docstring(node) for node in functions]
    of_module = (ast.get_docstring(module) or "").partition(": ")[2]
    return (said[0] if said else None) or of_module[:1].upper() + of_module[1:]


app = typer.Typer(
    cls=Subcommands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals may hold letter text
)


@app.callback()
def imr() -> None:
    """California Independent Medical Review letters as analysis-ready tables.

    Start with: imr run FOLDER-OF-LETTERS, then: imr query "SELECT * FROM outcomes_by_year".
    """


def main() -> None:
    """Run the command; a lake that cannot be used is said in one line, exit code 1."""
    from imr.errors import LakeError

    try:
        app()
    except LakeError as error:
        raise SystemExit(f"{error.code}: {error.message}") from None
