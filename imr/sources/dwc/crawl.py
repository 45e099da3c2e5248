"""The search tool as a source: the days of a search, listed week by week, and what was listed before left alone."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable

import pyarrow as pa

from imr.errors import Code, ListingError
from imr.lake.layout import LakeLayout
from imr.sources.dwc.crawl_cache import high_water_mark, indexed_days, keep_window, kept_window
from imr.sources.dwc.index import LISTED, index_of, letters, listed_rows
from imr.sources.dwc.search import Crawl, Search, Window, windows
from imr.sources.dwc.walk import FormClient, listed_cases
from imr.sources.listing import Listing

SITE = "https://www.dir.ca.gov"
"""Where the search tool is, unless the environment variable IMR_DWC_SITE names another place."""


OnProgress = Callable[[int, int], None]


def crawl(
    search: Search,
    web: FormClient,
    lake: LakeLayout,
    look_back_days: int,
    *,
    now: dt.datetime | None = None,
    on_progress: OnProgress = lambda done, added: None,
) -> Listing:
    """The letters and the index rows of a search. `on_progress` is told of windows done, and of more to be done.

    A search without a last day begins `look_back_days` before the newest decision that it was published with. The
    days are listed in windows; one that is listed is kept in the lake's stage until the crawl is published, so that a
    crawl that was killed goes on behind it.

    Raises:
        ListingError: `listing_empty` when days of which the lake knows decisions have none any more;
            `listing_changed`, `source_closed`, or the code under which the tool could not be queried.
        LakeError: the lake cannot be read or written.
    """
    now = now or dt.datetime.now(dt.UTC)
    days = Window(first_day(search, lake, look_back_days), search.last or now.date())
    known = indexed_days(lake)
    parts = [LISTED.empty_table()]
    weeks = list(windows(*days))
    on_progress(0, len(weeks))
    for window in weeks:
        rows = kept_window(lake, window, look_back_days, now)
        if rows is None:
            rows = _listed(web, window, now)
            if not rows.num_rows and any(window.first <= day <= window.last for day in known):
                raise ListingError(
                    Code.LISTING_EMPTY, f"the search tool lists no decisions of {window.name}, of which there were some"
                )
            keep_window(lake, window, rows, now)
        parts.append(rows)
        on_progress(1, 0)
    rows = pa.concat_tables(parts)
    crawls = (Crawl(search.wanted, search.first, days.last),) if days.last >= days.first else ()
    return Listing(tuple(sorted(letters(rows, search))), {}, index_of(rows), crawls)


def first_day(search: Search, lake: LakeLayout, look_back_days: int) -> dt.date:
    """The first day to query: that of the search, or, without a last day, what the look-back leaves of it."""
    mark = high_water_mark(lake, search.wanted, search.first) if search.last is None else None
    return max(search.first, mark - dt.timedelta(days=look_back_days)) if mark else search.first


def _listed(web: FormClient, window: Window, now: dt.datetime) -> pa.Table:
    site = os.environ.get("IMR_DWC_SITE", SITE).rstrip("/")
    return listed_rows(listed_cases(web, site, window), site, now)
