from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from imr.errors import Code, LakeError
from imr.lake.raw_store import RawStore

DATA = b"some letter"
ID = hashlib.sha256(DATA).hexdigest()


def test_bytes_are_kept_under_their_hash(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    assert store.put(DATA, ".txt") == ID
    assert store.path(ID, ".txt").read_bytes() == DATA
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / ID[:2] / f"{ID}.txt"]


def test_what_is_there_is_not_written_again(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    store.put(DATA, ".txt")
    before = store.path(ID, ".txt").stat()
    store.put(DATA, ".txt")
    after = store.path(ID, ".txt").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_file_of_another_length_is_written_again(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    store.put(DATA, ".txt")
    store.path(ID, ".txt").write_bytes(DATA[:4])
    store.put(DATA, ".txt")
    assert store.path(ID, ".txt").read_bytes() == DATA


def test_a_full_disk_is_a_fault_of_the_lake_and_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(LakeError) as caught:
        RawStore(tmp_path).put(DATA, ".txt")
    assert caught.value.code == Code.LAKE_WRITE_FAILED
    assert not RawStore(tmp_path).path(ID, ".txt").exists()
