"""`imr reprocess`: published letters once more, where code or rules have changed since."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from imr.cli.options import (
    DEFAULT_LAKE,
    Accepted,
    AsJson,
    CommitEveryGiven,
    Engine,
    LakeFolder,
    LockTimeout,
    Verbose,
    WorkerCount,
    effort_of,
    subcommand,
)
from imr.settings import THREADS

app = subcommand()


class Step(StrEnum):
    """The steps that a reprocessing can start from."""

    OCR_CLEANUP = "ocr_cleanup"
    SECTION_SPLIT = "section_split"
    EXTRACT = "extract"


@app.command()
def reprocess(
    lake: LakeFolder = DEFAULT_LAKE,
    from_step: Annotated[Step, typer.Option(help="Letters whose version of this step is not the present one.")] = (
        Step.EXTRACT
    ),
    year: Annotated[list[int], typer.Option(help="Only letters of this case year; may be given again.")] = [],  # noqa: B006
    most: Annotated[int | None, typer.Option(min=1, help="At most so many letters; the rest later.")] = None,
    damaged: Annotated[
        bool,
        typer.Option("--damaged", help="Letters whose rows or bytes are lost or wrong instead, as imr doctor says."),
    ] = False,
    commit_every: CommitEveryGiven = [],  # noqa: B006
    worker_count: WorkerCount = None,
    lock_timeout: LockTimeout = 60.0,
    accept: Accepted = [],  # noqa: B006
    engine: Engine = THREADS,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Read published letters again from the bytes in the lake, where code or rules have changed since; or damaged ones.

    Exit codes as those of run.
    """
    from commands.flow_run import run_flow_again

    chosen = {"from_step": from_step.value, "years": year, "most": most, "damaged": damaged, "accept": accept}
    effort = effort_of(worker_count, lock_timeout, commit_every, engine)
    raise typer.Exit(run_flow_again("reprocess", lake, {**chosen, **effort}, as_json=as_json, verbose=verbose))
