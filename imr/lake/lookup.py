"""What a person calls a letter, and the rows that are meant: commands and the front door ask here and nowhere else.

A letter is called by its case number, by its file's name with or without the ending, by the path or address that it was
read from, or by its document id or the beginning of one.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import reduce
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pyarrow as pa
import pyarrow.compute as pc

from imr.lake.files import opened, outdated
from imr.lake.layout import LakeLayout
from imr.lake.partitions import letter_partition
from imr.lake.views import rows_where, rows_with
from imr.tables.declaration import TABLES
from imr.tables.schema import FORMS

Row = dict[str, Any]

LEAST_DIGITS = 8
"""Of the beginning of a document id: fewer would mean several letters."""

_FEW = 4
"""Documents of which each is asked for by itself: a list of them is not looked up as quickly."""
_PIECE = 1024  # rows
_CASE_NUMBER = re.compile(FORMS["case_number"])


def meant(rows: pa.Table, *wanted: str) -> pa.Table:
    """Those rows of `documents`, `lineage` or `quarantine` that are of a file that is called so, in their order."""
    return rows.filter(_any(_is_wanted(rows, each) for each in wanted))


def find_documents(lake: LakeLayout, wanted: str) -> list[Row]:
    """The rows of `documents` that a name means; the newest letter of a case comes first.

    Raises:
        LakeError: `lake_damaged` when a table cannot be read.
    """
    found = _found(lake, "documents", wanted).sort_by("document_id").to_pylist()
    if len(found) < 2:
        return list(found)
    cases = rows_with(lake, "cases", "document_id", [row["document_id"] for row in found])
    newest = set(cases.filter(cases["is_latest"])["document_id"].to_pylist())
    return sorted(found, key=lambda row: row["document_id"] not in newest)


def find_events(lake: LakeLayout, wanted: str) -> list[Row]:
    """The rows of `lineage` of all files that a name means, file by file, in the order in which they happened.

    Raises:
        LakeError: `lake_damaged` when a table cannot be read.
    """
    published = [row["document_id"] for row in find_documents(lake, wanted)]
    found = _found(lake, "lineage", wanted, published)
    return list(found.sort_by([(name, "ascending") for name in ("source_uri", "started_at", "event_id")]).to_pylist())


def _found(lake: LakeLayout, table: str, wanted: str, documents: Collection[str] = ()) -> pa.Table:
    """The rows of a table that are of a file that is called so, or of some documents.

    DuckDB, which reads little of what it passes over, leaves out nearly all others; what remains is looked at closely.
    """
    schema, key = TABLES[table].schema.remove_metadata(), TABLES[table].key[0]
    ids, found = pa.array(documents, pa.string()), schema.empty_table()
    for condition, values in _conditions(schema.names, wanted, documents):
        for rows in rows_where(lake, table, condition, values):
            is_new = pc.invert(pc.is_in(rows[key], value_set=found[key].combine_chunks()))
            is_meant = _any([_is_wanted(rows, wanted), pc.is_in(rows["document_id"], value_set=ids)])
            found = pa.concat_tables([found, rows.filter(pc.and_(is_new, is_meant))])
    return found


def _conditions(
    columns: Collection[str], wanted: str, documents: Collection[str]
) -> Iterator[tuple[str, dict[str, object]]]:
    """What may be meant, as SQL conditions and their values.

    Each is a plain one on one column: DuckDB then reads of the other columns only the rows for which it holds. All in
    one, joined by OR, would have it read millions of events whole.
    """
    text, names = _as_kept(wanted), "source_name" if "source_name" in columns else "source_uri"
    for address in (text, _path(wanted).as_uri()):
        yield "source_uri = $address", {"address": address}
    for name in dict.fromkeys([text, quote(text), text.upper()]):
        yield f"contains({names}, $name)", {"name": name}
    marks = f"contains({names}, '%')" + ("" if text.isascii() else f" OR strlen({names}) <> length({names})")
    yield f"({marks}) AND regexp_matches({names}, $special)", {"special": _SPECIAL_NAME}
    if len(documents) > _FEW:
        yield "document_id IN (SELECT unnest($documents))", {"documents": list(documents)}
    for document_id in documents if len(documents) <= _FEW else ():
        yield "document_id = $document", {"document": document_id}
    if _BEGINS_AN_ID.fullmatch(text):
        yield "starts_with(document_id, $beginning)", {"beginning": text.lower()}
    if "case_number" in columns:
        yield "case_number = $case", {"case": text.upper()}


def letter_rows(lake: LakeLayout, table: str, document: Row, columns: list[str] | None = None) -> pa.Table:
    """The rows that a table has of one letter, which is given as its row of `documents`.

    `columns`, if given, hold `document_id`.

    Raises:
        LakeError: `lake_damaged` when the file that they stand in cannot be read, `lake_outdated` when it has other
            columns than declared.
    """
    document_id = document["document_id"]
    path = lake.file(letter_partition(TABLES[table], document_id, document["case_number"]))
    if not path.exists():
        return TABLES[table].schema.empty_table().select(columns or TABLES[table].schema.names)
    with opened(path) as file:
        if columns is None and file.schema_arrow.names != TABLES[table].schema.names:
            raise outdated(table)
        ids = file.read(columns=["document_id"])
        of_letter = pc.equal(ids["document_id"], document_id)
        places = pc.indices_nonzero(of_letter)
        if columns == ["document_id"]:
            return ids.filter(of_letter)
        if not len(places):
            return file.schema_arrow.empty_table().select(columns or file.schema_arrow.names)
        # In pieces, and none behind the letter: a file may hold ten thousand.
        pieces = islice(file.iter_batches(_PIECE, columns=columns), places[-1].as_py() // _PIECE + 1)
        return pa.Table.from_batches([piece.filter(pc.equal(piece["document_id"], document_id)) for piece in pieces])


def _path(wanted: str) -> Path:
    return Path(os.path.abspath(wanted))  # noqa: PTH100 - resolve() would follow links


def _as_kept(wanted: str) -> str:
    """A name as names are kept that are no text."""
    return os.fsencode(wanted).decode("utf-8", "replace")


_SPECIAL_NAME = "(%|[^ -~])[^/#]*$"
"""What an address ends in whose name may be written otherwise, as a regular expression."""

_BEGINS_AN_ID = re.compile(r"[0-9a-fA-F]{1,64}")


def _is_wanted(rows: pa.Table, wanted: str) -> pa.ChunkedArray:
    path, wanted = _path(wanted), _as_kept(wanted)
    masks = [
        pc.equal(rows["document_id"], wanted.lower()),
        _is_one_of(rows["source_uri"], wanted, path.as_uri()),
        _is_named(rows, wanted),
    ]
    if len(wanted) >= LEAST_DIGITS:
        masks.append(pc.starts_with(rows["document_id"], wanted.lower()))
    if "case_number" in rows.column_names:
        masks.append(pc.equal(rows["case_number"], wanted.upper()))
    return _any(masks)


def _is_named(rows: pa.Table, wanted: str) -> pa.ChunkedArray:
    """Whose file has the name, with or without its ending; a case number names no file of another case."""
    if "source_name" in rows.column_names:
        names = rows["source_name"]
    else:
        names = pc.replace_substring_regex(rows["source_uri"], "^.*[/#]", "")
    stems = pc.replace_substring_regex(names, r"\.[^.]*$", "")
    of_stem = _is_one_of(stems, wanted, quote(wanted))
    if _CASE_NUMBER.match(wanted.upper()):
        of_stem = pc.equal(stems, wanted.upper())
        if "case_number" in rows.column_names:
            of_stem = pc.and_(of_stem, pc.is_null(rows["case_number"]))
    return _any([_is_one_of(names, wanted, quote(wanted)), of_stem, _is_written_otherwise(names, wanted)])


def _is_written_otherwise(names: pa.ChunkedArray, wanted: str) -> pa.ChunkedArray:
    """Whose name is the same one in other characters: accents apart from their letters, per cent signs in addresses."""
    special = pc.unique(names.filter(pc.fill_null(pc.match_substring_regex(names, "[^ -~]|%"), False)))
    same = [name for name in special.to_pylist() if _plain_form(wanted) in _forms(name)]
    return _is_one_of(names, *same)


def _forms(name: str) -> tuple[str, str]:
    """A name, with and without its ending, as it is compared."""
    plain = _plain_form(unquote(name))
    return plain, plain.rpartition(".")[0] or plain


def _plain_form(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _is_one_of(column: pa.ChunkedArray, *values: str) -> pa.ChunkedArray:
    return pc.is_in(column, value_set=pa.array(values, pa.string()))


def _any(masks: Iterable[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Where any of some masks holds; one that is null somewhere does not hold there."""
    return reduce(pc.or_, (pc.fill_null(mask, False) for mask in masks))
