"""Source bytes, kept unchanged under the hash of their content."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from imr.lake.files import lake_errors, sha256_of


class RawStore(NamedTuple):
    """A folder of files named by the SHA-256 of what they hold."""

    root: Path
    never: frozenset[str] = frozenset()
    """Documents that were removed on request: their bytes are not kept again."""

    def path(self, document_id: str, suffix: str) -> Path:
        """Where the bytes of a document are, or will be."""
        return self.root / document_id[:2] / f"{document_id}{suffix}"

    def put(self, data: bytes, suffix: str) -> str:
        """Keep some bytes, once and unless they must `never` be kept, and return their hash.

        A file appears whole or not at all, as it gets its name last. It is not forced to disk: should a power cut
        tear it, or anything change it, its hash tells, and it is written again.

        Raises:
            LakeError: `lake_write_failed`.
        """
        document_id = hashlib.sha256(data).hexdigest()
        if document_id in self.never:
            return document_id
        path = self.path(document_id, suffix)
        with lake_errors():
            if not path.exists() or sha256_of(path) != document_id:
                temporary = path.with_name(f".{document_id}.{os.getpid()}-{threading.get_ident()}")
                try:
                    temporary.write_bytes(data)
                except FileNotFoundError:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    temporary.write_bytes(data)
                temporary.replace(path)
        return document_id


def files_of(raw: Path) -> dict[str, Path]:
    """The files of a raw store by the documents that they are named after."""
    return dict(file for beginning in _folders(raw) for file in _files_in(raw / beginning).items())


def has_bytes(raw: Path, document_id: str) -> bool:
    """Whether a raw store has the bytes of a document, under whatever suffix."""
    beginning = document_id[:2]
    return beginning in _folders(raw) and document_id in _files_in(raw / beginning)


def documents_of(raw: Path) -> pa.Array:
    """The documents of which a raw store has the bytes."""
    parts = [pa.array(list(_files_in(raw / beginning)), pa.string()) for beginning in _folders(raw)]
    return pa.concat_arrays([pa.array([], pa.string()), *parts])


def beside(raw: Path, documents: pa.Table) -> Iterator[tuple[pa.Table, dict[str, Path]]]:
    """Rows that have a `document_id`, and the files of a raw store, both by the beginning of these: part by part."""
    beginnings = pc.utf8_slice_codeunits(documents["document_id"], 0, 2)
    there = _folders(raw)
    for beginning in sorted({*there, *pc.unique(beginnings).to_pylist()}):
        files = _files_in(raw / beginning) if beginning in there else {}
        yield documents.filter(pc.equal(beginnings, beginning)), files


def _folders(raw: Path) -> list[str]:
    return [folder.name for folder in os.scandir(raw) if folder.is_dir()] if raw.is_dir() else []


def _files_in(folder: Path) -> dict[str, Path]:
    files = (Path(entry) for entry in os.scandir(folder) if not entry.name.startswith("."))
    return {path.stem: path for path in files}
