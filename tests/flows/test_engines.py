"""The letter steps on a Dask cluster whose workers have nothing in common with the run but an object store."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

import tasks.engines
from flows.letters import letters
from imr.errors import Code, ImrError
from imr.fingerprint import step_versions
from imr.settings import CommitEvery
from imr.synthetic.writing import write_letters
from imr.tables.declaration import LETTER_TABLES
from tests.flows.helpers import row_set, rows, run
from tests.object_stores import BUCKET, s3_server

dask = pytest.importorskip("dask", reason="Dask is not installed: the extra dask has it")
pytest.importorskip("prefect_dask", reason="prefect-dask is not installed: the extra dask has it")

from distributed import Client, LocalCluster  # noqa: E402 - skipped where it is not

LETTERS = 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("letters") / "letters"
    write_letters(folder, LETTERS, seed=5)
    return folder


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[str]:
    """The store, in the environment of all workers."""
    with s3_server() as server:
        yield server


@pytest.fixture(scope="module")
def one(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake of one undisturbed machine, without an engine."""
    lake = tmp_path_factory.mktemp("one") / "lake"
    run(lake, folder, batch_size=3)
    return lake


def failure(*sources: Path, **options: Any) -> ImrError:
    state = letters(list(map(str, sources)), return_state=True, **options)
    error = state.result(raise_on_failure=False)
    assert isinstance(error, ImrError)
    return error


def kill_one_at_work(client: Client, killed: list[int]) -> None:
    """Kill the process of a worker that has a batch in hand."""
    pids = client.run(os.getpid)
    while not (busy := [worker for worker, keys in client.processing().items() if keys]):
        time.sleep(0.01)
    killed.append(pids[busy[0]])
    os.kill(pids[busy[0]], signal.SIGKILL)


def kill_one_of_each(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have one worker killed of each cluster that is made from now on; gives their ids."""
    killed, make = list[int](), tasks.engines._dask

    @contextmanager
    def made(name: str, worker_count: int | None) -> Iterator[Any]:
        with make(name, worker_count) as running:
            killer = threading.Thread(target=kill_one_at_work, args=(cast("Any", running.runner).client, killed))
            killer.start()
            yield running
            killer.join()

    monkeypatch.setattr(tasks.engines, "_ENGINES", {"dask": made})
    return killed


def test_a_run_in_pieces_has_one_cluster_and_its_tables_though_a_worker_is_killed(
    folder: Path, one: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = kill_one_of_each(monkeypatch)
    options: dict[str, Any] = {"store": f"s3://{BUCKET}/pieces", "engine": "dask", "batch_size": 3, "worker_count": 2}
    for _ in range(2):  # the second time, no letter is read
        run(tmp_path / "lake", folder, commit_every=CommitEvery(letters=LETTERS // 2), **options)
        assert len(killed) == 1
    assert [row["files_quarantined"] for row in rows(tmp_path / "lake", "commits")] == [0, 0, 0]
    for table in LETTER_TABLES:
        assert row_set(tmp_path / "lake", table.name) == row_set(one, table.name)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[LocalCluster]:
    """A cluster with a folder of its own."""
    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None, "local_directory": str(tmp_path)}
    with dask.config.set({"distributed.worker.daemon": False}), LocalCluster(**options) as cluster:
        yield cluster


def test_a_worker_with_another_version_of_the_code_is_refused_by_name(
    cluster: LocalCluster, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(tasks.engines, "step_versions", lambda: step_versions()._replace(split="another"))
        error = failure(folder, lake=str(tmp_path / "lake"), engine=cluster.scheduler_address)
    assert error.code is Code.ENGINE_REFUSED
    assert "worker " in error.message
    assert rows(tmp_path / "lake", "commits") == []
    _, summary = run(tmp_path / "lake", folder, engine=cluster.scheduler_address, store=f"s3://{BUCKET}/refused")
    assert summary.files_published == LETTERS


def test_a_scheduler_that_is_not_there_fails_the_run(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tasks.engines._SETTINGS, "distributed.comm.timeouts.connect", "1s")
    error = failure(folder, lake=str(tmp_path / "lake"), engine="tcp://127.0.0.1:1")
    assert error.code is Code.ENGINE_FAILED
    _, summary = run(tmp_path / "lake", folder)
    assert summary.files_published == LETTERS
