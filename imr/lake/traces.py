"""What a lake keeps of a document outside of its tables: its bytes, what was recognised and what was read from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from imr.errors import Code, LakeError
from imr.lake.files import read_parquet
from imr.lake.layout import LakeLayout
from imr.lake.shared_store import Kept, shared_store
from imr.lake.stage import StageStore


def kept_of(lake: LakeLayout, documents: Collection[str]) -> Iterator[Path]:
    """The bytes of some documents, the copies of them in quarantine, and their recognised pages."""
    store = shared_store(lake)
    for document in documents:
        below = f"{document[:2]}/{document}"
        yield from {
            *lake.raw.glob(f"{below}.*"),
            *lake.quarantine.glob(f"{document}.*"),
            *lake.ocr.glob(below),
            *(_at(lake, kept) for folder in _OF_A_DOCUMENT if store for kept in store.listed(f"{folder}/{below}")),
        }


_OF_A_DOCUMENT = ("raw", "ocr")


def _at(lake: LakeLayout, kept: Kept) -> Path:
    """The file or folder of a document that an object belongs to."""
    return lake.root.joinpath(*kept.key.split("/")[:3])


def staged_with(lake: LakeLayout, documents: Collection[str]) -> Iterator[Path]:
    """The batches in the stage that have any of some documents. Reads a column of each batch.

    Of a folder that is half made, or cannot be read, nobody knows what it has: it counts as if it had them.
    """
    ids = pa.array(sorted(documents), pa.string())
    for batch in lake.stage.glob("*/*/") if documents else ():
        listed = [path for name in _LISTS if (path := batch / f"{name}.parquet").exists()]
        if batch.name.startswith(".") or any(_may_hold(read_parquet, path, ids) for path in listed):
            yield batch
    stage = StageStore.of(lake)
    for step, key in stage.shared_batches() if documents else ():
        read = partial(stage.get_shared, step, key)
        if not stage.folder(step, key).is_dir() and any(_may_hold(read, name, ids) for name in _LISTS):
            yield stage.folder(step, key)


_LISTS = ("lineage", "files")
"""The tables of a batch in which all its documents are listed."""


def _may_hold(read: Callable[..., pa.Table | None], of: object, ids: pa.Array) -> bool:
    try:
        table = read(of, ["document_id"])
    except LakeError as error:
        if error.code is Code.REMOTE_STORE_FAILED:
            raise
        return True
    return table is not None and bool(pc.any(pc.is_in(table["document_id"], value_set=ids), min_count=0).as_py())
