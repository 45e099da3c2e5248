from __future__ import annotations

import errno
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imr.errors import Code, LakeError
from imr.lake import files

SOME = pa.table({"name": ["a", "b", None], "size": [1, 2, 3]})


def test_a_parquet_file_has_the_lakes_options(tmp_path: Path) -> None:
    many = pa.table({"name": ["some words"] * (files.ROW_GROUP + 1)})
    files.write_parquet(many, tmp_path / "x", {"commit_id": "c1"})
    with pq.ParquetFile(tmp_path / "x") as file:
        column = file.metadata.row_group(0).column(0)
        assert file.metadata.num_row_groups == 2
        assert file.metadata.format_version == "2.6"
        assert file.metadata.metadata[b"commit_id"] == b"c1"
        assert column.compression == "ZSTD"
        assert column.has_dictionary_page
        assert column.has_column_index


def test_what_is_written_is_read_and_the_folders_name_adds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "size=7" / "x.parquet"
    path.parent.mkdir()
    files.write_parquet(SOME, path)
    assert files.read_parquet(path).equals(SOME)
    assert files.read_parquet(path, ["name"]).equals(SOME.select(["name"]))
    assert files.read_parquet(path, []).num_rows == 3


@pytest.mark.parametrize("kept", [0, 3, 200, -1], ids=["empty", "magic", "half", "all but a byte"])
def test_a_torn_file_is_damage_of_the_lake(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "x.parquet"
    files.write_parquet(SOME, path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(LakeError) as caught:
        files.read_parquet(path)
    assert caught.value.code == Code.LAKE_DAMAGED


@pytest.mark.parametrize("sealed", [True, False])
def test_damage_is_found_whether_or_not_a_file_was_sealed(tmp_path: Path, sealed: bool) -> None:
    path = tmp_path / "x.parquet"
    files.write_parquet(SOME, path)
    if sealed:
        files.seal(path)
    files.check_parquet(path)
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)
    with pytest.raises(LakeError) as caught:
        files.check_parquet(path)
    assert caught.value.code == Code.LAKE_DAMAGED


def test_a_small_file_is_replaced_and_leaves_nothing_else(tmp_path: Path) -> None:
    for data in (b"one", b"two"):
        files.write_durably(tmp_path / "record", data)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"record": b"two"}


def test_a_small_file_that_cannot_be_finished_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write_durably(tmp_path / "record", b"one")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write_durably(tmp_path / "record", b"two")
    assert (tmp_path / "record").read_bytes() == b"one"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO], ids=errno.errorcode.get)
def test_what_the_file_system_says_becomes_one_code_that_names_the_reason(number: int) -> None:
    with pytest.raises(LakeError, match=errno.errorcode[number]) as caught, files.lake_errors():
        raise OSError(number, os.strerror(number))
    assert caught.value.code == Code.LAKE_WRITE_FAILED


def test_a_hash_is_that_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert files.sha256_of(tmp_path / "x") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
