"""What a lake keeps of a document outside of its tables: its bytes, what was recognised and what was read from them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from imr.errors import LakeError
from imr.lake.files import read_parquet
from imr.lake.layout import LakeLayout


def kept_of(lake: LakeLayout, documents: Collection[str]) -> Iterator[Path]:
    """The bytes of some documents, the copies of them in quarantine, and their recognised pages."""
    for document in documents:
        yield from lake.raw.glob(f"{document[:2]}/{document}.*")
        yield from lake.quarantine.glob(f"{document}.*")
        yield from lake.ocr.glob(f"{document[:2]}/{document}")


def staged_with(lake: LakeLayout, documents: Collection[str]) -> Iterator[Path]:
    """The batches in the stage that have any of some documents. Reads a column of each batch.

    Of a folder that is half made, or cannot be read, nobody knows what it has: it counts as if it had them.
    """
    ids = pa.array(sorted(documents), pa.string())
    for batch in lake.stage.glob("*/*/") if documents else ():
        listed = [path for name in _LISTS if (path := batch / name).exists()]
        if batch.name.startswith(".") or any(_may_hold(path, ids) for path in listed):
            yield batch


_LISTS = ("lineage.parquet", "files.parquet")
"""The files of a batch in which all its documents are listed."""


def _may_hold(path: Path, ids: pa.Array) -> bool:
    try:
        column = read_parquet(path, ["document_id"])["document_id"]
    except LakeError:
        return True
    return bool(pc.any(pc.is_in(column, value_set=ids), min_count=0).as_py())
