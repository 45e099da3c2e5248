"""What each step made of each batch, kept between steps and between runs.

A batch's result is a folder of Parquet files, `stage/<step>/<key>/`, whose name is made of the hashes of its letters
and the version of the step: the same letters under the same code and rules are never worked on twice, and a change
of either needs a folder that is not there yet.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from imr.errors import LakeError
from imr.lake.files import erase, lake_errors, read_parquet, seal, sync_file, sync_folder, write_parquet

_TRIES = 5
"""How often a batch is put before the stage counts as one that cannot be written."""


class StageGoneError(Exception):
    """What a step had made of a batch is not in the stage: a removal or a sweep took it, or somebody the folder."""


class StageStore(NamedTuple):
    """The stage folder of a lake."""

    root: Path

    def has(self, step: str, key: str) -> bool:
        """Whether a step has been done for a batch."""
        return self.folder(step, key).is_dir()

    def put(self, step: str, key: str, tables: Mapping[str, pa.Table], *, in_parts: bool = False) -> None:
        """Keep what a step made of a batch: all its tables appear together, or none.

        Put in parts, each chunk of a table can be read by itself.

        Raises:
            LakeError: `lake_write_failed`.
        """
        with lake_errors():
            for _ in range(_TRIES):
                temporary = self.root / step / f".{key}.{uuid.uuid4().hex}"
                try:
                    self._put(temporary, tables, self.folder(step, key), in_parts)
                except FileNotFoundError:  # a removal took what was half made
                    continue
                return
            raise FileNotFoundError(errno.ENOENT, "the stage does not keep what is put into it")

    def _put(self, temporary: Path, tables: Mapping[str, pa.Table], folder: Path, in_parts: bool) -> None:
        temporary.mkdir(parents=True)
        for name, table in tables.items():
            write_parquet(table, temporary / f"{name}.parquet", in_parts=in_parts)
            sync_file(temporary / f"{name}.parquet")
            seal(temporary / f"{name}.parquet")
        sync_folder(temporary)
        try:
            temporary.rename(folder)
        except FileNotFoundError:
            raise
        except OSError:
            if not folder.is_dir():
                raise
            shutil.rmtree(temporary)  # another run did the same work and was faster

    def get(self, step: str, key: str, name: str, columns: list[str] | None = None) -> pa.Table:
        """One of the tables that a step made of a batch.

        Raises:
            StageGoneError: it is not there, or not any more.
            LakeError: `lake_damaged`.
        """
        try:
            return read_parquet(self.file(step, key, name), columns)
        except LakeError:
            if self.has(step, key):
                raise
            raise StageGoneError(f"{step}/{key}") from None

    def is_sound(self, step: str, key: str, names: Iterable[str]) -> bool:
        """Whether the tables that a step made of a batch can all be read, from their first byte to the last."""
        try:
            for name in names:
                self.get(step, key, name)
        except LakeError:
            return False
        return True

    def row_counts(self, step: str, key: str) -> dict[str, int]:
        """How many rows each of the tables has that a step made of a batch."""
        paths = sorted(self.folder(step, key).glob("*.parquet"))
        return {path.stem: read_parquet(path, []).num_rows for path in paths}

    def drop(self, step: str, key: str) -> None:
        """Forget what a step made of a batch."""
        with lake_errors():
            erase(self.folder(step, key))

    def file(self, step: str, key: str, name: str) -> Path:
        """Where one of the tables is that a step made of a batch."""
        return self.folder(step, key) / f"{name}.parquet"

    def folder(self, step: str, key: str) -> Path:
        """Where the tables are that a step made of a batch."""
        return self.root / step / key


def stage_key(version: str, parts: Iterable[str]) -> str:
    """The name of a batch under a step's version: readable as a hash of all that the result depends on."""
    hashed = hashlib.sha256(version.encode())
    for part in parts:
        hashed.update(b"\0" + part.encode())
    return hashed.hexdigest()[:32]
