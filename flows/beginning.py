"""What every flow run does first: say where its process is, and clear away runs whose process is gone."""

from __future__ import annotations

from uuid import UUID

import httpx
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectException
from prefect.runtime import flow_run

from flows.processes import call_dead_runs_crashed, note_process
from tasks.log import run_log


def begin() -> None:
    """Begin the flow run that this is. A server that refuses any of it does not hold up the run."""
    try:
        with get_client(sync_client=True) as client:
            note_process(client, UUID(flow_run.id))
            dead = call_dead_runs_crashed(client)
    except (httpx.HTTPError, PrefectException) as error:
        run_log().warning("runs whose process is gone were not looked for", error=type(error).__name__)
        return
    if dead:
        run_log().warning("runs whose process was gone are called crashed", runs=len(dead))
