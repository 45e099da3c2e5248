"""What has been listed of DWC's search tool already: a crawl that was killed goes on, and a daily one is short.

Both are caches in the stage folder: without them the days are listed once more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from imr.errors import LakeError
from imr.lake.caches import cached_rows, is_damaged
from imr.lake.files import keep_rows
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.lake.stage import StageGoneError, StageStore
from imr.sources.dwc.search import Crawl, Window

STEP = "dwc_listing"
"""The folder of the stage in which listed days are kept until their crawl is published."""

_CRAWLS = pa.schema({"wanted": pa.string(), "first": pa.date32(), "last": pa.date32()})
_A_DAY = dt.timedelta(days=1)


def kept_window(lake: LakeLayout, window: Window, look_back_days: int, now: dt.datetime) -> pa.Table | None:
    """What was listed of some days by a crawl that was not finished, if it may still be relied on.

    Days are settled `look_back_days` after the last of them: what was listed then stands. What was listed earlier
    stands until the day is over.
    """
    stage = StageStore(lake.stage)
    try:
        listed_at: dt.datetime = stage.get(STEP, window.name, "listed_at")["listed_at"][0].as_py()
        listed = stage.get(STEP, window.name, "listed").replace_schema_metadata(None)
    except (StageGoneError, LakeError):  # not there, or damaged: these days are listed once more
        return None
    settled = window.last + dt.timedelta(days=look_back_days)
    return listed if listed_at.date() >= min(settled, now.date()) else None


def keep_window(lake: LakeLayout, window: Window, listed: pa.Table, listed_at: dt.datetime) -> None:
    """Keep what was listed of some days until their crawl is published.

    Raises:
        LakeError: `lake_write_failed`.
    """
    stage = StageStore(lake.stage)
    stage.drop(STEP, window.name)
    at = pa.table({"listed_at": pa.array([listed_at], pa.timestamp("us", tz="UTC"))})
    stage.put(STEP, window.name, {"listed": listed, "listed_at": at})


def remember_crawls(lake: LakeLayout, crawls: Iterable[Crawl]) -> None:
    """Note that some searches are published, and forget the windows that were kept of their days."""
    if not (crawls := list(crawls)):
        return
    rows: list[dict[str, Any]] = [crawl._asdict() for crawl in crawls]
    keep_rows(_path(lake), pa.concat_tables([_read(lake), pa.Table.from_pylist(rows, schema=_CRAWLS)]))
    for folder in (lake.stage / STEP).glob("*..*/"):
        first, last = map(dt.date.fromisoformat, folder.name.split(".."))
        if any(crawl.first <= first and last <= crawl.last for crawl in crawls):
            StageStore(lake.stage).drop(STEP, folder.name)


def high_water_mark(lake: LakeLayout, wanted: str, first: dt.date) -> dt.date | None:
    """The newest decision that a search was published with, as far as its days were listed from `first` without a gap;
    None when they were not.
    """
    reached = first - _A_DAY
    rows = (Crawl(**row) for row in _read(lake).to_pylist())
    for crawl in sorted(crawl for crawl in rows if crawl.wanted == wanted):
        if crawl.first <= reached + _A_DAY:
            reached = max(reached, crawl.last)
    newest: dt.date | None = pc.max(read_table(lake, "dwc_index", ["decision_date"])["decision_date"]).as_py()
    return min(reached, newest) if newest and reached >= first else None


def indexed_days(lake: LakeLayout) -> frozenset[dt.date]:
    """The days of which `dwc_index` has decisions."""
    return frozenset(pc.unique(read_table(lake, "dwc_index", ["decision_date"])["decision_date"]).to_pylist()) - {None}


def _path(lake: LakeLayout) -> Path:
    return lake.stage / "dwc_crawls.parquet"


def damaged(lake: LakeLayout) -> list[Path]:
    """The cache of published searches, if it is not as it was written."""
    return [_path(lake)] if is_damaged(_path(lake), _CRAWLS) else []


def _read(lake: LakeLayout) -> pa.Table:
    return cached_rows(_path(lake), _CRAWLS)
