"""The options that several subcommands have, and what every subcommand is made of."""

from __future__ import annotations

import shlex
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from imr.cli.console import program
from imr.lake.place import is_lake
from imr.settings import Gate


def lake_there(folder: Path) -> Path:
    """The folder of a lake, which has to be one.

    Raises:
        typer.BadParameter: it is none.
    """
    if not is_lake(folder):
        command = f"{program()} run FOLDER-OF-LETTERS --lake {shlex.quote(str(folder))}"
        raise typer.BadParameter(f"no lake is at {folder}; make one with: {command}")
    return folder


_LAKE = partial(typer.Option, "--lake", help="Folder of the lake.", envvar="IMR_LAKE")
LakeFolder = Annotated[Path, _LAKE(callback=lake_there)]
AnyLakeFolder = Annotated[Path, _LAKE()]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON for machines.")]
LockTimeout = Annotated[float, typer.Option(min=0, help="Seconds to wait for another run on the lake.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show Prefect's own log.")]
WorkerCount = Annotated[
    int | None, typer.Option("--workers", min=1, help="Worker processes; one per core unless told.")
]
Accepted = Annotated[list[Gate], typer.Option("--accept", help="Let this gate pass.")]
HELP_NAMES = {"help_option_names": ["-h", "--help"]}
DEFAULT_LAKE = Path("data_lake")


def subcommand() -> typer.Typer:
    """An application of one subcommand, as `main` registers it."""
    return typer.Typer(add_completion=False, context_settings=HELP_NAMES)
