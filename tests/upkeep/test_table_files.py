"""Files among the tables that do not belong there, cannot be read or are not what their commit wrote: seen and said."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from imr.cli.main import app
from imr.errors import Code, LakeError
from imr.lake.files import PARQUET_OPTIONS, read_parquet
from imr.lake.layout import LakeLayout
from imr.lake.transaction import writing
from imr.upkeep.advice import Advice
from imr.upkeep.doctor import examine
from imr.upkeep.releases import make_release

Harm = Callable[[LakeLayout], object]


def _first(lake: LakeLayout, table: str, number: int = 0) -> Path:
    return lake.file(lake.partitions(table)[number])


def _swapped(table: str) -> Harm:
    """The first two files of a table in each other's place."""

    def harm(lake: LakeLayout) -> object:
        one, other = _first(lake, table), _first(lake, table, 1)
        one.rename(lake.root / "x")
        other.rename(one)
        return (lake.root / "x").rename(other)

    return harm


def _stray(name: str) -> Harm:
    """A copy of a file of `drugs` under another name beside it."""
    return lambda lake: shutil.copyfile(_first(lake, "drugs"), _first(lake, "drugs").with_name(name))


def _cut(table: str, size: int) -> Harm:
    return lambda lake: _first(lake, table).write_bytes(_first(lake, table).read_bytes()[:size])


def _replaced(old: bytes, new: bytes) -> Harm:
    """Bytes of a file of `texts` changed where they first stand."""

    def harm(lake: LakeLayout) -> object:
        data = _first(lake, "texts").read_bytes()
        assert old in data
        return _first(lake, "texts").write_bytes(data.replace(old, new))

    return harm


def _in_a_page(lake: LakeLayout) -> object:
    """A flipped bit in the first data page."""
    path = _first(lake, "texts")
    data = bytearray(path.read_bytes())
    data[pq.ParquetFile(path).metadata.row_group(0).column(0).data_page_offset + 60] ^= 4
    return path.write_bytes(data)


def _in_a_page_of(table: str) -> Harm:
    """A flipped bit in the last data page of a file, while the list of hashes is lost and the next commit makes it."""

    def harm(lake: LakeLayout) -> object:
        path = _first(lake, table)
        with pq.ParquetFile(path) as file:
            group = file.metadata.row_group(0)
        last = group.column(group.num_columns - 1)
        data = bytearray(path.read_bytes())
        data[(last.dictionary_page_offset or last.data_page_offset) + last.total_compressed_size - 3] ^= 4
        path.write_bytes(data)
        lake.sums.unlink()
        with writing(lake, "r2") as tx:
            return tx.commit()

    return harm


def _older(lake: LakeLayout) -> object:
    """A file with fewer rows, written as a commit would have."""
    path = _first(lake, "provenance")
    return pq.write_table(read_parquet(path).slice(1), path, **PARQUET_OPTIONS)


def _folder(lake: LakeLayout) -> object:
    _first(lake, "drugs").unlink()
    return _first(lake, "decisions") and (lake.tables / "drugs" / "year=2014" / "part-000.parquet").mkdir(parents=True)


def _linked(lake: LakeLayout) -> object:
    path = _first(lake, "drugs")
    path.rename(lake.root / "elsewhere")
    return path.symlink_to(lake.root / "elsewhere")


HARMS = [
    pytest.param(_swapped("documents"), "documents", True, id="files of documents swapped"),
    pytest.param(_swapped("texts"), "texts", True, id="files of texts swapped"),
    pytest.param(_stray("part-001x.parquet"), "no file of a table", False, id="a name that is no number"),
    pytest.param(_stray("part-0000.parquet"), "no file of a table", False, id="a number too long"),
    pytest.param(_stray("part-099.parquet"), "no commit wrote it", False, id="a file that nobody wrote"),
    pytest.param(_stray("copy.parquet"), "no file of a table", False, id="a copy"),
    pytest.param(_stray("._part-000.parquet"), "no file of a table", False, id="a file of a Mac"),
    pytest.param(_cut("drugs", 0), "cannot be read", False, id="no bytes"),
    pytest.param(_cut("drugs", 200), "cannot be read", False, id="cut off"),
    pytest.param(_cut("outcomes_by_year", 0), "cannot be read", False, id="a summary of no bytes"),
    pytest.param(_replaced(b"clean_text", b"clean_te\xfft"), "cannot be read", False, id="a name that is no text"),
    pytest.param(_in_a_page, "cannot be read", False, id="a flipped bit in a page"),
    pytest.param(_in_a_page_of("texts"), "cannot be read", False, id="a flipped bit before the list was made anew"),
    pytest.param(_in_a_page_of("outcomes_by_year"), "cannot be read", False, id="the same in a summary"),
    pytest.param(_older, "is not what its commit wrote", True, id="fewer rows"),
    pytest.param(lambda lake: _first(lake, "citations").unlink(), "is gone", False, id="a file that is gone"),
    pytest.param(lambda lake: _first(lake, "lineage").unlink(), "is gone", False, id="events that are gone"),
    pytest.param(lambda lake: _first(lake, "quarantine").unlink(), "is gone", False, id="a quarantine that is gone"),
    pytest.param(_folder, "no file of a table", False, id="a folder in the place of a file"),
    pytest.param(_linked, "no file of a table", False, id="a link in the place of a file"),
    pytest.param(lambda lake: lake.sums.unlink(), "SHA256SUMS", False, id="a list that is gone"),
    pytest.param(lambda lake: lake.sums.write_bytes(b""), "SHA256SUMS", False, id="an empty list"),
]


@pytest.mark.parametrize(("harm", "said", "deep"), HARMS)
def test_the_doctor_names_what_is_wrong(lake: LakeLayout, harm: Harm, said: str, deep: bool) -> None:
    harm(lake)
    found = [f"{finding.where} {finding.what}" for finding in examine(lake, deep=deep).findings]
    assert any(said in finding for finding in found), found


@pytest.mark.parametrize("harm", [harm.values[0] for harm in HARMS], ids=[str(harm.id) for harm in HARMS])
@pytest.mark.parametrize("command", [["status"], ["query", "SELECT count(*) FROM texts"], ["doctor", "--deep"]])
def test_no_command_answers_with_a_traceback(lake: LakeLayout, harm: Harm, command: list[str]) -> None:
    harm(lake)
    ran = CliRunner().invoke(app, [*command, "--lake", str(lake.root)])
    assert ran.exception is None or isinstance(ran.exception, (SystemExit, LakeError)), ran.exception


def test_a_mended_list_is_one_that_nothing_is_missing_from(lake: LakeLayout) -> None:
    _first(lake, "outcomes_by_year").unlink()
    assert Advice.PUT_BACK in [finding.advice for finding in examine(lake).findings]
    examine(lake, repair=True)
    assert Advice.PUT_BACK not in [finding.advice for finding in examine(lake, deep=True).findings]


@pytest.mark.parametrize("harm", [_older, _stray("part-099.parquet"), _stray("part-001x.parquet"), _cut("drugs", 0)])
def test_no_release_is_made_of_files_that_are_not_as_written(lake: LakeLayout, harm: Harm) -> None:
    harm(lake)
    with pytest.raises(LakeError) as caught:
        make_release(lake, "r1")
    assert caught.value.code == Code.LAKE_DAMAGED
    assert list(lake.releases.iterdir()) == []


def test_tables_on_another_file_system_are_refused_before_anything_is_decided(lake: LakeLayout) -> None:
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == lake.root.stat().st_dev:
        pytest.skip("there is no second file system")
    place = elsewhere / f"imr-tables-{lake.root.stat().st_ino}"
    shutil.move(lake.tables, place)
    try:
        lake.tables.symlink_to(place)
        with pytest.raises(LakeError, match="another file system") as caught:
            _commit_something(lake)
        assert caught.value.code == Code.LAKE_WRITE_FAILED
        assert list(lake.journal.iterdir()) == []
        assert examine(lake).findings == ()
        lake.tables.unlink()
        shutil.move(place, lake.tables)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    _commit_something(lake)
    assert examine(lake, deep=True).findings == ()


def _commit_something(lake: LakeLayout) -> None:
    with writing(lake, "r") as transaction:
        for partition in transaction.partitions("cases"):
            transaction.rewrite(partition, transaction.read(partition))
        transaction.commit()


def test_the_tables_of_a_release_are_put_back_with_their_list(lake: LakeLayout) -> None:
    release = make_release(lake, "one").folder
    _commit_something(lake)
    shutil.rmtree(lake.tables)
    shutil.copytree(release / "tables", lake.tables)
    assert "is not what its commit wrote" in {finding.what for finding in examine(lake, deep=True).findings}
    shutil.copyfile(release / "SHA256SUMS", lake.sums)
    assert examine(lake, deep=True).findings == ()
    _commit_something(lake)
    assert examine(lake, deep=True).findings == ()
