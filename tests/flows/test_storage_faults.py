"""A batch that storage fails: tried again where that may help, and the end of the run where it does not."""

from __future__ import annotations

import errno
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from flows.letters import letters
from imr.errors import Code, LakeError
from imr.lake.files import lake_errors
from imr.lake.stage import StageStore
from imr.synthetic.writing import write_letters
from tests.flows.helpers import rows

LETTERS = 16


@pytest.mark.parametrize("step", ["fetch", "ocr_cleanup", "extract"])
@pytest.mark.parametrize(
    ("number", "tries"), [pytest.param(errno.ENOSPC, 1, id="full"), pytest.param(errno.EIO, 3, id="failing")]
)
def test_a_run_ends_at_the_first_fault_that_does_not_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int, tries: int
) -> None:
    write_letters(tmp_path / "letters", LETTERS, seed=1)
    put, failed = StageStore.put, Counter[str]()

    def fail(store: StageStore, of: str, key: str, tables: Any, **options: Any) -> bool:
        if of != step:
            return put(store, of, key, tables, **options)
        failed[key] += 1
        with lake_errors():
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(StageStore, "put", fail)
    monkeypatch.setattr("prefect.task_engine.clamped_poisson_interval", lambda *_, **__: 0.01)
    source, lake = str(tmp_path / "letters"), tmp_path / "lake"
    state = letters([source], lake=str(lake), batch_size=1, return_state=True)
    error = state.result(raise_on_failure=False)
    assert isinstance(error, LakeError)
    assert error.code == Code.LAKE_WRITE_FAILED
    assert max(failed.values()) == tries
    assert len(failed) < LETTERS  # the others were not waited for
    monkeypatch.undo()
    assert letters([source], lake=str(lake), return_state=True).name == "Completed"
    assert len(rows(lake, "documents")) == LETTERS
