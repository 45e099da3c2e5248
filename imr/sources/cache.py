"""Which bytes stood at which address: what lets a run pass over files that have not changed without opening them.

A cache in the stage folder: without it every file is read and hashed again, and found to be known by its hash.
Beside it stands a list of what was fetched over a network since the last commit, a line for each file as it came:
a run that takes up the work of one that was killed requests none of them again.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import compress
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from imr.lake.caches import cached_rows, is_damaged
from imr.lake.files import keep_rows, lake_errors, put_in_place
from imr.lake.layout import LakeLayout
from imr.lake.raw_store import RawStore, documents_of
from imr.records import LetterRef, Outcome
from imr.sources.fetched import FetchedFile, fetched_file, fetched_row
from imr.sources.fetching import Fetched
from imr.sources.listing import Before, Listing, SourceFile
from imr.sources.many import Files

SCHEMA = pa.schema(
    {
        "source_uri": pa.string(),
        "source_name": pa.string(),
        "stamp": pa.string(),
        "document_id": pa.string(),
        "suffix": pa.string(),
        "byte_size": pa.int64(),
        "etag": pa.string(),
        "last_modified": pa.string(),
    }
)

Row = dict[str, Any]


LETTERS = pa.schema(
    {
        "document_id": pa.string(),
        "suffix": pa.string(),
        "source_uri": pa.string(),
        "source_name": pa.string(),
        "byte_size": pa.int64(),
    }
)
"""Letters as rows: of a large lake there are too many for a record each."""
NONE_UNCHANGED = pa.Table.from_batches([], LETTERS)  # by `empty_table` Arrow would import pandas


def letter_refs(letters: pa.Table) -> list[LetterRef]:
    """Letters that are given as rows."""
    return [LetterRef(**row) for row in letters.to_pylist()]


class Known(NamedTuple):
    """The files of a listing whose bytes are in the raw store already, and those to be fetched.

    `noted` are those that a run fetched which was not published, `unchanged`, as rows of `LETTERS`, those that stand
    where they stood with the stamp they had.
    """

    letters: tuple[LetterRef, ...]
    to_fetch: Collection[SourceFile]
    noted: tuple[FetchedFile, ...] = ()
    unchanged: pa.Table = NONE_UNCHANGED

    @property
    def here(self) -> int:
        """How many files there are of which the bytes are here."""
        return len(self.letters) + len(self.noted) + int(self.unchanged.num_rows)


class Kept(NamedTuple):
    """What a lake has of its sources: the documents of which there are bytes, and the rows of the cache."""

    there: pa.Array
    cached: pa.Table

    @classmethod
    def of(cls, lake: LakeLayout) -> Kept:
        """Read it: of a million letters that takes seconds."""
        return cls(documents_of(RawStore.of(lake)), _read(lake))


def listed(lake: LakeLayout, sources: Callable[[], Listing]) -> tuple[Known, Listing]:
    """What sources hold, and what is known of it; what the lake has of them is read while they are listed."""
    with ThreadPoolExecutor(1) as beside:
        kept = beside.submit(Kept.of, lake)
        listing = sources()
        return recall(lake, listing.files, kept.result()), listing


def recall(lake: LakeLayout, found: Collection[SourceFile], kept: Kept | None = None) -> Known:
    """Part a listing by whether each file still has the stamp under which it was fetched before.

    A file of which the listing knows nothing is taken as it came if that was since the last commit; else it is to be
    fetched, with what its server needs to tell whether it has changed. So is one whose bytes are no longer there.
    """
    files = Files.of(found)
    there, cached = kept or Kept.of(lake)
    noted = {row["source_uri"]: row for row in _notes(lake)}
    of_notes = pa.array([row["document_id"] for row in noted.values()], pa.string())
    gone = compress(noted, pc.invert(pc.is_in(of_notes, value_set=there)).to_pylist())
    uris, names, stamps = files.rows.columns
    place = pc.index_in(uris, value_set=cached["source_uri"].combine_chunks())
    has_bytes = pc.is_in(cached["document_id"], value_set=there).take(place)
    place = pc.if_else(pc.fill_null(has_bytes, False), place, None)
    same = pc.and_(pc.equal(cached["stamp"].take(place), stamps), pc.not_equal(stamps, ""))
    same = pc.and_not(pc.fill_null(same, False), pc.is_in(uris, value_set=pa.array(list(noted), pa.string())))
    is_other = pc.invert(same)
    changed = cached.take(place.filter(is_other).drop_null()).to_pylist()
    known: dict[str, Row | None] = {row["source_uri"]: row for row in changed} | noted | dict.fromkeys(gone)
    taken_up, asked = dict[str, FetchedFile](), dict[str, SourceFile]()
    for file in files.only(pc.is_in(uris, value_set=pa.array(list(known), pa.string()))):
        row = known[file.uri]
        if row and row["stamp"] == file.stamp and file.uri in noted:
            taken_up[file.uri] = _taken_up(row)
        elif row and (row["etag"] or row["last_modified"]):
            asked[file.uri] = file._replace(before=Before(*(row[name] for name in Before._fields)))
    is_here = pc.is_in(uris, value_set=pa.array(list(taken_up), pa.string()))
    to_fetch = files.only(pc.and_not(is_other, is_here)).knowing(asked)
    rows = cached.select(["document_id", "suffix", "byte_size"]).take(place.filter(same))
    unchanged = rows.append_column("source_uri", uris.filter(same)).append_column("source_name", names.filter(same))
    return Known((), to_fetch, tuple(taken_up.values()), unchanged.select(LETTERS.names))


def note(lake: LakeLayout, file: SourceFile, outcome: Outcome[Fetched]) -> None:
    """Write down at once that a file was fetched over a network.

    Raises:
        LakeError: `lake_write_failed`.
    """
    row = fetched_row(file, outcome)
    with lake_errors():
        try:
            descriptor = _appended(lake)
        except FileNotFoundError:
            lake.stage.mkdir(parents=True, exist_ok=True)
            descriptor = _appended(lake)
        try:
            # In one call, so that lines never mix, and on a line of its own even behind one that was cut off.
            os.write(descriptor, b"\n" + orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        finally:
            os.close(descriptor)


def remember(
    lake: LakeLayout,
    letters: Collection[tuple[LetterRef, str]],
    removed: Collection[str] = frozenset(),
    *,
    more_to_come: bool = False,
) -> None:
    """Keep the stamps of files that were fetched, those noted among them, now that they are published; none of letters
    that were removed.

    An empty stamp, of a file that was changing, is not kept, unless its server can tell whether it has changed. Where
    there is more to come of the run, what is noted of files that are not among these stays noted.
    """
    rows = {ref.source_uri: _row(ref, stamp) for ref, stamp in letters if stamp}
    notes, later = _notes(lake), list[Row]()
    if more_to_come:
        here = {ref.source_uri for ref, _ in letters}
        later = [row for row in notes if row["source_uri"] not in here and row["document_id"] not in removed]
        notes = [row for row in notes if row["source_uri"] in here]
    rows |= {row["source_uri"]: row for row in notes}
    rows = {uri: row for uri, row in rows.items() if row["document_id"] not in removed}
    if not rows and not notes:
        return
    new = pa.Table.from_pylist(list(rows.values()), schema=SCHEMA)
    old = _read(lake)
    kept = old.filter(pc.invert(pc.is_in(old["source_uri"], value_set=new["source_uri"].combine_chunks())))
    keep_rows(_path(lake), pa.concat_tables([kept, new]))
    with lake_errors():
        if later:
            _write_notes(lake, later)
        else:
            _notes_path(lake).unlink(missing_ok=True)


def names_of(lake: LakeLayout) -> dict[str, str]:
    """The names of the files that were fetched, by address."""
    return dict(zip(*_read(lake).select(["source_uri", "source_name"]).to_pydict().values(), strict=True))


def forget(lake: LakeLayout, documents: Iterable[str]) -> None:
    """Keep no address of some documents; a cache that cannot be read is not kept either."""
    with lake_errors():
        for path in damaged(lake):
            path.unlink()
    rows, gone = _read(lake), frozenset(documents)
    kept = rows.filter(pc.invert(pc.is_in(rows["document_id"], value_set=pa.array(list(gone), pa.string()))))
    if kept.num_rows < rows.num_rows:
        keep_rows(_path(lake), kept)
    notes = _notes(lake)
    if any(row["document_id"] in gone for row in notes):
        with lake_errors():
            _write_notes(lake, [row for row in notes if row["document_id"] not in gone])


def damaged(lake: LakeLayout) -> list[Path]:
    """Those of the two caches that are not as they were written."""
    found = [_path(lake)] if is_damaged(_path(lake), SCHEMA) else []
    return found + ([_notes_path(lake)] if any(_noted(line) is None for line in _lines(lake)) else [])


def _taken_up(row: Row) -> FetchedFile:
    return fetched_file({**row, "started_at": dt.datetime.fromisoformat(row["started_at"])})


def _row(ref: LetterRef, stamp: str) -> Row:
    return {
        "source_uri": ref.source_uri,
        "source_name": ref.source_name,
        "stamp": stamp,
        "document_id": ref.document_id,
        "suffix": ref.suffix,
        "byte_size": ref.byte_size,
    }


def _path(lake: LakeLayout) -> Path:
    return lake.stage / "sources.parquet"


def _notes_path(lake: LakeLayout) -> Path:
    return lake.stage / "fetched.jsonl"


def _appended(lake: LakeLayout) -> int:
    return os.open(_notes_path(lake), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)


def _notes(lake: LakeLayout) -> list[Row]:
    """What was noted since the last commit. A line that a kill cut off is as if its file had not been fetched."""
    return [row for line in _lines(lake) if (row := _noted(line)) is not None]


def _lines(lake: LakeLayout) -> list[bytes]:
    """The whole lines of the notes; none where they cannot be read."""
    try:
        lines = _notes_path(lake).read_bytes().splitlines()
    except OSError:
        return []
    return [line for line in lines if line.endswith(b"}")]


def _write_notes(lake: LakeLayout, rows: Iterable[Row]) -> None:
    lines = [orjson.dumps(row) + b"\n" for row in rows]
    put_in_place(_notes_path(lake), lambda path: path.write_bytes(b"".join(lines)))


def _noted(line: bytes) -> Row | None:
    """A line of the notes as its row; None for one that is damaged."""
    try:
        row: Row = orjson.loads(line)
        is_whole = _taken_up(row).letter is not None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return row if is_whole else None


def _read(lake: LakeLayout) -> pa.Table:
    return cached_rows(_path(lake), SCHEMA)
