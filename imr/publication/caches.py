"""Which of a lake's caches are damaged. None of them may hold up a run: they are thrown away and made anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from imr.errors import LakeError
from imr.fingerprint import LETTER_STEPS
from imr.lake.files import check_parquet, erase, lake_errors
from imr.lake.layout import LakeLayout
from imr.reading.ocr.cache import document_cache, kept_page
from imr.sources import cache
from imr.sources.dwc import crawl_cache


def discard_damaged(lake: LakeLayout) -> tuple[str, ...]:
    """Throw away what a run reads at its beginning and that is damaged; gives the paths below the lake.

    Raises:
        LakeError: `lake_write_failed`.
    """
    return _discarded(lake, [*_of_sources(lake), *_damaged_batches(lake, crawl_cache.STEP)])


def discard_damaged_pages(lake: LakeLayout, documents: Collection[str]) -> tuple[str, ...]:
    """Throw away those recognised pages of some documents that are damaged; gives the paths below the lake.

    Raises:
        LakeError: `lake_write_failed`.
    """
    folders = (document_cache(lake.ocr, document_id).folder for document_id in documents)
    return _discarded(lake, [page for folder in folders for page in _damaged_pages(folder.glob("[!.]*.json"))])


def damaged_caches(lake: LakeLayout) -> Iterator[Path]:
    """All files and folders of the caches that are not as they were written."""
    yield from _of_sources(lake)
    for step in (*LETTER_STEPS, crawl_cache.STEP):
        yield from _damaged_batches(lake, step)
    yield from _damaged_pages(lake.ocr.glob("*/*/[!.]*.json"))


def _of_sources(lake: LakeLayout) -> list[Path]:
    return [*cache.damaged(lake), *crawl_cache.damaged(lake)]


def _damaged_batches(lake: LakeLayout, step: str) -> Iterator[Path]:
    return (batch for batch in sorted(lake.stage.glob(f"{step}/[!.]*/")) if not _is_readable(batch))


def _damaged_pages(pages: Iterable[Path]) -> Iterator[Path]:
    return (page for page in sorted(pages) if kept_page(page) is None)


def _discarded(lake: LakeLayout, found: Iterable[Path]) -> tuple[str, ...]:
    gone = tuple(found)
    with lake_errors():
        for path in gone:
            erase(path)
    return tuple(path.relative_to(lake.root).as_posix() for path in gone)


def _is_readable(batch: Path) -> bool:
    """Whether all tables of a batch can be read; a batch without any is none."""
    tables = list(batch.glob("*.parquet"))
    try:
        for table in tables:
            check_parquet(table)
    except LakeError:
        return False
    return bool(tables)
