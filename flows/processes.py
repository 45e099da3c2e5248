"""Which process a flow run has, and runs whose process is gone: Prefect does not see that where the worker or the
server went with it. They would stay Running or Pending for good, and keep the only slot of their work pool.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import psutil
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Cancelled, Crashed

_LABEL = "imr.process"
_ACTIVE = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
_MOST = 200
LONGEST_PENDING = dt.timedelta(minutes=10)
"""A worker has begun a run by then, even where an image is pulled first."""
_GONE = "Its process is gone. The tables are whole; the next run takes up what was decided."


class Place(NamedTuple):
    """A process of some machine: the number of one that is gone may have been given to another."""

    host: str
    boot: str
    namespace: str
    pid: int
    started: float

    @classmethod
    def here(cls) -> Place:
        """This process."""
        return cls(*_machine(), os.getpid(), psutil.Process().create_time())

    def process(self) -> psutil.Process | None:
        """The process, if it is alive on this machine."""
        try:
            process = psutil.Process(self.pid)
            same = process.create_time() == self.started and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if same and self[:3] == _machine() else None

    def gone(self) -> bool:
        """Whether it is known to be gone; of another machine's, or another container's, nothing is known."""
        host, boot, _ = _machine()
        started_anew = "/" in host and self.host == host and self.boot != boot
        return started_anew or (self[:3] == _machine() and self.process() is None)


def _machine() -> tuple[str, str, str]:
    """This machine, since when it is up, and which processes are visible from here; empty where nothing says so.

    A name alone may be that of many; with an identity behind it, it is one machine, however often it is started.
    """
    host = "/".join(filter(None, (socket.gethostname(), _said(Path("/etc/machine-id")))))
    try:
        namespace = Path("/proc/self/ns/pid").readlink().name
    except OSError:  # not Linux
        namespace = ""
    return host, _said(Path("/proc/sys/kernel/random/boot_id")), namespace


def _said(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def note_process(client: SyncPrefectClient, run_id: UUID) -> None:
    """Write down that a run's process is this one."""
    client.update_flow_run_labels(run_id, {_LABEL: " ".join(map(str, Place.here()))})


def place_of(run: FlowRun) -> Place | None:
    """Where a run's process is, or was; None where it has not said so."""
    host, boot, namespace, pid, started = [*str(run.labels.get(_LABEL, "")).split(" "), *[""] * 5][:5]
    return Place(host, boot, namespace, int(pid), float(started)) if started else None


def active_runs(client: SyncPrefectClient) -> list[FlowRun]:
    """The runs that take up slots: pending, running or being cancelled."""
    active = FlowRunFilterState(type=FlowRunFilterStateType(any_=_ACTIVE))
    return client.read_flow_runs(flow_run_filter=FlowRunFilter(state=active), limit=_MOST)


def call_dead_runs_crashed(client: SyncPrefectClient, abandoned_pool: str | None = None) -> list[str]:
    """Give runs whose process is gone a final state, and free the slots that they held; their names.

    Pending runs of `abandoned_pool`, whose workers are known to be gone, will never begin either.
    """
    dead = [run for run in active_runs(client) if _is_dead(run, abandoned_pool)]
    for run in dead:
        cancelled = run.state_type == StateType.CANCELLING
        client.set_flow_run_state(run.id, (Cancelled if cancelled else Crashed)(message=_GONE), force=True)
    _free_slots(client)
    return [run.name for run in dead]


def _is_dead(run: FlowRun, abandoned_pool: str | None) -> bool:
    if place := place_of(run):
        return place.gone()
    if run.state is None or run.state_type != StateType.PENDING:
        return False
    since = dt.datetime.now(dt.UTC) - run.state.timestamp
    return (abandoned_pool is not None and run.work_pool_name == abandoned_pool) or since > LONGEST_PENDING


def _free_slots(client: SyncPrefectClient) -> None:
    """Free slots of deployments that no run holds any more: a server that was killed has forgotten whose they were."""
    limits = {
        deployment.id: deployment.global_concurrency_limit
        for deployment in client.read_deployments()
        if deployment.global_concurrency_limit
    }
    held = _held(active_runs(client))
    for deployment_id, limit in limits.items():
        if limit.active_slots > held[deployment_id]:
            freed = GlobalConcurrencyLimitUpdate(active_slots=held[deployment_id])
            client.update_global_concurrency_limit(limit.name, freed)


def _held(runs: Sequence[FlowRun]) -> Counter[UUID]:
    return Counter(run.deployment_id for run in runs if run.deployment_id)
