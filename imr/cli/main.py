"""The `imr` command: registers its subcommands, each of which lives in a module of its own."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import Abort, TyperException

from imr.cli.checkout import checkout
from imr.cli.console import out, say_wrong
from imr.cli.exit_codes import Exit
from imr.cli.only_in_a_checkout import needed_from_checkout, say_where
from imr.cli.options import HELP_NAMES

SUBCOMMANDS = (
    "run",
    "status",
    "lineage",
    "query",
    "tables",
    "report",
    "evaluate",
    "explain",
    "explore",
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

IN_A_CHECKOUT = frozenset({"run", "up", "down", "reprocess"})
"""Those that run flows or Prefect: their modules are in `commands`, which is in no wheel."""

_FORMER_NAMES = {"samples": "synthetic", "scan": "degrade"}


class Subcommands(TyperGroup):
    """Imports the module of a subcommand when it is called: many need libraries that take long to load."""

    _listing = False

    def main(self, args: Sequence[str] | None = None, *, standalone_mode: bool = True, **options: Any) -> Any:  # type: ignore[override]  # noqa: ANN401 - as Typer's
        """Run a command line. What is wrong with its use is said in one sentence, exit code 2."""
        if not standalone_mode:
            return super().main(args, standalone_mode=False, **options)
        try:
            code = super().main(args, standalone_mode=False, **options)
        except TyperException as error:
            if message := error.format_message():  # none where it was help that was shown
                context = getattr(error, "ctx", None)
                say_wrong(
                    "Wrong usage", f"{message.rstrip('.')}. See: {context.command_path if context else 'imr'} --help"
                )
            code = error.exit_code
        except Abort:
            code = Exit.FAILED
        sys.exit(code)

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """The names of all subcommands."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> TyperCommand | TyperGroup | None:  # type: ignore[override]
        """One subcommand; None for any other name."""
        name = _FORMER_NAMES.get(cmd_name, cmd_name)
        if name not in SUBCOMMANDS:
            return None
        if name in IN_A_CHECKOUT and checkout() is None:
            return _elsewhere(name)
        if self._listing:
            return TyperCommand(name, help=_help_of(name))
        if name in IN_A_CHECKOUT:
            module = needed_from_checkout(f"commands.{name}", name)
        else:
            module = import_module(f"imr.cli.{name}")
        command = typer.main.get_command(module.app)
        command.name = name
        return command  # type: ignore[return-value]

    def format_help(self, *arguments: Any) -> None:  # noqa: ANN401 - the context and formatter of Typer's own click
        """List all subcommands without importing any."""
        self._listing = True
        super().format_help(*arguments)
        self._listing = False


def _elsewhere(name: str) -> TyperCommand:
    """In place of a subcommand that is not here: says where it is, whatever it is given."""
    return TyperCommand(
        name,
        help="In a checkout of the project only.",
        callback=partial(say_where, name),
        add_help_option=False,
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )


def _help_of(name: str) -> str:
    """What a subcommand is for, as its function says in its module; else as the module itself says."""
    folder = checkout() if name in IN_A_CHECKOUT else None
    file = folder / "commands" / f"{name}.py" if folder else Path(__file__).with_name(f"{name}.py")
    module = ast.parse(file.read_text(encoding="utf-8"))
    functions = (node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == name)
    said = [ast.get_docstring(node) for node in functions]
    of_module = (ast.get_docstring(module) or "").partition(": ")[2]
    return (said[0] if said else None) or of_module[:1].upper() + of_module[1:]


app = typer.Typer(
    cls=Subcommands,
    no_args_is_help=True,
    add_completion=False,
    context_settings=HELP_NAMES,
    pretty_exceptions_show_locals=False,  # locals may hold letter text
)


def _say_version(*, asked: bool) -> None:
    if asked:
        from imr.version import __version__

        out.print(f"imr {__version__}")
        raise typer.Exit


@app.callback()
def imr(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    """California Independent Medical Review letters as analysis-ready tables.

    Start with: imr run FOLDER-OF-LETTERS, then: imr query "SELECT * FROM outcomes_by_year".
    """


def main() -> None:
    """Run the command; a lake that cannot be used is said in one line, exit code 1."""
    from imr.errors import LakeError
    from imr.lake.permissions import keep_from_others

    keep_from_others()  # of what commands write besides lakes, much holds letters too
    try:
        app()
    except LakeError as error:
        say_wrong(error.code, error.message)
        raise SystemExit(Exit.FAILED) from None
