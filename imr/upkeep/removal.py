"""Removing letters on request: out of every table, the stage, the raw bytes and the quarantine, and for good."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from imr.aggregation.by_year import aggregate_by_year
from imr.lake.layout import LakeLayout
from imr.lake.ledger import whole
from imr.lake.lookup import find_documents
from imr.lake.traces import kept_of, staged_with
from imr.lake.transaction import Transaction, writing
from imr.publication import quarantine
from imr.publication.dwc_index import withdraw_cases
from imr.publication.merging import withdraw
from imr.publication.refused import forget_refused
from imr.publication.run_summary import note_commit
from imr.sources.cache import forget
from imr.tables.declaration import LINEAGE, REMOVALS
from imr.tables.schema import FORMS
from imr.upkeep.releases import drop_release, half_made, released_as, releases_with


class Removal(NamedTuple):
    """What a removal did.

    `still_in` are the releases that hold what it removed: immutable, they can only be withdrawn, as the `withdrawn`
    were. `addresses` are those of files in quarantine of which there never were any bytes. Where a name meant nothing,
    it is among the `unknown`, where it meant `several` documents and may not, among these, and nothing was removed.
    """

    document_ids: tuple[str, ...]
    rows_removed: int
    still_in: tuple[str, ...]
    withdrawn: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    several: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    addresses: tuple[str, ...] = ()


def remove(
    lake: LakeLayout,
    letters: Collection[str],
    reason: str,
    lock_timeout: float = 60.0,
    *,
    withdraw_releases: bool = False,
    several: bool = True,
) -> Removal:
    """Remove some letters, published or in quarantine or never seen, and keep them out from now on.

    A file in quarantine that never gave any bytes leaves it, and may come again.

    `letters` are case numbers, file names and document ids, each of which has to mean one document, unless `several`.
    What they mean is asked while nobody else may write, so that what a run publishes until then goes as well.
    Everything happens in one commit: the rows of all tables, lineage included, the tombstones in `removals`, the
    summaries, and the files outside of the tables; then releases are withdrawn, if they are to be.

    Raises:
        LakeError: the lake cannot be written; nothing was removed.
    """
    run_id = str(uuid.uuid4())
    with writing(lake, run_id, lock_timeout) as transaction:
        meant = {letter: _meant(lake, letter) for letter in letters}
        unknown = tuple(letter for letter, ids in meant.items() if not ids)
        doubtful = {} if several else {letter: tuple(sorted(ids)) for letter, ids in meant.items() if len(ids) > 1}
        if unknown or doubtful:
            return Removal((), 0, (), unknown=unknown, several=doubtful)
        addresses = {address for letter in letters for address in _without_bytes(lake, letter)}
        documents = {key for keys in meant.values() for key in keys} - addresses
        forget_refused(lake)
        forget(lake, documents)  # only a cache: if nothing comes of this, the files are read once more
        before = transaction.changes.rows_removed
        cases = _case_numbers(transaction, "document_id", documents)
        withdraw(transaction, documents)
        withdraw_cases(transaction, cases - _case_numbers(transaction, "case_number", cases))
        rows = transaction.changes.rows_removed - before
        _forget_events(transaction, documents)
        quarantine.update(transaction, quarantine.Met([], released=documents | addresses), [], "")
        _mark(transaction, documents, reason)
        transaction.erase([*kept_of(lake, documents), *staged_with(lake, documents), *half_made(lake)])
        transaction.erase(lake.set_aside.glob("*Z"))  # damaged files cannot be searched, and were replaced long ago
        transaction.erase(lake.search.glob("[0-9a-f]" * 32))  # it is made again
        if rows:
            for name, table in aggregate_by_year(transaction.partitions, transaction.read).items():
                transaction.write(name, table)
        note_commit(transaction, "remove", run_id=run_id, rows_removed=rows)
        transaction.commit()
        still_in = releases_with(lake, documents)
        for name in still_in if withdraw_releases else ():
            drop_release(lake, name)
    withdrawn = still_in if withdraw_releases else ()
    left = tuple(name for name in still_in if name not in withdrawn)
    return Removal(tuple(sorted(documents)), rows, left, withdrawn, addresses=tuple(sorted(addresses)))


def meaning(lake: LakeLayout, letters: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The documents that would go by each of some names now, and the addresses of files that never gave any bytes."""
    return {letter: tuple(sorted(_meant(lake, letter))) for letter in letters}


def _meant(lake: LakeLayout, letter: str) -> set[str]:
    return _documents(lake, letter) | _without_bytes(lake, letter)


def _without_bytes(lake: LakeLayout, letter: str) -> set[str]:
    """The addresses in quarantine that a file's name or address means, of which nothing was ever read."""
    entries = quarantine.chosen(lake, files=[letter])
    return {entry.source_uri for entry in entries if entry.document_id is None}


def _documents(lake: LakeLayout, letter: str) -> set[str]:
    """The documents that a case number, a file's name or an id means: published, released or in quarantine."""
    published = {document["document_id"] for document in find_documents(lake, letter)} | released_as(lake, letter)
    kept_back = {entry.document_id for entry in quarantine.chosen(lake, files=[letter]) if entry.document_id}
    whole_id = {letter.lower()} if _ID.fullmatch(letter) else set()  # never seen here, or removed: not to come (back)
    return published | kept_back | whole_id


_ID = re.compile(FORMS["document_id"], re.IGNORECASE)


def _case_numbers(transaction: Transaction, column: str, values: Collection[str]) -> set[str]:
    """The case numbers in the rows of `documents`, as it will be, that have one of some values in a column."""
    rows = transaction.read_all("documents", ["document_id", "case_number"])
    found = rows.filter(pc.is_in(rows[column], value_set=pa.array(list(values), pa.string())))
    return set(found["case_number"].drop_null().to_pylist())


def _forget_events(transaction: Transaction, documents: Collection[str]) -> None:
    ids = pa.array(sorted(documents), pa.string())
    for partition in transaction.partitions("lineage"):
        transaction.upsert(partition, LINEAGE.schema.empty_table(), ids)


def _mark(transaction: Transaction, documents: Collection[str], reason: str) -> None:
    """Write a tombstone for each document; one that has been removed before keeps its first."""
    old = whole(transaction.lake, REMOVALS)
    known, now = set(old["document_id"].to_pylist()), dt.datetime.now(dt.UTC)
    marks = [
        {"document_id": document, "reason": reason, "removed_at": now, "commit_id": transaction.commit_id}
        for document in documents
        if document not in known
    ]
    new = pa.Table.from_pylist(marks, schema=REMOVALS.schema).replace_schema_metadata(None)
    transaction.write("removals", pa.concat_tables([old, new]).cast(REMOVALS.schema))
