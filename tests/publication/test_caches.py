"""Damaged caches: found, thrown away, and as good as never there for whoever reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imr.lake.layout import LakeLayout
from imr.lake.stage import StageStore
from imr.publication.caches import damaged_caches, discard_damaged, discard_damaged_pages
from imr.reading.ocr.cache import document_cache
from imr.reading.ocr.engine import OcrPage
from imr.records import Attempt, LetterRef, Outcome
from imr.sources.cache import forget, note, recall, remember
from imr.sources.dwc import crawl_cache
from imr.sources.dwc.search import Crawl
from imr.sources.fetching import Fetched
from imr.sources.listing import SourceFile

A, B = "a" * 64, "b" * 64
DAY = dt.date(2020, 1, 2)
FILE = SourceFile("https://example.org/a.pdf", "a.pdf", "1")
PAGE = OcrPage("words", 90.0, 0.0, 1, "engine 1")

CACHES = {
    "sources": "stage/sources.parquet",
    "notes": "stage/fetched.jsonl",
    "crawls": "stage/dwc_crawls.parquet",
    "window": "stage/dwc_listing/2020-01-02..2020-01-02/listed.parquet",
    "batch": "stage/extract/key/cases.parquet",
    "page": f"ocr/aa/{A}/000-*.json",
}

Harm = Callable[[bytes], bytes]
HARMS: dict[str, Harm] = {
    "cut in half": lambda data: data[: len(data) // 2] + (b"}\n" if data.endswith(b"}\n") else b""),
    "empty": lambda data: b"" if not data.endswith(b"}\n") else b"{}\n",
    "overwritten with zeros": lambda data: bytes(len(data)) if not data.endswith(b"}\n") else bytes(9) + b"}\n",
    "something else": lambda _: b'{"a": 1}',
}


@pytest.fixture
def lake(tmp_path: Path) -> LakeLayout:
    """A lake with one of each cache."""
    lake = LakeLayout(tmp_path)
    (lake.raw / "aa").mkdir(parents=True)
    (lake.raw / "aa" / f"{A}.pdf").write_bytes(bytes(7))
    remember(lake, [(LetterRef(A, ".pdf", FILE.uri, FILE.name, 7), "1")])
    attempt = Attempt(1, dt.datetime(2030, 1, 2, tzinfo=dt.UTC), 1, None)
    note(lake, FILE, Outcome(Fetched(A, ".pdf", 7, "1"), (attempt,)))
    crawl_cache.remember_crawls(lake, [Crawl("all", DAY, DAY)])
    StageStore(lake.stage).put("extract", "key", {"cases": pa.table({"document_id": [A]})})
    StageStore(lake.stage).put("dwc_listing", "2020-01-02..2020-01-02", {"listed": pa.table({"case_number": ["x"]})})
    document_cache(lake.ocr, A).put(0, PAGE)
    return lake


def _harmed(lake: LakeLayout, cache: str, harm: Harm) -> Path:
    (path,) = lake.root.glob(CACHES[cache])
    path.write_bytes(harm(path.read_bytes()))
    return path


def test_sound_caches_are_left_alone(lake: LakeLayout) -> None:
    assert list(damaged_caches(lake)) == []
    assert discard_damaged(lake) == ()
    assert document_cache(lake.ocr, A).get(0, PAGE.engine) == PAGE


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
@pytest.mark.parametrize("cache", CACHES)
def test_a_damaged_cache_is_found(lake: LakeLayout, cache: str, harm: Harm) -> None:
    path = _harmed(lake, cache, harm)
    (found,) = damaged_caches(lake)
    assert found in (path, path.parent)


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
@pytest.mark.parametrize("cache", ["sources", "notes", "crawls", "window"])
def test_what_a_run_reads_first_is_thrown_away(lake: LakeLayout, cache: str, harm: Harm) -> None:
    path = _harmed(lake, cache, harm)
    assert discard_damaged(lake) == (CACHES[cache].removesuffix("/listed.parquet"),)
    assert not path.exists()
    assert list(damaged_caches(lake)) == []


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_damaged_pages_of_the_letters_at_hand_are_thrown_away(lake: LakeLayout, harm: Harm) -> None:
    assert discard_damaged_pages(lake, [A, B]) == ()
    path = _harmed(lake, "page", harm)
    assert discard_damaged_pages(lake, [B]) == ()
    assert discard_damaged_pages(lake, [A, B]) == (path.relative_to(lake.root).as_posix(),)
    assert not path.exists()


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
def test_files_of_damaged_caches_are_fetched_again(lake: LakeLayout, harm: Harm) -> None:
    for cache in ("sources", "notes"):
        _harmed(lake, cache, harm)
    assert [*recall(lake, [FILE]).to_fetch] == [FILE]
    remember(lake, [(LetterRef(A, ".pdf", FILE.uri, FILE.name, 7), "1")])
    assert recall(lake, [FILE]).unchanged.num_rows == 1


def test_nothing_of_a_forgotten_letter_stays_in_a_damaged_cache(lake: LakeLayout) -> None:
    paths = [_harmed(lake, cache, HARMS["cut in half"]) for cache in ("sources", "notes")]
    forget(lake, [A])
    assert not any(path.exists() for path in paths)


def test_a_page_that_reads_otherwise_than_it_was_written_is_not_believed(lake: LakeLayout) -> None:
    _harmed(lake, "page", lambda data: data.replace(b"words", b"wards"))
    assert document_cache(lake.ocr, A).get(0, PAGE.engine) is None


def test_a_column_of_another_type_is_damage(lake: LakeLayout) -> None:
    pq.write_table(pa.table({"source_uri": [FILE.uri], "byte_size": ["many"]}), lake.stage / "sources.parquet")
    assert [path.name for path in damaged_caches(lake)] == ["sources.parquet"]
