"""What `imr up` asks a Prefect server to have: the work pool, the deployments of prefect.yaml, the automations."""

from __future__ import annotations

from httpx import HTTPError
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.objects import WorkerStatus
from prefect.exceptions import ObjectNotFound, PrefectException

from commands.local_prefect.automations import automate
from commands.local_prefect.deploying import deploy
from commands.local_prefect.kept import Record
from commands.local_prefect.machine import POOL, WORKER, Machine, UpError
from flows.processes import call_dead_runs_crashed

RUNS_AT_ONCE = 1
"""In the pool of one machine: a run uses all cores, and a lake has one writer."""


def register(machine: Machine, api: str, alerts: str | None, *, abandoned: bool, as_in_file: bool) -> list[str]:
    """Make or update pool, deployments and automations; says what there is now and what differs, in a sentence each.

    What people have set on the server stays, unless everything is to be `as_in_file`.
    Runs whose process is gone are called crashed, pending ones as well where the pool is `abandoned`: without a worker.

    Raises:
        UpError: prefect.yaml cannot be deployed, there is no notification block of that name, or the server refuses.
    """
    try:
        return _register(machine, api, alerts, abandoned=abandoned, as_in_file=as_in_file)
    except (HTTPError, PrefectException) as error:
        raise UpError(f"the Prefect server did not do what it was asked: {type(error).__name__}: {error}") from error


def _register(machine: Machine, api: str, alerts: str | None, *, abandoned: bool, as_in_file: bool) -> list[str]:
    said = [_register_pool()]
    said += deploy(Record(machine.folder / "deployed.json", api), machine.environment(api), as_in_file=as_in_file)
    said += automate(Record(machine.folder / "automated.json", api), alerts, as_in_file=as_in_file)
    return [*said, *_clear_away(abandoned)]


def _clear_away(abandoned: bool) -> list[str]:
    with get_client(sync_client=True) as client:
        workers = client.read_workers_for_work_pool(POOL) if abandoned else []
        others = [each.name for each in workers if each.name != WORKER and each.status == WorkerStatus.ONLINE]
        dead = call_dead_runs_crashed(client, POOL if abandoned and not others else None)
    return [f"called crashed, as their process is gone: {', '.join(dead)}"] if dead else []


def _register_pool() -> str:
    with get_client(sync_client=True) as client:
        try:
            pool = client.read_work_pool(POOL)
        except ObjectNotFound:
            pool = client.create_work_pool(WorkPoolCreate(name=POOL, type="process", concurrency_limit=RUNS_AT_ONCE))
        if pool.concurrency_limit is None:
            client.update_work_pool(POOL, WorkPoolUpdate(concurrency_limit=RUNS_AT_ONCE))
    return f"work pool {POOL} ({pool.type})"
