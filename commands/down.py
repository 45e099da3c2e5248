"""`imr down`: the end of what `imr up` has started."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from commands.local_prefect.machine import Machine, answers
from commands.local_prefect.services import stopped
from imr.cli.console import err, out
from imr.cli.options import subcommand

app = subcommand()


@app.command()
def down(
    wait: Annotated[bool, typer.Option("--wait", help="Let runs that go on end first, instead of cancelling.")] = False,
) -> None:
    """End what `imr up` has started: worker, server and explorer. The database stays, and with it all history.

    Runs that go on are cancelled: nothing of them is published, and what they have done is kept for the next run.
    """
    machine = Machine()
    api = machine.address()
    if api and answers(api):
        os.environ.update(machine.environment(api))
        _end_runs(wait=wait)
    ended = stopped(machine.worker, machine.explorer)
    if ended and api and answers(api):
        from commands.local_prefect.runs_at_the_end import clear_away

        clear_away()
    ended += stopped(machine.server)
    out.print(f"Ended: {', '.join(service.name for service in ended)}." if ended else "Nothing was running.")


def _end_runs(*, wait: bool) -> None:
    from commands.local_prefect.runs_at_the_end import cancel, going_on, wait_for_end

    runs = going_on()
    for run in runs:
        state = (run.state_name or "").lower()
        out.print(f"{run.name} is {state}: {'waiting for its end' if wait else 'it is cancelled'}.", soft_wrap=True)
    if runs and not wait:
        cancel(runs)
    with err.status("Waiting for the end of runs"):
        left = wait_for_end(None if wait else 10.0)
    for run in left:
        out.print(f"{run.name} has not ended.", soft_wrap=True)
