"""Runs whose process is gone: told by their labels, called crashed, their slots freed."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from uuid import UUID

import psutil
import pytest
from prefect import flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelling, Pending, Running

from flows import processes
from flows.processes import LONGEST_PENDING, Place, call_dead_runs_crashed, note_process
from tasks.upkeep import prune_history

HERE = Place.here()


@flow
def nothing() -> None:
    """A flow for runs that are only said to go on."""


def run_in(client: SyncPrefectClient, state: State[None], place: Place | None = None) -> UUID:
    """A run in a state, as the server knows it."""
    run = client.create_flow_run(nothing, state=state)
    if place:
        client.update_flow_run_labels(run.id, {"imr.process": " ".join(map(str, place))})
    return run.id


def gone() -> Place:
    """Where a process was that has ended."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    place = HERE._replace(pid=process.pid, started=psutil.Process(process.pid).create_time())
    process.communicate()
    return place


@pytest.mark.parametrize(
    ("place", "dead"),
    [
        pytest.param(HERE, False, id="alive"),
        pytest.param(gone(), True, id="gone"),
        pytest.param(HERE._replace(started=1.0), True, id="its number is another's now"),
        pytest.param(HERE._replace(host="elsewhere"), False, id="on another machine"),
        pytest.param(gone()._replace(namespace="pid:[1]"), False, id="in another container"),
        pytest.param(HERE._replace(host="vm/1", boot="before"), False, id="another machine of that name"),
    ],
)
def test_a_process_is_gone_only_where_that_is_known(place: Place, dead: bool) -> None:
    assert place.gone() == dead


def test_a_machine_that_was_started_anew_has_none_of_its_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.processes._machine", lambda: ("vm/1", "now", HERE.namespace))
    assert HERE._replace(host="vm/1", boot="before").gone()
    assert not HERE._replace(host="vm/1", boot="now").gone()


@pytest.mark.parametrize(
    ("state", "place", "becomes"),
    [
        pytest.param(Running(), gone(), StateType.CRASHED, id="running, gone"),
        pytest.param(Running(), HERE, StateType.RUNNING, id="running, alive"),
        pytest.param(Running(), None, StateType.RUNNING, id="running, nothing known"),
        pytest.param(Cancelling(), gone(), StateType.CANCELLED, id="being cancelled, gone"),
        pytest.param(Pending(), None, StateType.PENDING, id="pending, may begin yet"),
    ],
)
def test_dead_runs_get_a_final_state(state: State[None], place: Place | None, becomes: StateType) -> None:
    with get_client(sync_client=True) as client:
        run_id = run_in(client, state, place)
        call_dead_runs_crashed(client)
        assert client.read_flow_run(run_id).state_type == becomes
        client.delete_flow_run(run_id)


def test_what_is_pending_for_too_long_never_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    active = processes.active_runs
    monkeypatch.setattr(processes, "LONGEST_PENDING", LONGEST_PENDING * 0)
    with get_client(sync_client=True) as client:
        run_id = run_in(client, Pending())
        # Others, of tests that run at the same time, are about to begin.
        monkeypatch.setattr(processes, "active_runs", lambda _: [run for run in active(client) if run.id == run_id])
        call_dead_runs_crashed(client)
        assert client.read_flow_run(run_id).state_type == StateType.CRASHED


def test_a_run_says_where_its_process_is() -> None:
    with get_client(sync_client=True) as client:
        run_id = run_in(client, Running())
        note_process(client, run_id)
        assert client.read_flow_run(run_id).labels["imr.process"] == " ".join(map(str, HERE))
        client.delete_flow_run(run_id)


def test_old_runs_go_and_young_ones_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = nothing(return_state=True).state_details.flow_run_id
    mine, read = FlowRunFilterId(any_=[run_id]), SyncPrefectClient.read_flow_runs

    def found(client: SyncPrefectClient, flow_run_filter: FlowRunFilter, limit: int | None = None) -> list[FlowRun]:
        """But for runs of other tests, which still ask for them."""
        return read(client, flow_run_filter=flow_run_filter.model_copy(update={"id": mine}), limit=limit)

    monkeypatch.setattr(SyncPrefectClient, "read_flow_runs", found)
    with get_client(sync_client=True) as client:
        assert prune_history.fn(1.0) == 0
        assert client.read_flow_run(run_id).state_type == StateType.COMPLETED
        assert prune_history.fn(-1.0 / dt.timedelta(days=1).total_seconds()) == 1
        with pytest.raises(ObjectNotFound):
            client.read_flow_run(run_id)
