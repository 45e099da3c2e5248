"""Sweeping the stage: what steps kept of letters for the next run, and no run will ask for any more."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from imr.errors import Code, LakeError
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
        stage = StageStore.of(lake)
        shared = list(_useless_shared(stage, keep_days))
        for step, key, _ in shared:
            stage.drop(step, key)
    return Swept(len(going) + len(shared), size + sum(size for _, _, size in shared))


def _useless(lake: LakeLayout, keep_days: float) -> Iterator[Path]:
    now = time.time()
    for folder in sorted(lake.stage.glob("*/[!.]*/")):
        days = (now - folder.stat().st_mtime) / _A_DAY
        if days > keep_days or (days > 1 and _is_outdated(StageStore(lake.stage).get, folder.parent.name, folder.name)):
            yield folder


def _useless_shared(stage: StageStore, keep_days: float) -> Iterator[tuple[str, str, int]]:
    """The same of the object store: step, key and bytes of each batch."""
    now = dt.datetime.now(dt.UTC)
    for (step, key), kept in sorted(stage.shared_batches().items()):
        days = (now - max(one.put_at for one in kept)) / dt.timedelta(days=1)
        if days > keep_days or (days > 1 and _is_outdated(stage.get_shared, step, key)):
            yield step, key, sum(one.size for one in kept)


def _is_outdated(get: Callable[..., pa.Table | None], step: str, key: str) -> bool:
    """Whether another version of a step made a batch, or it cannot be told which."""
    if step not in LETTER_STEPS:
        return False
    try:
        events = get(step, key, "lineage", ["step_version"])
    except LakeError as error:
        if error.code is Code.REMOTE_STORE_FAILED:
            raise
        return True
    return not events or str(events["step_version"][0]) != step_versions().of(step)
