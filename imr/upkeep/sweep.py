"""Sweeping the stage: what steps kept of letters for the next run, and no run will ask for any more."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from imr.errors import LakeError
from imr.fingerprint import LETTER_STEPS, step_versions
from imr.lake.files import erase, lake_errors
from imr.lake.layout import LakeLayout
from imr.lake.lock import only_writer
from imr.lake.stage import StageStore

_A_DAY = 86_400


class Swept(NamedTuple):
    """How many batches' results were removed from the stage, and how many bytes they held."""

    folders: int
    bytes: int


def sweep(lake: LakeLayout, keep_days: float = 30.0, lock_timeout: float = 60.0) -> Swept:
    """Remove what the stage has of other versions of code and rules, and whatever is older than so many days.

    Nothing is lost: the stage is a cache, and published letters do not depend on it. What is younger than a day
    stays, as a run may be at work on it. (The tables themselves need no compaction: an upsert rewrites its file whole,
    so that small files never pile up.)

    Raises:
        LakeError: `lake_locked` or `lake_write_failed`.
    """
    with only_writer(lake, "sweep", lock_timeout), lake_errors():
        going = list(_useless(lake, keep_days))
        size = sum(file.stat().st_size for folder in going for file in folder.iterdir())
        for folder in going:
            erase(folder)
    return Swept(len(going), size)


def _useless(lake: LakeLayout, keep_days: float) -> Iterator[Path]:
    now = time.time()
    for folder in sorted(lake.stage.glob("*/[!.]*/")):
        days = (now - folder.stat().st_mtime) / _A_DAY
        step = folder.parent.name
        outdated = step in LETTER_STEPS and _version(lake, folder) != step_versions().of(step)
        if days > keep_days or (days > 1 and outdated):
            yield folder


def _version(lake: LakeLayout, folder: Path) -> str | None:
    """The version of the step that made a folder of the stage; None if that cannot be told."""
    try:
        events = StageStore(lake.stage).get(folder.parent.name, folder.name, "lineage", ["step_version"])
    except LakeError:
        return None
    return str(events["step_version"][0]) if events.num_rows else None
