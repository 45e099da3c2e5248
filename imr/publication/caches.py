"""Which of a lake's caches are damaged. None of them may hold up a run: they are thrown away and made anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from imr.errors import LakeError
from imr.fingerprint import LETTER_STEPS
from imr.lake.files import lake_errors, read_parquet
from imr.lake.layout import LakeLayout
from imr.reading.ocr.cache import kept_page
from imr.sources import cache
from imr.sources.dwc import crawl_cache


def discard_damaged(lake: LakeLayout) -> tuple[str, ...]:
    """Throw away what a run reads at its beginning and that is damaged; gives the paths below the lake.

    Raises:
        LakeError: `lake_write_failed`.
    """
    found = _of_sources(lake)
    with lake_errors():
        for path in found:
            path.unlink(missing_ok=True)
    return tuple(path.relative_to(lake.root).as_posix() for path in found)


def damaged_caches(lake: LakeLayout) -> Iterator[Path]:
    """All files and folders of the caches that are not as they were written."""
    yield from _of_sources(lake)
    for step in (*LETTER_STEPS, crawl_cache.STEP):
        yield from (batch for batch in sorted(lake.stage.glob(f"{step}/[!.]*/")) if not _is_readable(batch))
    yield from (page for page in sorted(lake.ocr.glob("*/*/[!.]*.json")) if kept_page(page) is None)


def _of_sources(lake: LakeLayout) -> list[Path]:
    return [*cache.damaged(lake), *crawl_cache.damaged(lake)]


def _is_readable(batch: Path) -> bool:
    """Whether all tables of a batch can be read; a batch without any is none."""
    tables = list(batch.glob("*.parquet"))
    try:
        for table in tables:
            read_parquet(table)
    except LakeError:
        return False
    return bool(tables)
