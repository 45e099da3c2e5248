"""A run in pieces, each made public by a commit of its own: which files come next, and what a piece is made of."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from imr.extraction.header import case_number_in_name
from imr.lake.layout import LakeLayout
from imr.publication.batches import FetchedBatch
from imr.publication.dwc_index import listed_last
from imr.publication.run_summary import BatchResult
from imr.publication.selection import Selection, parted
from imr.records import LetterRef
from imr.settings import CommitEvery
from imr.sources.cache import LETTERS, Known, letter_refs
from imr.sources.fetched import FetchedFile
from imr.sources.listing import Listing
from imr.sources.many import Files

_Places = np.ndarray[Any, np.dtype[np.int64]]

_FASTER = 4
"""How many times as many files may be taken on together as ever were before: what comes may be slower to read."""


class Backlog:
    """The files that a run has still to do something about, and those, as `passed`, that it has only to pass over.

    Where they are too many for one piece, they come in the order of their case numbers: neighbours share partition
    files, which every piece has to write anew.
    """

    def __init__(
        self, lake: LakeLayout, known: Known, version: str, at_once: int | None, anew: Collection[str] = ()
    ) -> None:
        self.passed, others = parted(lake, known.unchanged, version, anew)
        self._known: Sequence[LetterRef | FetchedFile] = [*known.letters, *known.noted]
        self._to_fetch = Files.of(known.to_fetch)
        self._order = np.arange(len(self._known) + len(self._to_fetch))
        self._rows = others
        if at_once is not None and len(self) > at_once:
            self._order = _by_case([*map(_name, self._known), *self._to_fetch.rows["name"].to_pylist()])
            self._rows = others.sort_by("source_name")

    def __len__(self) -> int:
        """How many files are still to be taken."""
        return len(self._order) + int(self._rows.num_rows)

    def take(self, count: int) -> Known:
        """So many files, which are no longer among these; with the first of them all that are to be passed over."""
        places, self._order = self._order[:count], self._order[count:]
        rows, self._rows = self._rows.slice(0, count - len(places)), self._rows.slice(count - len(places))
        passed, self.passed = self.passed, LETTERS.empty_table()
        is_known = places < len(self._known)
        known = [self._known[place] for place in places[is_known]]
        return Known(
            (*(file for file in known if isinstance(file, LetterRef)), *letter_refs(rows)),
            tuple(self._to_fetch.at(places[~is_known] - len(self._known))),
            tuple(file for file in known if isinstance(file, FetchedFile)),
            passed,
        )


def _by_case(names: Sequence[str]) -> _Places:
    """The places of files in the order of their case numbers, by their names."""
    cases = pa.array([case_number_in_name(name) or "" for name in names], pa.string())
    rows = pa.table({"case": cases, "name": pa.array(names, pa.string())})
    order = pc.sort_indices(rows, [("case", "ascending"), ("name", "ascending")])
    found: _Places = order.to_numpy().astype(np.int64)
    return found


def _name(file: LetterRef | FetchedFile) -> str:
    return file.source_name if isinstance(file, LetterRef) else file.name


class Pace:
    """How many files a piece takes on next, as the time that the last ones took foretells.

    A piece of which the minutes are limited is done in turns. Nobody knows at first how long files take, so the first
    turn is of `least` files, or of as many as keep all at work, which `wide` gives and is asked only if there are more
    than `least`. No turn is of less than a batch while others of the piece are done.
    """

    def __init__(
        self,
        every: CommitEvery,
        batch_size: int,
        least: int,
        wide: Callable[[], int] = lambda: 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = every.letters
        self._seconds = None if every.minutes is None else every.minutes * 60
        self._batch_size, self._least, self._wide, self._clock = batch_size, least, wide, clock
        self._turn = self._longest = 0
        self._since = self._a_second = 0.0
        self.begin()

    @property
    def at_once(self) -> int | None:
        """How many files are certainly done in one turn of one piece; None for any number."""
        limits = [self._most, None if self._seconds is None else self._least]
        return min((limit for limit in limits if limit is not None), default=None)

    def begin(self) -> None:
        """Begin a piece."""
        self._taken, self._began = 0, self._clock()

    def next(self, left: int) -> int:
        """How many of the files that are left come next, now that those before are done; 0 where the piece ends."""
        now = self._clock()
        if self._turn:
            self._a_second = self._turn / max(now - self._since, 1e-3)
            self._longest = max(self._longest, self._turn)
        room = left if self._most is None else min(left, self._most - self._taken)
        if self._seconds is not None:
            in_time = self._in_time(self._seconds - (now - self._began)) if self._a_second else self._at_first(left)
            room = min(room, in_time)
        self._turn, self._since = room, now
        self._taken += room
        return room

    def _at_first(self, left: int) -> int:
        return self._least if left <= self._least else max(self._least, self._wide())

    def _in_time(self, seconds: float) -> int:
        """How many files can be done in so many seconds."""
        files = max(0, min(int(self._a_second * seconds), self._longest * _FASTER))
        if files < self._batch_size:
            return 0 if self._taken else max(files, 1)
        return files // self._batch_size * self._batch_size


class Piece(NamedTuple):
    """What a commit makes public: what was decided of files, how they were fetched, what the steps made of letters."""

    selection: Selection
    fetched: tuple[FetchedBatch, ...]
    batches: tuple[BatchResult, ...]

    def plus(self, later: Piece) -> Piece:
        """This and what came after it, together."""
        return Piece(self.selection.plus(later.selection), self.fetched + later.fetched, self.batches + later.batches)


def listed_with(listing: Listing, selection: Selection, *, is_last: bool) -> tuple[Listing, Listing]:
    """What a source told beside its files, parted into what becomes public with some of them, and what comes later.

    A case comes with the letter that is listed for it, so that one that was removed is met before its case is public.
    That whole searches are known stands at the end: a run that is killed before has to list them again.
    """
    if is_last or listing.index is None:
        now = listing if is_last else replace(listing, crawls=())
        return now, listing
    rows = listed_last(listing.index)
    is_here = pc.fill_null(pc.is_in(rows["source_uri"], value_set=selection.addresses.combine_chunks()), False)
    here, later = rows.filter(is_here), rows.filter(pc.invert(is_here))
    return replace(listing, index=here, crawls=()), replace(listing, index=later)
