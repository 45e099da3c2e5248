"""A file system of which one call fails, or all from one on."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq
import pytest

from imr.lake.layout import LakeLayout


class Case(NamedTuple):
    """At which call a fault strikes, which it is, and whether it lasts."""

    point: int
    number: int
    lasting: bool

    def __str__(self) -> str:
        return f"{errno.errorcode[self.number]} {'from' if self.lasting else 'at'} call {self.point}"


class Faulty:
    """The calls by which a lake is written, of which one fails, or all from one on."""

    def __init__(self, lake: LakeLayout, case: Case | None) -> None:
        self.lake, self.case, self.count = lake, case, 0
        self.decided = False
        """Whether the journal's record had stood by the time the fault struck first."""

    def call(self, happen: Callable[..., object], halve: Callable[..., None] | None = None) -> Callable[..., object]:
        """`happen`, unless this call is to fail; a failing write of a file may leave the half of it."""

        def watched(*args: object, **kwargs: object) -> object:
            self.count += 1
            if self.case and self.count <= self.case.point:  # it may have been forgotten again since it was seen
                self.decided |= (self.lake.journal / "commit.json").exists()
            if not self._fails(happen.__name__):
                return happen(*args, **kwargs)
            if halve:
                halve(*args)
            raise OSError(self.case.number, os.strerror(self.case.number))

        return watched

    def _fails(self, name: str) -> bool:
        if self.case is None or self.count < self.case.point:
            return False
        # What is closed later is closed by the garbage collector, which takes no exceptions.
        return self.count == self.case.point or (self.case.lasting and name != "close")

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        """Stand between the lake and the file system."""
        for name in ("open", "replace", "rename", "unlink", "mkdir", "fsync"):
            patch.setattr(os, name, self.call(getattr(os, name)))
        for name in ("write_bytes", "write_text"):
            patch.setattr(Path, name, self.call(getattr(Path, name), _half_written))
        for name in ("__init__", "write_table", "close"):
            patch.setattr(pq.ParquetWriter, name, self.call(getattr(pq.ParquetWriter, name)))


def _half_written(path: Path, content: bytes | str) -> None:
    with io.open(path, "wb" if isinstance(content, bytes) else "w") as file:  # noqa: UP020 - not watched
        file.write(content[: len(content) // 2])
