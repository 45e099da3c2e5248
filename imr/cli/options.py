"""The options that several subcommands have, and what every subcommand is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from imr.settings import Gate

LakeFolder = Annotated[Path, typer.Option("--lake", help="Folder of the lake.", envvar="IMR_LAKE")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON for machines.")]
LockTimeout = Annotated[float, typer.Option(min=0, help="Seconds to wait for another run on the lake.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show Prefect's own log.")]
WorkerCount = Annotated[
    int | None, typer.Option("--workers", min=1, help="Worker processes; one per core unless told.")
]
Accepted = Annotated[list[Gate], typer.Option("--accept", help="Let this gate pass.")]
DEFAULT_LAKE = Path("data_lake")


def subcommand() -> typer.Typer:
    """An application of one subcommand, as `main` registers it."""
    return typer.Typer(add_completion=False)
