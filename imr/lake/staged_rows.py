"""Rows of some letters out of the stage, as a worker needs them: of a file, only the parts in which they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from imr.errors import Code, LakeError
from imr.lake.files import UNREADABLE

_KEPT_OPEN = 8
"""Files, as workers have chunks of a few batches in turn."""


def staged_rows(path: Path, documents: Sequence[str], columns: Sequence[str]) -> pa.Table:
    """Some columns of the rows of some documents.

    Raises:
        LakeError: `lake_damaged`, also where the file is not there.
    """
    try:
        now = path.stat()  # a batch that is done again has the same name
        return _open(str(path), now.st_ino, now.st_mtime_ns).rows(documents, columns)
    except UNREADABLE as error:
        raise LakeError(Code.LAKE_DAMAGED, f"{path.name} of {path.parent.name} cannot be read") from error


class _StagedFile:
    """One file, with what is known of where each document stands in it."""

    def __init__(self, path: str) -> None:
        self._file = pq.ParquetFile(path, page_checksum_verification=True)
        self._groups: dict[str, list[int]] = defaultdict(list)
        for group in range(self._file.num_row_groups):
            ids = self._file.read_row_group(group, ["document_id"])["document_id"]
            for document_id in pc.unique(ids).to_pylist():
                self._groups[document_id].append(group)

    def rows(self, documents: Sequence[str], columns: Sequence[str]) -> pa.Table:
        """Some columns of the rows of some documents."""
        groups = sorted({group for document_id in documents for group in self._groups.get(document_id, ())})
        read = self._file.read_row_groups(groups, ["document_id", *columns])
        return read.filter(pc.is_in(read["document_id"], value_set=pa.array(documents, pa.string())))


@lru_cache(maxsize=_KEPT_OPEN)
def _open(path: str, _inode: int, _changed: int) -> _StagedFile:
    return _StagedFile(path)
