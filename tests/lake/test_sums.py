"""The list of the tables' hashes: renewed by every commit, told from damage, and never hiding one."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from imr.errors import Code, LakeError
from imr.lake.files import read_parquet, sha256_of, write_parquet
from imr.lake.layout import LakeLayout
from imr.lake.sums import is_as_written, mend, read_sums, sums_of, sums_text, taken_stock
from imr.lake.transaction import writing
from imr.tables.declaration import LETTER_TABLES, TABLES, TEXTS

Publish = Callable[..., None]
Ids = Callable[[int], str]


@pytest.fixture
def filled(lake: LakeLayout, publish: Publish) -> LakeLayout:
    """A lake of two letters of one year."""
    with writing(lake, "r1") as tx:
        publish(tx, 1, "CM18-9000001")
        publish(tx, 2, "CM18-9000002")
        tx.commit()
    return lake


def _changed(lake: LakeLayout) -> Path:
    """The file of `texts` with other words in it, past all protections."""
    (place,) = lake.partitions("texts")
    path = lake.file(place)
    rows = read_parquet(path)
    index = rows.schema.get_field_index("clean_text")
    write_parquet(rows.set_column(index, rows.schema.field(index), pa.array(["other words"] * rows.num_rows)), path)
    return path


def test_every_commit_lists_every_file_as_it_is(filled: LakeLayout, publish: Publish) -> None:
    first = sums_of(filled)
    assert first == taken_stock(filled)
    assert len(first or ()) == len(TABLES)
    with writing(filled, "r2") as tx:
        publish(tx, 3, "CM19-9000003")
        tx.commit()
    assert sums_of(filled) == taken_stock(filled)
    assert len(sums_of(filled) or ()) == len(TABLES) + len(LETTER_TABLES)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="there is no sha256sum")
def test_the_list_is_one_that_sha256sum_checks(filled: LakeLayout) -> None:
    check = ["sha256sum", "--check", "--strict", "--quiet", filled.sums.name]
    assert subprocess.run(check, cwd=filled.root, capture_output=True).returncode == 0
    _changed(filled)
    assert subprocess.run(check, cwd=filled.root, capture_output=True).returncode == 1


def test_a_file_that_goes_leaves_the_list(filled: LakeLayout, publish: Publish, document_id: Ids) -> None:
    with writing(filled, "r2") as tx:
        (place,) = tx.partitions("texts")
        tx.upsert(place, TEXTS.schema.empty_table(), pa.array([document_id(1), document_id(2)]))
        publish(tx, 3, "CM19-9000003")
        tx.commit()
    (left,) = [path for path in sums_of(filled) or () if path.startswith("tables/texts")]
    assert "year=2019" in left


def test_what_is_made_of_a_changed_file_gets_no_hash_that_would_hide_it(filled: LakeLayout, publish: Publish) -> None:
    _changed(filled)
    with writing(filled, "r2") as tx:
        publish(tx, 3, "CM18-9000003")
        tx.commit()
    sums = sums_of(filled)
    sound = {
        place.table: is_as_written(filled, sums, place) for t in LETTER_TABLES for place in filled.partitions(t.name)
    }
    assert [table for table, is_sound in sound.items() if not is_sound] == ["texts"]


def test_once_nothing_of_a_changed_file_is_left_its_successor_is_as_written(
    filled: LakeLayout, publish: Publish
) -> None:
    _changed(filled)
    with writing(filled, "r2") as tx:
        publish(tx, 1, "CM18-9000001")  # alone it would keep the other's changed words
        publish(tx, 2, "CM18-9000002")
        tx.commit()
    (place,) = filled.partitions("texts")
    assert not is_as_written(filled, sums_of(filled), place)
    with writing(filled, "r3") as tx:
        rows = tx.read(place)
        tx.upsert(place, rows, rows["document_id"].combine_chunks())
        tx.commit()
    assert is_as_written(filled, sums_of(filled), place)


@pytest.mark.parametrize("lost", [True, False], ids=["lost", "damaged"])
def test_a_list_that_is_lost_is_made_anew_by_the_next_commit_or_by_mending(
    filled: LakeLayout, publish: Publish, *, lost: bool
) -> None:
    for heal in (lambda: mend(filled), lambda: _publish_one(filled, publish)):
        if lost:
            filled.sums.unlink()
        else:
            filled.sums.write_bytes(filled.sums.read_bytes().replace(b"texts", b"textz"))
        assert sums_of(filled) is None
        heal()
        assert sums_of(filled) == taken_stock(filled)


def _publish_one(lake: LakeLayout, publish: Publish) -> None:
    with writing(lake, "r2") as tx:
        publish(tx, 3, "CM18-9000003")
        tx.commit()


def test_mending_takes_what_is_gone_off_the_list_and_adds_nothing(filled: LakeLayout) -> None:
    gone, stray = _changed(filled), filled.tables / "drugs" / "year=1999" / "part-000.parquet"
    stray.parent.mkdir()
    gone.rename(stray)
    before = sums_of(filled) or {}
    mend(filled)
    assert sums_of(filled) == {path: digest for path, digest in before.items() if "/texts/" not in path}


def test_every_flipped_bit_of_a_list_is_told(filled: LakeLayout) -> None:
    data = filled.sums.read_bytes()
    for bit in range(0, len(data) * 8, 13):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        filled.sums.write_bytes(flipped)
        with pytest.raises(LakeError) as caught:
            read_sums(filled.sums)
        assert caught.value.code == Code.LAKE_DAMAGED


@pytest.mark.parametrize("content", [b"", b"x", b"\xff", b"ab  c\n", b"# sha256 of the lines below: \n"])
def test_what_is_no_list_is_damage(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "SHA256SUMS").write_bytes(content)
    with pytest.raises(LakeError):
        read_sums(tmp_path / "SHA256SUMS")


def test_a_list_without_its_remark_is_that_of_an_older_release(tmp_path: Path) -> None:
    sums = {"tables/cases/year=2018/part-090.parquet": sha256_of(Path(__file__))}
    (tmp_path / "SHA256SUMS").write_text(sums_text(sums).partition("\n")[2])
    assert read_sums(tmp_path / "SHA256SUMS", of_release=True) == sums
    with pytest.raises(LakeError):
        read_sums(tmp_path / "SHA256SUMS")
