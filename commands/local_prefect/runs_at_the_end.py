"""What goes on at a server that is about to end, and how it is ended before."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress

import psutil
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Cancelled, Cancelling

from flows.processes import active_runs, call_dead_runs_crashed, place_of

_SECONDS_BETWEEN = 0.1


def going_on() -> list[FlowRun]:
    """The runs that have not ended, once those whose process is gone are called crashed."""
    with get_client(sync_client=True) as client:
        call_dead_runs_crashed(client)
        return active_runs(client)


def cancel(runs: Sequence[FlowRun]) -> None:
    """Cancel runs. Those that have a process here are told by a signal, others learn of it when they next ask."""
    with get_client(sync_client=True) as client:
        for run in runs:
            if run.state_type == StateType.PENDING:
                client.set_flow_run_state(run.id, Cancelled(message="imr down"), force=True)
                continue
            if run.deployment_id:
                client.set_flow_run_state(run.id, Cancelling(message="imr down"))
            if (place := place_of(run)) and (process := place.process()):
                with suppress(psutil.NoSuchProcess):
                    process.terminate()


def wait_for_end(seconds: float | None) -> list[FlowRun]:
    """Wait until no run goes on any more, at most so long; those that still do."""
    deadline = None if seconds is None else time.monotonic() + seconds
    while (left := going_on()) and (deadline is None or time.monotonic() < deadline):
        time.sleep(_SECONDS_BETWEEN)
    return left


def clear_away() -> None:
    """Give runs their final state that have gone with their worker."""
    with get_client(sync_client=True) as client:
        call_dead_runs_crashed(client)
