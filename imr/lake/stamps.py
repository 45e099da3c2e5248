"""Which bytes stood at which address: what lets a run pass over files that have not changed without opening them.

A cache in the stage folder: without it every file is read and hashed again, and found to be known by its hash.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from imr.lake.files import lake_errors, read_parquet, sync_file, write_parquet
from imr.lake.layout import Lake
from imr.records import LetterRef
from imr.sources.listing import SourceFile

SCHEMA = pa.schema(
    {
        "source_uri": pa.string(),
        "source_name": pa.string(),
        "stamp": pa.string(),
        "document_id": pa.string(),
        "suffix": pa.string(),
        "byte_size": pa.int64(),
    }
)


class Known(NamedTuple):
    """The files of a listing whose bytes are in the raw store already, and those to be fetched."""

    letters: tuple[LetterRef, ...]
    to_fetch: tuple[SourceFile, ...]


def recall(lake: Lake, files: Sequence[SourceFile]) -> Known:
    """Part a listing by whether each file still has the stamp under which it was fetched before."""
    stamps = _read(lake)
    asked = pa.array([file.uri for file in files], pa.string())
    rows = stamps.filter(pc.is_in(stamps["source_uri"], value_set=asked)).to_pylist()
    known = {row["source_uri"]: row for row in rows}
    letters, to_fetch = [], []
    for file in files:
        row = known.get(file.uri)
        if row is not None and file.stamp and row["stamp"] == file.stamp:
            letters.append(LetterRef(row["document_id"], row["suffix"], file.uri, file.name, row["byte_size"]))
        else:
            to_fetch.append(file)
    return Known(tuple(letters), tuple(to_fetch))


def remember(lake: Lake, letters: Iterable[tuple[LetterRef, str]]) -> None:
    """Keep the stamps of files that were fetched; an empty stamp, of a file that was changing, is not kept."""
    stamped = [(ref, stamp) for ref, stamp in letters if stamp]
    if not stamped:
        return
    new = pa.Table.from_pylist(
        [
            {
                "source_uri": ref.source_uri,
                "source_name": ref.source_name,
                "stamp": stamp,
                "document_id": ref.document_id,
                "suffix": ref.suffix,
                "byte_size": ref.byte_size,
            }
            for ref, stamp in stamped
        ],
        schema=SCHEMA,
    )
    old = _read(lake)
    kept = old.filter(pc.invert(pc.is_in(old["source_uri"], value_set=new["source_uri"].combine_chunks())))
    _write(lake, pa.concat_tables([kept, new]))


def forget(lake: Lake, documents: Iterable[str]) -> None:
    """Keep no address of some documents."""
    rows, gone = _read(lake), pa.array(list(documents), pa.string())
    kept = rows.filter(pc.invert(pc.is_in(rows["document_id"], value_set=gone)))
    if kept.num_rows < rows.num_rows:
        _write(lake, kept)


def _path(lake: Lake) -> Path:
    return lake.stage / "sources.parquet"


def _write(lake: Lake, rows: pa.Table) -> None:
    path = _path(lake)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with lake_errors():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_parquet(rows, temporary)
        sync_file(temporary)
        temporary.replace(path)


def _read(lake: Lake) -> pa.Table:
    path = _path(lake)
    return read_parquet(path).replace_schema_metadata(None) if path.exists() else SCHEMA.empty_table()
