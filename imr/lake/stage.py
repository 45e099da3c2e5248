"""What each step made of each batch, kept between steps and between runs.

A batch's result is a folder of Parquet files, `stage/<step>/<key>/`, whose name is made of the hashes of its letters
and the version of the step: the same letters under the same code and rules are never worked on twice, and a change
of either needs a folder that is not there yet.

In an object store a batch is `stage/<step>/<key>/made.json`, which names the files that are meant, each by the hash of
its content, and is put last, where none is: of two machines that do the same work the first counts. A folder that has
the same `made.json` is a copy of it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from imr.errors import Code, LakeError
from imr.lake.files import (
    STAGE_OPTIONS,
    erase,
    lake_errors,
    parquet_of,
    read_parquet,
    seal,
    seals_in,
    sha256_of,
    sync_file,
    sync_folder,
    write_parquet,
)
from imr.lake.layout import LakeLayout
from imr.lake.shared_store import Kept, SharedStore, is_intact, shared_store

_TRIES = 5
"""How often a batch is put before the stage counts as one that cannot be written."""


class StageGoneError(Exception):
    """What a step had made of a batch is not in the stage: a removal or a sweep took it, or somebody the folder."""


class StageStore(NamedTuple):
    """The stage of a lake: a folder; where `shared` is given, copies of what is in an object store."""

    root: Path
    shared: SharedStore | None = None

    @classmethod
    def of(cls, lake: LakeLayout) -> StageStore:
        """The stage of a lake."""
        return cls(lake.stage, shared_store(lake))

    def has(self, step: str, key: str) -> bool:
        """Whether a step has been done for a batch; if so, what it made is in the folder."""
        return self._copied(self.shared, step, key) if self.shared else self.folder(step, key).is_dir()

    def put(self, step: str, key: str, tables: Mapping[str, pa.Table], *, in_parts: bool = False) -> bool:
        """Keep what a step made of a batch: all its tables appear together, or none.

        Put in parts, each chunk of a table can be read by itself. False where another run, or another machine, did the
        same work and was faster: what it made counts.

        Raises:
            LakeError: `lake_write_failed`, `remote_store_failed`.
        """

        def write(folder: Path) -> bool:
            for name, table in tables.items():
                write_parquet(table, folder / f"{name}.parquet", in_parts=in_parts, options=STAGE_OPTIONS)
            return self._share(self.shared, step, key, folder) if self.shared else True

        return self._put(step, key, write)

    def _put(self, step: str, key: str, write: Callable[[Path], bool]) -> bool:
        with lake_errors():
            for _ in range(_TRIES):
                temporary = self.root / step / f".{key}.{uuid.uuid4().hex}"
                try:
                    return self._put_whole(temporary, self.folder(step, key), write)
                except FileNotFoundError:  # a removal took what was half made
                    continue
            raise FileNotFoundError(errno.ENOENT, "the stage does not keep what is put into it")

    def _put_whole(self, temporary: Path, folder: Path, write: Callable[[Path], bool]) -> bool:
        temporary.mkdir(parents=True)
        counts = write(temporary)
        for file in sorted(temporary.glob("*.parquet")):
            sync_file(file)
            seal(file)
        sync_folder(temporary)
        try:
            temporary.rename(folder)
        except FileNotFoundError:
            raise
        except OSError:
            if not folder.is_dir():
                raise
            shutil.rmtree(temporary)  # another run did the same work and was faster
            return False
        return counts

    def get(self, step: str, key: str, name: str, columns: list[str] | None = None) -> pa.Table:
        """One of the tables that a step made of a batch.

        Raises:
            StageGoneError: it is not there, or not any more.
            LakeError: `lake_damaged`.
        """
        if self.shared and not self.folder(step, key).is_dir():
            self.has(step, key)
        try:
            return read_parquet(self.file(step, key, name), columns)
        except LakeError:
            if self.has(step, key):
                raise
            raise StageGoneError(f"{step}/{key}") from None

    def seals(self, step: str, key: str) -> str:
        """What tells what a step made of a batch from what another run makes of it: the hashes of its tables."""
        return seals_in(self.folder(step, key))

    def row_counts(self, step: str, key: str) -> dict[str, int]:
        """How many rows each of the tables has that a step made of a batch."""
        paths = sorted(self.folder(step, key).glob("*.parquet"))
        return {path.stem: read_parquet(path, []).num_rows for path in paths}

    def drop(self, step: str, key: str) -> None:
        """Forget what a step made of a batch."""
        if self.shared:
            self.shared.erase(_name(step, key, MADE))  # what it names is nobody's then
            self.shared.erase(_name(step, key))
        with lake_errors():
            erase(self.folder(step, key))

    def shared_batches(self) -> dict[tuple[str, str], list[Kept]]:
        """The objects of every batch in the object store, if there is one, by step and key."""
        batches: dict[tuple[str, str], list[Kept]] = {}
        for kept in self.shared.listed("stage/") if self.shared else ():
            _, step, key, _ = kept.key.split("/", 3)
            batches.setdefault((step, key), []).append(kept)
        return batches

    def get_shared(self, step: str, key: str, name: str, columns: list[str] | None = None) -> pa.Table | None:
        """One of the tables of a batch in the object store, of which no copy is made; None if it is not there.

        Raises:
            LakeError: `lake_damaged`, `remote_store_failed`.
        """
        made = self.shared and self.shared.get(_name(step, key, MADE))
        sha256 = _files_in(made).get(f"{name}.parquet") if made else None
        if self.shared is None or sha256 is None:
            return None
        data = self.shared.get(_name(step, key, f"{name}.parquet.{sha256}"))
        if not is_intact(data, sha256):
            raise LakeError(Code.LAKE_DAMAGED, f"{name} of {step} in the object store is not as it was written")
        return parquet_of(data, columns)

    def _share(self, shared: SharedStore, step: str, key: str, folder: Path) -> bool:
        """Put a batch that was just written into the object store; one that somebody else put meanwhile counts."""
        files = {path.name: sha256_of(path) for path in sorted(folder.glob("*.parquet"))}
        for name, sha256 in files.items():
            shared.put(_name(step, key, f"{name}.{sha256}"), (folder / name).read_bytes())
        made = json.dumps(files).encode()
        if not (counts := shared.create(_name(step, key, MADE), made)):
            for path in folder.iterdir():
                path.unlink()
            made = shared.get(_name(step, key, MADE)) or b"{}"
            if not _fill(shared, step, key, made, folder):
                raise StageGoneError(f"{step}/{key}")
        (folder / MADE).write_bytes(made)
        return counts

    def _copied(self, shared: SharedStore, step: str, key: str) -> bool:
        """Have the folder be a copy of a batch in the object store; False if none is there, or a damaged one."""
        made, folder = shared.get(_name(step, key, MADE)), self.folder(step, key)
        if made is not None and _read(folder / MADE) == made:
            return True
        with lake_errors():
            erase(folder)
        if made is None:
            return False

        def write(folder: Path) -> bool:
            if not _fill(shared, step, key, made, folder):
                raise StageGoneError
            (folder / MADE).write_bytes(made)
            return True

        try:
            self._put(step, key, write)
        except StageGoneError:  # damaged, or just dropped: it is made anew
            self.drop(step, key)
            return False
        return True

    def file(self, step: str, key: str, name: str) -> Path:
        """Where one of the tables is that a step made of a batch."""
        return self.folder(step, key) / f"{name}.parquet"

    def folder(self, step: str, key: str) -> Path:
        """Where the tables are that a step made of a batch."""
        return self.root / step / key


MADE = "made.json"
"""The object, and the file of a copy, that says of what a batch consists."""


def _name(step: str, key: str, *rest: str) -> str:
    return "/".join(("stage", step, key, *rest))


def _files_in(made: bytes) -> dict[str, str]:
    """The hash of each file that a batch consists of; none if it cannot be told."""
    try:
        files = json.loads(made)
        return {str(name): str(sha256) for name, sha256 in files.items() if _FILE.fullmatch(name)}
    except (ValueError, AttributeError):
        return {}


_FILE = re.compile(r"[a-z_]+\.parquet")


def _fill(shared: SharedStore, step: str, key: str, made: bytes, folder: Path) -> bool:
    """Get the files of a batch; False if any is not there as it was put."""
    names = {_name(step, key, f"{name}.{sha256}"): (name, sha256) for name, sha256 in _files_in(made).items()}
    for object_key, data in shared.get_all(names):
        name, sha256 = names[object_key]
        if not is_intact(data, sha256):
            return False
        (folder / name).write_bytes(data)
    return bool(names)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def stage_key(version: str, parts: Iterable[str]) -> str:
    """The name of a batch under a step's version: readable as a hash of all that the result depends on."""
    hashed = hashlib.sha256(version.encode())
    for part in parts:
        hashed.update(b"\0" + part.encode())
    return hashed.hexdigest()[:32]
