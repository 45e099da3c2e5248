"""What is sent to an engine's workers, which of them are refused, and whose fault a lost batch is."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cloudpickle
import pytest

from imr.errors import Code, Fault, SetupError
from imr.fingerprint import step_versions
from imr.lake.layout import LakeLayout
from imr.publication.elsewhere import RunElsewhere, leave, make_ready
from imr.publication.run_context import run_context
from tasks.engines import check_engine, engine_of, prepare_worker

ANOTHER = step_versions()._replace(split="another")


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    yield
    leave()


@pytest.fixture
def lake(tmp_path: Path) -> LakeLayout:
    return LakeLayout(tmp_path / "lake")


@pytest.fixture
def sent(lake: LakeLayout) -> RunElsewhere:
    """A run as it comes to another process."""
    with run_context(lake, "run", worker_count=1) as context:
        pickled = cloudpickle.dumps(context)
    assert len(pickled) < 2000
    unpickled: RunElsewhere = cloudpickle.loads(pickled)
    return unpickled


@pytest.mark.parametrize("status", ["error", "lost", "cancelled"])
def test_a_batch_that_the_engine_lost_is_no_letters_fault(status: str) -> None:
    with pytest.raises(SetupError) as error:
        check_engine(SimpleNamespace(wrapped_future=SimpleNamespace(status=status)))  # type: ignore[arg-type]
    assert error.value.code is Code.ENGINE_FAILED
    assert error.value.code.fault is Fault.SETUP


def test_an_engine_that_is_not_installed_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dask", None)
    with engine_of("dask", None) as engine, pytest.raises(SetupError, match="Dask is not installed") as error:
        assert engine is not None
        with engine.mapped():
            pass
    assert error.value.code is Code.ENGINE_FAILED


def test_a_run_finds_the_lake_where_it_was_sent(sent: RunElsewhere, lake: LakeLayout, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="ready"), sent.here():
        pass
    make_ready("w1", tmp_path / "own", 1, step_versions())
    with sent.here() as there:
        assert there.lake == lake  # without a store, a worker has to see the lake
    lake.raw.rmdir()
    with pytest.raises(SetupError, match="w1"), sent.here():
        pass


def test_a_worker_that_may_start_no_process_is_refused_by_name_and_so_is_what_comes_to_it(
    sent: RunElsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = SimpleNamespace(nthreads=1)
    worker: Any = SimpleNamespace(name="w1", address="tcp://there:1", local_directory=tmp_path, state=state)
    with monkeypatch.context() as patch, pytest.raises(SetupError, match="w1") as error:
        patch.setattr(multiprocessing, "current_process", lambda: SimpleNamespace(daemon=True))
        prepare_worker(worker, step_versions())
    assert error.value.code is Code.ENGINE_REFUSED
    with pytest.raises(SetupError, match=r"w1 .*DAEMON"), sent.here():
        pass
    prepare_worker(worker, step_versions())
    with sent.here():
        pass


def test_a_process_that_is_ready_stays_so_when_runs_of_the_same_or_other_code_come(
    sent: RunElsewhere, tmp_path: Path
) -> None:
    make_ready("w1", tmp_path / "own", 1, step_versions())
    with sent.here() as first:
        make_ready("w1", tmp_path / "own", 1, step_versions())
        with pytest.raises(SetupError, match="w1 has another version"):
            make_ready("w1", tmp_path / "own", 1, ANOTHER)
        with sent.here() as second:
            assert second.workers is first.workers
