"""Source bytes, kept unchanged under the hash of their content: in a folder, or in the lake's object store."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from imr.lake.files import lake_errors, sha256_of
from imr.lake.layout import LakeLayout
from imr.lake.shared_store import AT_ONCE, SharedStore, is_intact, shared_store
from imr.records import LetterRef


class RawFile(NamedTuple):
    """A document's bytes: their path in the lake, there or in its object store, and how many they are."""

    path: Path
    size: int


class RawStore(NamedTuple):
    """Files named by the SHA-256 of what they hold, in a folder or, where `shared` is given, below `raw/` in a store.

    With a store, the folder has what is worked with at the moment.
    """

    root: Path
    never: frozenset[str] = frozenset()
    """Documents that were removed on request: their bytes are not kept again."""
    shared: SharedStore | None = None

    @classmethod
    def of(cls, lake: LakeLayout, never: frozenset[str] = frozenset()) -> RawStore:
        """The raw store of a lake."""
        return cls(lake.raw, never, shared_store(lake))

    def path(self, document_id: str, suffix: str) -> Path:
        """Where the bytes of a document are in the folder, or will be."""
        return self.root / document_id[:2] / f"{document_id}{suffix}"

    def put(self, data: bytes, suffix: str) -> str:
        """Keep some bytes, once and unless they must `never` be kept, and return their hash.

        A file appears whole or not at all, as it gets its name last. It is not forced to disk: should a power cut
        tear it, or anything change it, its hash tells, and it is written again.

        Raises:
            LakeError: `lake_write_failed`, `remote_store_failed`.
        """
        document_id = hashlib.sha256(data).hexdigest()
        if document_id in self.never:
            return document_id
        if self.shared:
            self.shared.put(_key(document_id, suffix), data)
        else:
            self._write(document_id, suffix, data)
        return document_id

    def has(self, document_id: str, suffix: str) -> bool:
        """Whether the bytes of a document are kept."""
        return self.shared.has(_key(document_id, suffix)) if self.shared else self.path(document_id, suffix).exists()

    def here(self, document_id: str, suffix: str) -> Path:
        """The file with the bytes of a document, got from the store if need be; only what has that hash gets there.

        Raises:
            LakeError: `lake_write_failed`, `remote_store_failed`.
        """
        path = self.path(document_id, suffix)
        if self.shared and not path.exists():
            data = self.shared.get(_key(document_id, suffix))
            if is_intact(data, document_id):
                self._write(document_id, suffix, data)
        return path

    def bring_here(self, letters: Collection[LetterRef]) -> None:
        """Have the bytes of some letters in the folder; raises as `here`."""
        if self.shared:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(lambda letter: self.here(letter.document_id, letter.suffix), letters))

    def share(self, files: Collection[tuple[str, str]]) -> None:
        """Move files of the folder, given by document and suffix, into the store, if there is one.

        Raises:
            LakeError: `remote_store_failed`.
        """
        if self.shared:
            paths = [path for file in {*files} if (path := self.path(*file)).exists()]
            self.shared.put_files(self.root.parent, paths)
            for path in paths:
                path.unlink(missing_ok=True)

    def drop_copies(self, letters: Collection[LetterRef]) -> None:
        """Let go what `bring_here` brought."""
        for letter in letters if self.shared else ():
            with suppress(OSError):
                self.path(letter.document_id, letter.suffix).unlink()

    def sha256(self, file: RawFile) -> str:
        """The hash of what is kept under a file's name now."""
        if not self.shared:
            return sha256_of(file.path)
        data = self.shared.get(file.path.relative_to(self.root.parent).as_posix())
        return hashlib.sha256(data or b"").hexdigest()

    def beginnings(self) -> list[str]:
        """The first two digits of all documents of which there may be bytes."""
        if self.shared:
            return [f"{number:02x}" for number in range(256)]
        return [folder.name for folder in os.scandir(self.root) if folder.is_dir()] if self.root.is_dir() else []

    def files(self, beginning: str) -> dict[str, RawFile]:
        """The files of the documents that begin so, by document."""
        if self.shared:
            listed = self.shared.listed(f"raw/{beginning}/")
            return {PurePosixPath(kept.key).stem: RawFile(self.root.parent / kept.key, kept.size) for kept in listed}
        paths = (self.root / beginning / name for name in self._names(beginning))
        return {path.stem: RawFile(path, path.stat().st_size) for path in paths}

    def documents(self, beginning: str) -> pa.Array:
        """The documents that begin so, of which there are bytes."""
        if self.shared:
            return pa.array(list(self.files(beginning)), pa.string())
        return pa.array([name.rpartition(".")[0] or name for name in self._names(beginning)], pa.string())

    def _names(self, beginning: str) -> list[str]:
        folder = self.root / beginning
        names = os.listdir(folder) if folder.is_dir() else []  # noqa: PTH208 - of a million
        return [name for name in names if name[0] != "." and name.isascii()]

    def _write(self, document_id: str, suffix: str, data: bytes) -> None:
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


def _key(document_id: str, suffix: str) -> str:
    return f"raw/{document_id[:2]}/{document_id}{suffix}"


def files_of(store: RawStore) -> dict[str, RawFile]:
    """The files of a raw store by the documents that they are named after."""
    return dict(file for beginning in store.beginnings() for file in store.files(beginning).items())


def has_bytes(store: RawStore, document_id: str) -> bool:
    """Whether a raw store has the bytes of a document, under whatever suffix."""
    return document_id in store.documents(document_id[:2]).to_pylist()


def documents_of(store: RawStore) -> pa.Array:
    """The documents of which a raw store has the bytes."""
    with ThreadPoolExecutor(AT_ONCE if store.shared else 1) as pool:
        return pa.concat_arrays([pa.array([], pa.string()), *pool.map(store.documents, store.beginnings())])


def beside(store: RawStore, documents: pa.Table) -> Iterator[tuple[pa.Table, dict[str, RawFile]]]:
    """Rows that have a `document_id`, and the files of a raw store, both by the beginning of these: part by part."""
    beginnings = pc.utf8_slice_codeunits(documents["document_id"], 0, 2)
    for beginning in sorted({*store.beginnings(), *pc.unique(beginnings).to_pylist()}):
        yield documents.filter(pc.equal(beginnings, beginning)), store.files(beginning)
