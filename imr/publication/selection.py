"""What a run has to do: which of the files it was given are new letters, and what becomes of the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from imr.errors import Code, LetterError
from imr.extraction.header import case_number_in_name
from imr.lake.files import read_parquet
from imr.lake.layout import LakeLayout
from imr.lake.ledger import kept
from imr.lake.public import read_table
from imr.publication.events import Event, event, rows_alike
from imr.publication.quarantine import Entry, Failure, failed_under
from imr.records import Attempt, LetterRef, Origin
from imr.sources.cache import NONE_UNCHANGED
from imr.sources.fetched import FetchedFile
from imr.tables.declaration import REMOVALS


class Selection(NamedTuple):
    """The letters to work on, in the order of their case numbers, and what was decided of every file."""

    letters: tuple[LetterRef, ...]
    events: tuple[Event, ...]
    """The last fetch event of every file."""
    skipped: int
    failed: tuple[Failure, ...]
    """The files that could not be fetched."""
    names: Mapping[str, str]
    """The name of each file by its address."""
    known_bad: tuple[Entry, ...]
    """Those that failed before, would fail again and so are not tried, as the quarantine had them."""
    to_cache: tuple[tuple[LetterRef, str], ...]
    """What to remember of the files that were fetched, once the run is published."""
    passed: pa.Table
    """The events of files that stand where they stood and whose letters are public, as rows of `lineage`."""

    def plus(self, later: Selection) -> Selection:
        """What was decided of these files and of some that came after them."""
        return Selection(
            letters=self.letters + later.letters,
            events=self.events + later.events,
            skipped=self.skipped + later.skipped,
            failed=self.failed + later.failed,
            names={**self.names, **later.names},
            known_bad=self.known_bad + later.known_bad,
            to_cache=self.to_cache + later.to_cache,
            passed=pa.concat_tables([self.passed, later.passed]),
        )

    @property
    def files(self) -> int:
        """How many files there are."""
        return len(self.events) + int(self.passed.num_rows)

    @property
    def met(self) -> frozenset[str]:
        """The documents that are worked on, or known to be bad."""
        return frozenset([ref.document_id for ref in self.letters] + [row.key for row in self.known_bad])

    @property
    def addresses(self) -> pa.ChunkedArray:
        """Where all the files are."""
        told = pa.array([event.source_uri for event in self.events], pa.string())
        return pa.chunked_array([told, *self.passed["source_uri"].chunks])

    @property
    def removed(self) -> frozenset[str]:
        """The documents that were met although they had been removed."""
        met = frozenset(e.document_id for e in self.events if e.skip_reason == "removed" and e.document_id)
        return met.union(self._passed_as_removed["document_id"].to_pylist())

    @property
    def addresses_of_removed(self) -> list[str]:
        """Where documents were met although they had been removed."""
        met = [e.source_uri for e in self.events if e.skip_reason == "removed"]
        return [*met, *self._passed_as_removed["source_uri"].to_pylist()]

    @property
    def _passed_as_removed(self) -> pa.Table:
        return self.passed.filter(pc.equal(self.passed["skip_reason"], "removed"))

    def reached(self, addresses: pa.ChunkedArray) -> set[str]:
        """Those addresses whose bytes could be read, whatever became of them; of files passed over, if among some."""
        met = {event.source_uri for event in self.events if event.document_id}
        passed = self.passed["source_uri"]  # a million: looked through, rather than kept to be looked up
        return met.union(passed.filter(pc.is_in(passed, value_set=addresses.combine_chunks())).to_pylist())


def parted(
    lake: LakeLayout, unchanged: pa.Table, version: str, anew: Collection[str] = ()
) -> tuple[pa.Table, pa.Table]:
    """Letters that are known, as rows: those that are public under a version of the steps, and those to be decided on.

    `anew` and removed ones are among the latter.
    """
    public = _public(lake, version) if unchanged.num_rows else pa.array([], pa.string())
    others = pa.array([*removed(lake), *anew], pa.string())
    is_public, is_other = (pc.is_in(unchanged["document_id"], value_set=ids) for ids in (public, others))
    is_passed = pc.and_not(is_public, is_other)
    return unchanged.filter(is_passed), unchanged.filter(pc.invert(is_passed))


def select(
    lake: LakeLayout,
    known: Sequence[LetterRef],
    fetched: Sequence[FetchedFile],
    origin: Origin,
    version: str,
    *,
    try_again: bool = False,
    anew: Collection[str] = (),
    passed: pa.Table = NONE_UNCHANGED,
    met: Collection[str] = (),
) -> Selection:
    """Decide of each file, known before or just fetched, whether its letter is to be worked on.

    `version` is the fingerprint of all steps: a letter published under it is left alone, and so is a file that
    failed under it in a way that would repeat itself, unless it is to be tried again. `anew` are documents that are
    worked on whatever is public of them. A letter that was removed on request is passed over for good. `passed` are
    letters that are public under it for certain, as rows; `met` are documents that the same commit has to do with
    already.
    """
    now, gone = Attempt(1, dt.datetime.now(dt.UTC), 0, None), removed(lake)
    found = [(ref, now) for ref in known] + [(file.letter, file.attempt) for file in fetched if file.letter]
    ids = {ref.document_id for ref, _ in found}
    bad = failed_under(lake, ids, version)
    published = published_under(lake, ids, version) - set(anew)
    taken = {*published, *met}
    letters: dict[str, LetterRef] = {}
    known_bad: dict[str, Entry] = {}
    failed = [file for file in fetched if file.letter is None]
    events = [event("fetch", "quarantined", file.uri, origin, file.attempt) for file in failed]
    for ref, attempt in sorted(found, key=lambda pair: _order(pair[0])):
        status, reason = "ok", None
        row = bad.get(ref.document_id)
        if ref.document_id in gone:
            status, reason = "skipped", "removed"
        elif ref.document_id in taken:
            status, reason = "skipped", "unchanged" if ref.document_id in published else "same_bytes"
        elif row and row.is_poison and not try_again:
            known_error = LetterError(Code(row.error_code), row.error_message)
            status, attempt = "quarantined", attempt._replace(error=known_error)
            known_bad[ref.document_id] = row
            taken.add(ref.document_id)
        else:
            letters[ref.document_id] = ref._replace(tries=row.attempts if row else 0)
            taken.add(ref.document_id)
        found_event = partial(event, document_id=ref.document_id, output_sha256=ref.document_id, skip_reason=reason)
        events.append(found_event("fetch", status, ref.source_uri, origin, attempt))
    ids = passed["document_id"]
    told = pa.table({"document_id": ids, "source_uri": passed["source_uri"], "output_sha256": ids})
    passing = rows_alike(told, "fetch", "skipped", origin, skip_reason="unchanged")
    return Selection(
        tuple(letters.values()),
        tuple(events),
        _skipped(events) + passing.num_rows,
        tuple(Failure.of(file.uri, file.name, "fetch", file.attempt.error) for file in failed if file.attempt.error),
        {ref.source_uri: ref.source_name for ref, _ in found} | {file.uri: file.name for file in failed},
        tuple(known_bad.values()),
        tuple((file.letter, file.stamp) for file in fetched if file.letter and file.letter.document_id not in gone),
        passing,
    )


def decide_again(lake: LakeLayout, selection: Selection, version: str, anew: Collection[str] = ()) -> Selection:
    """The selection as it has to be now, to be asked for by the only writer of the lake.

    While the letters were worked on, others may have removed some of them, or published them under the same version:
    these are passed over after all, but for those that are worked on `anew` whatever is public of them.
    """
    gone = removed(lake)
    tried = {ref.document_id for ref in selection.letters} | {row.document_id for row in selection.known_bad}
    done = published_under(lake, {document for document in tried if document} - set(anew), version)

    def again(entry: Event) -> Event:
        reason = "removed" if entry.document_id in gone else entry.skip_reason
        if entry.status != "skipped" and entry.document_id in done:
            reason = reason or "unchanged"
        if reason is None:
            return entry
        return replace(entry, status="skipped", skip_reason=reason, error_code=None, error_message=None)

    events, passed = tuple(map(again, selection.events)), selection.passed
    is_gone = pc.is_in(passed["document_id"], value_set=pa.array(list(gone), pa.string()))
    reasons = pc.if_else(is_gone, "removed", passed["skip_reason"])
    column = passed.schema.get_field_index("skip_reason")
    over = gone | done
    return selection._replace(
        letters=tuple(ref for ref in selection.letters if ref.document_id not in over),
        events=events,
        skipped=_skipped(events) + passed.num_rows,
        passed=passed.set_column(column, passed.schema.field(column), reasons),
        known_bad=tuple(row for row in selection.known_bad if row.document_id not in over),
        to_cache=tuple(pair for pair in selection.to_cache if pair[0].document_id not in gone),
    )


def published_under(lake: LakeLayout, ids: Collection[str], version: str) -> frozenset[str]:
    """Those of some documents that are published under a version of the steps."""
    public = _public(lake, version) if ids else pa.array([], pa.string())
    return frozenset(public.filter(pc.is_in(public, value_set=pa.array(list(ids), pa.string()))).to_pylist())


def _public(lake: LakeLayout, version: str) -> pa.Array:
    """All documents that are published under a version of the steps."""
    found = [pa.array([], pa.string())]
    for partition in lake.partitions("documents"):
        rows = read_parquet(lake.file(partition), ["document_id", "extract_version"])
        found += rows["document_id"].filter(pc.equal(rows["extract_version"], version)).chunks
    return pa.concat_arrays(found)


def removed(lake: LakeLayout) -> frozenset[str]:
    """The documents that were removed on request, as the table says or, should it be lost, the ledger."""
    rows = (read_table(lake, "removals", ["document_id"]), kept(lake, REMOVALS))
    return frozenset(document_id for table in rows for document_id in table["document_id"].to_pylist())


def _skipped(events: Sequence[Event]) -> int:
    return sum(entry.status == "skipped" for entry in events)


def _order(ref: LetterRef) -> tuple[str, str, str]:
    return case_number_in_name(ref.source_name) or "", ref.document_id, ref.source_uri
