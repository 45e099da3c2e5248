"""The options that several subcommands have, and what every subcommand is made of."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from imr.cli.console import program
from imr.lake.place import is_lake
from imr.settings import ENGINES, CommitEvery, Gate


def lake_there(folder: Path) -> Path:
    """The folder of a lake, which has to be one.

    Raises:
        typer.BadParameter: it is none.
    """
    if not is_lake(folder):
        command = f"{program()} run FOLDER-OF-LETTERS --lake {shlex.quote(str(folder))}"
        raise typer.BadParameter(f"no lake is at {folder}; make one with: {command}")
    return folder


def known_engine(name: str) -> str:
    """The name of an engine, which has to be one.

    Raises:
        typer.BadParameter: it is none.
    """
    if not re.fullmatch(ENGINES, name):
        raise typer.BadParameter("threads, dask, or the address of a Dask scheduler such as tcp://scheduler:8786")
    return name


_LAKE = partial(typer.Option, "--lake", help="Folder of the lake.", envvar="IMR_LAKE")
LakeFolder = Annotated[Path, _LAKE(callback=lake_there)]
AnyLakeFolder = Annotated[Path, _LAKE()]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON for machines.")]
LockTimeout = Annotated[float, typer.Option(min=0, help="Seconds to wait for another run on the lake.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show Prefect's own log.")]
WorkerCount = Annotated[
    int | None, typer.Option("--workers", min=1, help="Worker processes; one per core unless told.")
]
Engine = Annotated[
    str,
    typer.Option(
        callback=known_engine,
        help="Where letters are read: threads; dask, a cluster on this machine; tcp://host:8786, a Dask scheduler.",
    ),
]
Accepted = Annotated[list[Gate], typer.Option("--accept", help="Let this gate pass.")]
CommitEveryGiven = Annotated[
    list[str],
    typer.Option(
        "--commit-every",
        metavar="LETTERS|MINUTES|run",
        help="Publish so much at a time, such as 5000 or 30min, or both if given twice; run: all at the end. "
        "Default: 50000 and 60min.",
    ),
]
HELP_NAMES = {"help_option_names": ["-h", "--help"]}
DEFAULT_LAKE = Path("data_lake")


def effort_of(
    worker_count: int | None, lock_timeout: float, commit_every: Sequence[str], engine: str
) -> dict[str, Any]:
    """How a run goes about its work, as the parameters of all flows that read letters.

    Raises:
        typer.BadParameter: `commit_every` is neither a number of letters nor of minutes.
    """
    every = commit_every_of(commit_every)
    return {"worker_count": worker_count, "lock_timeout": lock_timeout, "commit_every": every, "engine": engine}


def commit_every_of(given: Sequence[str]) -> CommitEvery:
    """How much of a run becomes public at a time, as it was given; the default where nothing was.

    Raises:
        typer.BadParameter: it is neither a number of letters nor of minutes.
    """
    if not given:
        return CommitEvery()
    limits = dict[str, Any](letters=None, minutes=None)
    for value in given:
        found = re.fullmatch(r"(?P<letters>\d+)|(?P<minutes>\d+(?:\.\d+)?)min|run", value)
        if not found:
            raise typer.BadParameter(f"{value} is neither a number of letters nor, like 30min, of minutes")
        limits |= {
            name: float(said) if name == "minutes" else int(said) for name, said in found.groupdict().items() if said
        }
    try:
        return CommitEvery(**limits)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def subcommand() -> typer.Typer:
    """An application of one subcommand, as `main` registers it."""
    return typer.Typer(add_completion=False, context_settings=HELP_NAMES)
