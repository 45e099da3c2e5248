"""What `imr up` asks a Prefect server to have: the work pool, the deployments of prefect.yaml, the automations."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.objects import WorkerStatus
from prefect.events.schemas.automations import AutomationCore
from prefect.exceptions import ObjectNotFound

from commands.local_prefect.deploying import deploy
from commands.local_prefect.machine import POOL, PROJECT, WORKER, UpError
from flows.processes import call_dead_runs_crashed

AUTOMATIONS = PROJECT / "deploy" / "automations.yaml"
DEFAULT_BLOCK = "imr-alerts"
RUNS_AT_ONCE = 1
"""In the pool of one machine: a run uses all cores, and a lake has one writer."""


def register(
    alerts: str | None, environment: dict[str, str], record: Path, *, abandoned: bool, as_in_file: bool
) -> list[str]:
    """Make or update pool, deployments and automations; says what there is now and what differs, in a sentence each.

    What people have set on the server stays, unless everything is to be `as_in_file`; `record` is where it is
    remembered what the file last said.
    Runs whose process is gone are called crashed, pending ones as well where the pool is `abandoned`: without a worker.

    Raises:
        UpError: prefect.yaml cannot be deployed, or there is no notification block of that name.
    """
    said = [asyncio.run(_register_pool())]
    said += deploy(environment, record, environment["PREFECT_API_URL"], as_in_file=as_in_file)
    said += asyncio.run(_register_automations(alerts, as_in_file=as_in_file))
    return [*said, *_clear_away(abandoned)]


def _clear_away(abandoned: bool) -> list[str]:
    with get_client(sync_client=True) as client:
        workers = client.read_workers_for_work_pool(POOL) if abandoned else []
        others = [each.name for each in workers if each.name != WORKER and each.status == WorkerStatus.ONLINE]
        dead = call_dead_runs_crashed(client, POOL if abandoned and not others else None)
    return [f"called crashed, as their process is gone: {', '.join(dead)}"] if dead else []


async def _register_pool() -> str:
    async with get_client() as client:
        try:
            pool = await client.read_work_pool(POOL)
        except ObjectNotFound:
            pool = await client.create_work_pool(
                WorkPoolCreate(name=POOL, type="process", concurrency_limit=RUNS_AT_ONCE)
            )
        if pool.concurrency_limit is None:
            await client.update_work_pool(POOL, WorkPoolUpdate(concurrency_limit=RUNS_AT_ONCE))
    return f"work pool {POOL} ({pool.type})"


async def _register_automations(alerts: str | None, *, as_in_file: bool) -> list[str]:
    disabled = []
    async with get_client() as client:
        block = await _block(client, alerts)
        automations = [AutomationCore.model_validate(each) for each in read_automations(AUTOMATIONS, block)]
        for automation in automations:
            there = await client.read_automations_by_name(automation.name)
            if there:
                # What is not set here is not sent, and stays as it is.
                automation.enabled = as_in_file or there[0].enabled
                if not automation.enabled:
                    disabled.append(f'automation "{automation.name}" is disabled in Prefect and stays so')
                await client.update_automation(there[0].id, automation)
            else:
                await client.create_automation(automation)
    told = "alerts go to a notification block" if block else "alerts go to the event feed (see --alerts)"
    return [f"{len(automations)} automations; {told}", *disabled]


def read_automations(file: Path, block: UUID | None) -> list[dict[str, Any]]:
    """The automations of a file, each `alert` in them turned into a message to a block, or into nothing without one."""
    automations = yaml.safe_load(file.read_text(encoding="utf-8"))["automations"]
    for automation in automations:
        if alert := automation.pop("alert", None):
            send = {"type": "send-notification", "block_document_id": str(block), **alert}
            automation["actions"] = [send if block else {"type": "do-nothing"}]
    return list(automations)


async def _block(client: PrefectClient, name: str | None) -> UUID | None:
    """The id of the notification block TYPE/NAME; without a name, that of any block called `imr-alerts`."""
    if name is None:
        found = await client.read_block_documents(limit=None)
        return next((block.id for block in found if block.name == DEFAULT_BLOCK), None)
    kind, _, called = name.rpartition("/")
    try:
        return (await client.read_block_document_by_name(called, kind)).id
    except ObjectNotFound:
        raise UpError(
            f"the server has no block {name}: name it TYPE/NAME, as in custom-webhook/{DEFAULT_BLOCK}"
        ) from None
