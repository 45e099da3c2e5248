"""Letters whose rows or bytes are lost or not as they should be, and what is needed to have them as they were.

What is known of a letter stands in several places: its row of `documents`, its events, the cache of sources, and the
name of its bytes. Whatever is left of these is enough to read it again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc

from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.lake.raw_store import RawFile, RawStore, files_of
from imr.publication.selection import removed
from imr.records import LetterRef
from imr.sources.cache import Known, names_of
from imr.sources.listing import SourceFile
from imr.tables.declaration import TABLES
from imr.upkeep.invariants import broken_letters
from imr.upkeep.promises import broken, broken_rows


class Damaged(NamedTuple):
    """What a run has to take up to heal a lake: `known` are all its letters, `anew` those whose rows are replaced."""

    known: Known
    anew: frozenset[str]


def damaged_letters(lake: LakeLayout) -> Damaged:
    """All damaged letters of a lake. One of which nobody knows where it came from is read under its bytes' own name.

    Raises:
        LakeError: `lake_damaged` when the tables cannot be read: the doctor says what to do first.
    """
    rows = {violation.document_id for _, violation in broken_rows(lake)}
    rows |= {document_id for found in broken(lake, broken_letters()) for document_id in found.offenders}
    anew = frozenset(rows) - removed(lake)
    there = files_of(RawStore.of(lake))
    wanted = anew | (_published(lake) - there.keys()) | _copies_gone(lake)
    letters: list[LetterRef] = []
    to_fetch: dict[str, SourceFile] = {}
    for document_id, (uri, name) in sorted(_origins(lake, wanted, there).items()):
        if file := there.get(document_id):
            letters.append(LetterRef(document_id, file.path.suffix, uri, name, file.size))
        else:
            to_fetch[uri] = SourceFile(uri, name, "")
    return Damaged(Known(tuple(letters), tuple(to_fetch.values())), anew)


def _published(lake: LakeLayout) -> set[str]:
    return set(read_table(lake, "documents", ["document_id"])["document_id"].to_pylist())


def _copies_gone(lake: LakeLayout) -> set[str]:
    """The files in quarantine of which no copy is there."""
    rows = read_table(lake, "quarantine", ["document_id", "stored_as"]).to_pylist()
    kept = ((row["document_id"], row["stored_as"]) for row in rows if row["document_id"] and row["stored_as"])
    return {document_id for document_id, path in kept if not (lake.root / path).exists()}


def _origins(lake: LakeLayout, wanted: Collection[str], there: Mapping[str, RawFile]) -> dict[str, tuple[str, str]]:
    """The address and name of each of some letters, from the best of the places that know it."""
    found = {name: file.path for name, file in there.items() if name in wanted}
    origins = {document_id: (path.absolute().as_uri(), path.name) for document_id, path in found.items()}
    asked, cached = pa.array(sorted(wanted), pa.string()), names_of(lake)
    for table in ("lineage", "quarantine", "documents"):
        columns = [name for name in _ORIGIN if name in TABLES[table].schema.names]
        rows = read_table(lake, table, columns)
        for row in rows.filter(pc.is_in(rows["document_id"], value_set=asked)).to_pylist():
            uri = row["source_uri"]
            name = row.get("source_name") or cached.get(uri) or PurePosixPath(unquote(uri)).name
            origins[row["document_id"]] = uri, name
    return origins


_ORIGIN = ("document_id", "source_uri", "source_name")
