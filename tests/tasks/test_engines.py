"""What is sent to an engine's workers, which of them are refused, and whose fault a lost batch is."""

from __future__ import annotations

import multiprocessing
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
from tasks.engines import check_engine, prepare_worker


@pytest.mark.parametrize("status", ["error", "lost", "cancelled"])
def test_a_batch_that_the_engine_lost_is_no_letters_fault(status: str) -> None:
    with pytest.raises(SetupError) as error:
        check_engine(SimpleNamespace(wrapped_future=SimpleNamespace(status=status)))  # type: ignore[arg-type]
    assert error.value.code is Code.ENGINE_FAILED
    assert error.value.code.fault is Fault.SETUP


def test_a_worker_that_may_start_no_process_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker: Any = SimpleNamespace(name="w1", address="tcp://there:1", local_directory=tmp_path)
    monkeypatch.setattr(multiprocessing, "current_process", lambda: SimpleNamespace(daemon=True))
    with pytest.raises(SetupError, match="w1") as error:
        prepare_worker(worker, step_versions())
    assert error.value.code is Code.ENGINE_REFUSED


def test_what_goes_to_a_worker_is_small_and_needs_one_that_is_ready(tmp_path: Path) -> None:
    lake = LakeLayout(tmp_path / "lake")
    with run_context(lake, "run", worker_count=1) as context:
        pickled = cloudpickle.dumps(context)
    sent = cloudpickle.loads(pickled)
    assert isinstance(sent, RunElsewhere)
    assert len(pickled) < 2000
    with pytest.raises(SetupError, match="ready"), sent.here():
        pass
    make_ready("w1", tmp_path / "own", 1, step_versions())
    try:
        with sent.here() as there:
            assert there.lake == lake  # without a store, a worker has to see the lake
        (tmp_path / "lake" / "raw").rmdir()
        with pytest.raises(SetupError, match="w1"), sent.here():
            pass
    finally:
        leave()
