"""What each step made of each batch, kept between steps and between runs.

A batch's result is a folder of Parquet files, `stage/<step>/<key>/`, whose name is made of the hashes of its letters
and the version of the step: the same letters under the same code and rules are never worked on twice, and a change
of either needs a folder that is not there yet.
"""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from imr.lake.files import lake_errors, read_parquet, sync_file, sync_folder, write_parquet


class StageStore(NamedTuple):
    """The stage folder of a lake."""

    root: Path

    def has(self, step: str, key: str) -> bool:
        """Whether a step has been done for a batch."""
        return self._folder(step, key).is_dir()

    def put(self, step: str, key: str, tables: Mapping[str, pa.Table]) -> None:
        """Keep what a step made of a batch: all its tables appear together, or none.

        Raises:
            LakeError: `lake_write_failed`.
        """
        temporary = self.root / step / f".{key}.{uuid.uuid4().hex}"
        with lake_errors():
            temporary.mkdir(parents=True)
            for name, table in tables.items():
                write_parquet(table, temporary / f"{name}.parquet")
                sync_file(temporary / f"{name}.parquet")
            sync_folder(temporary)
            try:
                temporary.rename(self._folder(step, key))
            except OSError:
                if not self.has(step, key):
                    raise
                shutil.rmtree(temporary)  # another run did the same work and was faster

    def get(self, step: str, key: str, name: str, columns: list[str] | None = None) -> pa.Table:
        """One of the tables that a step made of a batch."""
        return read_parquet(self._folder(step, key) / f"{name}.parquet", columns)

    def row_counts(self, step: str, key: str) -> dict[str, int]:
        """How many rows each of the tables has that a step made of a batch."""
        paths = sorted(self._folder(step, key).glob("*.parquet"))
        return {path.stem: read_parquet(path, []).num_rows for path in paths}

    def drop(self, step: str, key: str) -> None:
        """Forget what a step made of a batch."""
        shutil.rmtree(self._folder(step, key), ignore_errors=True)

    def _folder(self, step: str, key: str) -> Path:
        return self.root / step / key


def stage_key(version: str, parts: Iterable[str]) -> str:
    """The name of a batch under a step's version: readable as a hash of all that the result depends on."""
    hashed = hashlib.sha256(version.encode())
    for part in parts:
        hashed.update(b"\0" + part.encode())
    return hashed.hexdigest()[:32]
