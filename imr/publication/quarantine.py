"""Quarantine: the present state of every file that did not make it, and the copies kept of them."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from imr.errors import TRIED_AGAIN, Code, LetterError
from imr.lake.containment import erasable
from imr.lake.files import put_in_place, sha256_of
from imr.lake.layout import LakeLayout, Partition
from imr.lake.lookup import meant
from imr.lake.public import read_table
from imr.lake.raw_store import RawStore
from imr.lake.transaction import Transaction
from imr.records import LetterRef
from imr.sources.cache import Known
from imr.sources.fetching import Fetched, fetch
from imr.sources.listing import SourceFile
from imr.tables.declaration import QUARANTINE


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of `quarantine`: the present state of one file."""

    document_id: str | None
    source_uri: str
    source_name: str
    step: str
    error_code: str
    error_message: str
    attempts: int
    first_seen_at: dt.datetime
    last_seen_at: dt.datetime
    is_poison: bool
    stored_as: str | None
    pipeline_version: str

    @property
    def key(self) -> str:
        """A file is known by its content, or by its address while its content could not be read."""
        return self.document_id or self.source_uri

    @property
    def date(self) -> dt.date:
        """The day on which it was last met."""
        return self.last_seen_at.date()


_COLUMNS = [field.name for field in fields(Entry)]


class Failure(NamedTuple):
    """A file that a run tried and that did not make it."""

    document_id: str | None
    source_uri: str
    source_name: str
    step: str
    error_code: Code
    error_message: str

    @classmethod
    def of(cls, uri: str, name: str, step: str, error: LetterError, document_id: str | None = None) -> Failure:
        """What a file failed with in a step."""
        return cls(document_id, uri, name, step, error.code, error.message)

    @property
    def key(self) -> str:
        """As `Entry.key`."""
        return self.document_id or self.source_uri


def entries(lake: LakeLayout) -> list[Entry]:
    """The present state of every file in quarantine."""
    return _entries(read_table(lake, "quarantine", _COLUMNS))


def chosen(
    lake: LakeLayout, codes: Collection[str] = (), since: dt.date | None = None, files: Collection[str] = ()
) -> list[Entry]:
    """The entries of some error codes, last met on or after a day, of some files; all where nothing is asked.

    `files` are whatever `imr.lake.lookup` finds a file by.
    """
    rows = read_table(lake, "quarantine", _COLUMNS)
    return [
        row
        for row in _entries(meant(rows, *files) if files else rows)
        if (not codes or row.error_code in codes) and (since is None or row.date >= since)
    ]


def to_replay(lake: LakeLayout, rows: Iterable[Entry]) -> Known:
    """Quarantined files to try again: from the copies that were kept, else from where they came from.

    A copy that somebody mended is another document, which takes the place of the one that did not make it.
    """
    gone = read_table(lake, "removals", ["document_id"])["document_id"].to_pylist()
    store = RawStore.of(lake, frozenset(gone))
    letters, to_fetch = [], []
    for row in rows:
        if found := _bytes_of(lake, row, store):
            size = found.byte_size
            letters.append(LetterRef(found.document_id, found.suffix, row.source_uri, row.source_name, size))
        else:
            to_fetch.append(SourceFile(row.source_uri, row.source_name, ""))
    return Known(tuple(letters), tuple(to_fetch))


def _bytes_of(lake: LakeLayout, row: Entry, store: RawStore) -> Fetched | None:
    """A quarantined file's bytes, put into the raw store under their hash; None where none are kept.

    The copy counts as it is now, the bytes of the raw store as long as they are what was fetched.
    """
    copy, raw = _paths(lake, row) or (None, None)
    if copy and copy.is_file() and not copy.is_symlink():
        with suppress(LetterError):
            return fetch(copy.absolute().as_uri(), store)
    if raw and raw.exists() and sha256_of(raw) == row.document_id:
        return Fetched(row.document_id, raw.suffix, raw.stat().st_size, "")
    return None


def failed_under(lake: LakeLayout, ids: Collection[str], version: str) -> dict[str | None, Entry]:
    """Those of some documents that are in quarantine since a run under a version of the steps, by document."""
    rows = (row for row in entries(lake) if row.pipeline_version == version)
    return {row.document_id: row for row in rows if row.document_id in ids}


class Met(NamedTuple):
    """What a run met that concerns the quarantine.

    `again` are entries of files known to be bad that were not tried; `released` are keys of entries: of documents that
    are public now, and of files that were removed; `reached` are the addresses whose bytes could be read, whatever
    became of them: what stood there before is past.
    """

    failures: Sequence[Failure]
    again: Sequence[Entry] = ()
    released: Collection[str] = ()
    reached: Collection[str] = ()


def update(transaction: Transaction, met: Met, refs: Iterable[LetterRef], version: str) -> list[Entry]:
    """Bring the quarantine up to date: failures of this run in, published letters out. Returns this run's entries."""
    lake, now = transaction.lake, dt.datetime.now(dt.UTC)
    suffixes = {ref.document_id: ref.suffix for ref in refs}
    old = {row.key: row for row in entries(lake)}
    new = {row.key: _entry(lake, row, old.get(row.key), suffixes, now, version) for row in met.failures}
    new |= {row.key: replace(old.get(row.key, row), last_seen_at=now) for row in met.again}
    gone = {key: row for key, row in old.items() if key in new or key in met.released or row.source_uri in met.reached}
    kept = [row for key, row in old.items() if key not in gone]
    for date in sorted({row.date for row in [*gone.values(), *new.values()]}):
        rows = [asdict(row) for row in [*kept, *new.values()] if row.date == date]
        partition = Partition("quarantine", f"date={date.isoformat()}", 0)
        current = transaction.read(partition, ["source_uri"])["source_uri"].combine_chunks()
        table = pa.Table.from_pylist(rows, schema=QUARANTINE.schema)
        transaction.upsert(partition, table, current, on="source_uri")
    copies = {row.stored_as for row in [*kept, *new.values()]}
    transaction.erase(lake.root / path for row in gone.values() if (path := row.stored_as) and path not in copies)
    return list(new.values())


def keep_copies(lake: LakeLayout, rows: Iterable[Entry]) -> None:
    """Put a copy of each quarantined file where a person can open it, and change it without changing the bytes."""
    for row in rows:
        if (paths := _paths(lake, row)) is None:
            continue
        copy, raw = paths
        if not copy.exists() and raw.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            put_in_place(copy, partial(shutil.copyfile, raw))


def _entries(rows: pa.Table) -> list[Entry]:
    return [Entry(**row) for row in rows.to_pylist()]


def _paths(lake: LakeLayout, row: Entry) -> tuple[Path, Path] | None:
    """Where the kept copy of a quarantined file is, and its bytes in the raw store; None where nothing was kept."""
    if row.stored_as is None or row.document_id is None:
        return None
    copy = erasable(lake, row.stored_as)
    return copy, RawStore.of(lake).here(row.document_id, copy.suffix)


def _entry(
    lake: LakeLayout, failure: Failure, before: Entry | None, suffixes: dict[str, str], now: dt.datetime, version: str
) -> Entry:
    attempts = 1 + (before.attempts if before and before.pipeline_version == version else 0)
    suffix = suffixes.get(failure.document_id) if failure.document_id else None
    kept_before = before.stored_as if before else None
    return Entry(
        document_id=failure.document_id,
        source_uri=failure.source_uri,
        source_name=failure.source_name,
        step=failure.step,
        error_code=str(failure.error_code),
        error_message=failure.error_message,
        attempts=attempts,
        first_seen_at=before.first_seen_at if before else now,
        last_seen_at=now,
        is_poison=failure.error_code not in TRIED_AGAIN,
        stored_as=f"{lake.quarantine.name}/{failure.document_id}{suffix}" if suffix else kept_before,
        pipeline_version=version,
    )
