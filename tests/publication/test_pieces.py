"""How a run is cut: which files come next, when a piece is full, and what of a listing goes with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from imr.lake.layout import LakeLayout
from imr.publication.pieces import Backlog, Pace, listed_with
from imr.publication.selection import Selection, select
from imr.records import LetterRef, Origin
from imr.settings import CommitEvery
from imr.sources.cache import LETTERS, Known
from imr.sources.dwc.search import Crawl
from imr.sources.listing import Listing, SourceFile
from imr.tables.declaration import DWC_INDEX
from tests.table_rows import document_id, lake, rows

__all__ = ["document_id", "lake", "rows"]


class Clock:
    """A time that passes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def _turns(pace: Pace, clock: Clock, files: int, seconds_a_file: float) -> list[list[int]]:
    """The turns of each piece of a run."""
    pieces: list[list[int]] = []
    while files:
        pace.begin()
        pieces.append([])
        while turn := pace.next(files):
            clock.now += turn * seconds_a_file
            files -= turn
            pieces[-1].append(turn)
        clock.now += 5  # publishing
    return pieces


@pytest.mark.parametrize(
    ("every", "files", "seconds_a_file", "turns"),
    [
        pytest.param(CommitEvery(None, None), 5_000, 1, [[5_000]], id="no limit: one piece"),
        pytest.param(CommitEvery(2_000, None), 5_000, 1, [[2_000], [2_000], [1_000]], id="by letters"),
        pytest.param(CommitEvery(), 300, 0.01, [[300]], id="a small run is one turn of one piece"),
        pytest.param(CommitEvery(), 9_000, 0.01, [[400, 1_600, 6_400, 600]], id="a quick run is one piece"),
        pytest.param(CommitEvery(None, 10), 1_500, 1, [[400, 200], [600], [300]], id="by minutes, at a steady pace"),
        pytest.param(CommitEvery(500, 10), 1_100, 1, [[400, 100], [500], [100]], id="whichever comes first"),
        pytest.param(CommitEvery(None, 10), 500, 30, [[400], [20], [20], [20], [20], [20]], id="slower than a batch"),
    ],
)
def test_pieces_end_with_their_letters_or_their_minutes(
    every: CommitEvery, files: int, seconds_a_file: float, turns: list[list[int]]
) -> None:
    clock = Clock()
    assert _turns(Pace(every, 100, 400, clock=clock), clock, files, seconds_a_file) == turns


@pytest.mark.parametrize(
    ("every", "files", "wide", "turns"),
    [
        pytest.param(CommitEvery(), 400, 3_200, [[400]], id="few files: nobody asks how wide it is"),
        pytest.param(
            CommitEvery(), 9_000, 3_200, [[3_200, 5_800]], id="all of the engine is at work in the first turn"
        ),
        pytest.param(CommitEvery(), 900, 100, [[400, 500]], id="a narrow one has as many batches as any run"),
        pytest.param(CommitEvery(1_000, 10), 2_000, 3_200, [[1_000], [1_000]], id="never more than a piece may have"),
    ],
)
def test_the_first_turn_is_as_wide_as_the_engine(
    every: CommitEvery, files: int, wide: int, turns: list[list[int]]
) -> None:
    clock, asked = Clock(), list[int]()

    def width() -> int:
        asked.append(wide)
        return wide

    assert _turns(Pace(every, 100, 400, width, clock), clock, files, 0.01) == turns
    assert asked == ([] if files <= 400 else [wide])


@pytest.mark.parametrize(("letters", "minutes"), [(0, None), (-1, None), (None, -1.0), (None, float("nan"))])
def test_a_piece_of_nothing_is_refused(letters: int | None, minutes: float | None) -> None:
    with pytest.raises(ValueError, match="must be more than 0"):
        CommitEvery(letters, minutes)


def _ref(number: int, ids: Any) -> LetterRef:
    return LetterRef(ids(number), ".txt", f"file:///CM18-{number:07}.txt", f"CM18-{number:07}.txt", 1)


def test_files_come_in_the_order_of_their_cases_each_once(lake: LakeLayout, document_id: Any) -> None:
    unchanged = pa.Table.from_pylist([_ref(n, document_id)._asdict() for n in (9, 8)], schema=LETTERS)
    letters = tuple(_ref(n, document_id) for n in (5, 1))
    to_fetch = tuple(SourceFile(f"file:///CM18-{n:07}.txt", f"CM18-{n:07}.txt", "") for n in (4, 2))
    backlog = Backlog(lake, Known(letters, to_fetch, (), unchanged), "v1", at_once=2)
    names = []
    while backlog:
        known = backlog.take(2)
        names.append(sorted([*(ref.source_name for ref in known.letters), *(file.name for file in known.to_fetch)]))
    assert names == [[f"CM18-{n:07}.txt" for n in pair] for pair in ((1, 2), (4, 5), (8, 9))]


def test_what_goes_in_one_go_keeps_its_order(lake: LakeLayout, document_id: Any) -> None:
    letters = tuple(_ref(n, document_id) for n in (5, 1))
    backlog = Backlog(lake, Known(letters, ()), "v1", at_once=2)
    assert backlog.take(2).letters == letters
    assert not backlog


def _select(lake: LakeLayout, *refs: LetterRef, met: frozenset[str] = frozenset()) -> Selection:
    return select(lake, refs, [], Origin("r", None, "v1"), "v1", met=met)


def test_a_document_that_its_piece_has_met_is_a_copy(lake: LakeLayout, document_id: Any) -> None:
    first = _select(lake, _ref(1, document_id), _ref(2, document_id))
    copy = _ref(1, document_id)._replace(source_uri="file:///copy.txt")
    both = first.plus(_select(lake, copy, _ref(3, document_id), met=first.met))
    assert [ref.source_uri[-5] for ref in both.letters] == ["1", "2", "3"]
    assert (both.files, both.skipped) == (4, 1)
    assert [event.skip_reason for event in both.events if event.status == "skipped"] == ["same_bytes"]


def test_cases_come_with_their_letters_and_all_else_at_the_end(lake: LakeLayout, rows: Any, document_id: Any) -> None:
    listed = rows(
        DWC_INDEX,
        *(
            {"case_number": f"CM18-{n:07}", "item_number": 1, "source_uri": uri}
            for n, uri in [(1, _ref(1, document_id).source_uri), (2, _ref(2, document_id).source_uri), (3, None)]
        ),
    )
    crawl = Crawl("all", dt.date(2018, 1, 1), dt.date(2018, 1, 2))
    listing = Listing((), {}, listed, (crawl,))
    here, later = listed_with(listing, _select(lake, _ref(1, document_id)), is_last=False)
    assert here.index is not None
    assert (here.index["case_number"].to_pylist(), here.crawls) == (["CM18-0000001"], ())
    last, _ = listed_with(later, _select(lake), is_last=True)
    assert last.index is not None
    assert (last.index["case_number"].to_pylist(), last.crawls) == (["CM18-0000002", "CM18-0000003"], (crawl,))
