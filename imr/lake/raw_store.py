"""Source bytes, kept unchanged under the hash of their content."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from typing import NamedTuple

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
    folders = [folder for folder in os.scandir(raw) if folder.is_dir()] if raw.is_dir() else []
    files = (Path(entry) for folder in folders for entry in os.scandir(folder) if not entry.name.startswith("."))
    return {path.stem: path for path in files}
