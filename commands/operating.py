"""The subcommands that run the letters on Prefect, with their options."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from commands.options import DEFAULT_LAKE, Accepted, Json, Lake, LockTimeout, Verbose, Workers

app = typer.Typer()


class Step(StrEnum):
    """The steps that a reprocessing can start from."""

    OCR_CLEANUP = "ocr_cleanup"
    SECTION_SPLIT = "section_split"
    EXTRACT = "extract"


@app.command()
def up(
    host: Annotated[str, typer.Option(help="Address that the server listens at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port that the server listens at.")] = 4200,
    alerts: Annotated[
        str | None, typer.Option(help="Notification block for alerts: TYPE/NAME. Default: any called imr-alerts.")
    ] = None,
    worker: Annotated[bool, typer.Option(help="Start a worker on this machine.")] = True,
    json: Json = False,
) -> None:
    """Bring up Prefect on this machine: server, work pool, worker, deployments, limits and automations.

    What is up already stays; run it again after a change of prefect.yaml, or to restart what has died. Where
    PREFECT_API_URL names a server, that one is used. Exit code 1 when something could not be brought up.
    """
    from commands.up import up as bring_up

    raise typer.Exit(0 if bring_up(host, port, alerts, worker=worker, as_json=json) else 1)


@app.command()
def down() -> None:
    """End the worker and the server that `imr up` has started. Their history stays."""
    from commands.up import down as bring_down

    bring_down()


@app.command()
def reprocess(
    lake: Lake = DEFAULT_LAKE,
    from_step: Annotated[Step, typer.Option(help="Letters whose version of this step is not the present one.")] = (
        Step.EXTRACT
    ),
    year: Annotated[list[int], typer.Option(help="Only letters of this case year; may be given again.")] = [],  # noqa: B006
    most: Annotated[int | None, typer.Option(min=1, help="At most so many letters; the rest later.")] = None,
    workers: Workers = None,
    lock_timeout: LockTimeout = 60.0,
    accept: Accepted = [],  # noqa: B006
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Read published letters again, from the bytes in the lake, where code or rules have changed since.

    Exit codes as those of run.
    """
    from commands.run import reprocess as run_reprocess

    chosen = {"from_step": from_step.value, "years": year, "most": most, "accept": accept}
    options = {**chosen, "worker_count": workers, "lock_timeout": lock_timeout}
    raise typer.Exit(run_reprocess(lake, options, as_json=json, verbose=verbose))
