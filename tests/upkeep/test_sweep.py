"""Sweeping the stage: what goes, what stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout
from imr.lake.lock import only_writer
from imr.upkeep import sweep as module
from imr.upkeep.sweep import sweep

A_DAY = 86_400


def age(lake: LakeLayout, days: float) -> list[Path]:
    """Make everything in the stage so old; its folders."""
    folders = [folder for folder in lake.stage.glob("*/*") if folder.is_dir()]
    then = time.time() - days * A_DAY
    for folder in folders:
        os.utime(folder, (then, then))
    return folders


@pytest.mark.parametrize(
    ("days", "other_version", "goes"),
    [
        pytest.param(0, True, False, id="fresh, as a run may be at work on it"),
        pytest.param(2, False, False, id="of the present version"),
        pytest.param(2, True, True, id="of another version"),
        pytest.param(31, False, True, id="old"),
    ],
)
def test_what_is_swept(
    lake: LakeLayout, monkeypatch: pytest.MonkeyPatch, days: float, other_version: bool, goes: bool
) -> None:
    folders = age(lake, days)
    size = sum(file.stat().st_size for folder in folders for file in folder.iterdir())
    if other_version:
        changed = module.step_versions()._replace(text="a", split="b", extract="c")
        monkeypatch.setattr(module, "step_versions", lambda: changed)
    assert folders
    assert sweep(lake, keep_days=30) == ((len(folders), size) if goes else (0, 0))
    assert [folder for folder in folders if folder.exists()] == ([] if goes else folders)


def test_a_lake_that_is_being_written_is_not_swept(lake: LakeLayout) -> None:
    folders = age(lake, 99)
    with only_writer(lake, "a run", 0), pytest.raises(LakeError) as caught:
        sweep(lake, lock_timeout=0)
    assert caught.value.code == Code.LAKE_LOCKED
    assert all(folder.exists() for folder in folders)
