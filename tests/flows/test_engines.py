"""The letter steps on a Dask cluster whose workers have nothing in common with the run but an object store."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """Two workers, each a process with an empty folder of its own; the store is in their environment."""
    of_workers = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    own = str(tmp_path_factory.mktemp("workers"))
    with (
        s3_server(),
        dask.config.set({"distributed.worker.daemon": False}),
        LocalCluster(**of_workers, local_directory=own) as cluster,
    ):
        yield cluster


def failure(*sources: Path, **options: Any) -> ImrError:
    state = letters(list(map(str, sources)), return_state=True, **options)
    error = state.result(raise_on_failure=False)
    assert isinstance(error, ImrError)
    return error


def kill_one_at_work(scheduler: str, killed: list[int]) -> None:
    """Kill the process of a worker that has a batch in hand."""
    with Client(scheduler, set_as_default=False) as client:
        pids = client.run(os.getpid)
        while not (busy := [worker for worker, keys in client.processing().items() if keys]):
            time.sleep(0.01)
        killed.append(pids[busy[0]])
        os.kill(pids[busy[0]], signal.SIGKILL)


def count_engines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made, make = list[str](), tasks.engines._dask

    def counted(name: str, worker_count: int | None) -> Any:
        made.append(name)
        return make(name, worker_count)

    monkeypatch.setattr(tasks.engines, "_ENGINES", {"dask": counted})
    return made


def same_tables(*lakes: Path) -> bool:
    return all(len({tuple(row_set(lake, table.name)) for lake in lakes}) == 1 for table in LETTER_TABLES)


@pytest.fixture(scope="module")
def one(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake of one undisturbed machine, without an engine."""
    lake = tmp_path_factory.mktemp("one") / "lake"
    run(lake, folder, batch_size=3)
    return lake


def test_the_tables_are_those_of_one_machine_also_if_a_worker_is_killed(
    cluster: LocalCluster, folder: Path, one: Path, tmp_path: Path
) -> None:
    killed: list[int] = []
    killer = threading.Thread(target=kill_one_at_work, args=(cluster.scheduler_address, killed))
    killer.start()
    options = {"batch_size": 3, "store": f"s3://{BUCKET}/engines", "engine": cluster.scheduler_address}
    _, summary = run(tmp_path / "lake", folder, **options)
    killer.join()
    assert killed
    assert (summary.files_published, summary.files_quarantined) == (LETTERS, 0)
    assert same_tables(tmp_path / "lake", one)


def test_a_run_in_pieces_has_one_cluster_of_its_own(
    folder: Path, one: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = count_engines(monkeypatch)
    monkeypatch.setitem(tasks.engines._ENGINES, "dask", tasks.engines._dask)
    options = {"batch_size": 3, "commit_every": CommitEvery(letters=LETTERS // 2), "worker_count": 1}
    run(tmp_path / "lake", folder, engine="dask", **options)
    assert made == ["dask"]
    assert len(rows(tmp_path / "lake", "commits")) == 2
    assert same_tables(tmp_path / "lake", one)
    run(tmp_path / "lake", folder, engine="dask", **options)
    assert made == ["dask"], "no cluster where no letter is read"


def test_a_worker_with_another_version_of_the_code_is_refused_by_name(
    cluster: LocalCluster, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(tasks.engines, "step_versions", lambda: step_versions()._replace(split="another"))
        error = failure(folder, lake=str(tmp_path / "lake"), engine=cluster.scheduler_address)
    assert error.code is Code.ENGINE_REFUSED
    assert "worker " in error.message
    assert rows(tmp_path / "lake", "commits") == []
    _, summary = run(tmp_path / "lake", folder, engine=cluster.scheduler_address)
    assert summary.files_published == LETTERS


def test_a_scheduler_that_is_not_there_fails_the_run(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tasks.engines._SETTINGS, "distributed.comm.timeouts.connect", "1s")
    error = failure(folder, lake=str(tmp_path / "lake"), engine="tcp://127.0.0.1:1")
    assert error.code is Code.ENGINE_FAILED
    _, summary = run(tmp_path / "lake", folder)
    assert summary.files_published == LETTERS
