"""Removal: nothing of the letter is left anywhere, everything else is as it was, and it does not come back."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from imr.cli.main import app
from imr.cli.remove import remove_letters
from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.tables.declaration import AGGREGATES, LETTER_TABLES
from imr.upkeep.advice import Advice
from imr.upkeep.doctor import examine
from imr.upkeep.releases import drop_release, make_release, releases
from imr.upkeep.removal import remove
from tests.flows.helpers import row_set, run


def holding(lake: LakeLayout, document_id: str) -> set[str]:
    """The files of a lake in whose name or content a document's id stands, the tombstones' apart."""
    files = [path for path in lake.root.rglob("*") if path.is_file() and path.name != "removals.parquet"]
    found = [path for path in files if document_id in path.name or document_id in _content(path)]
    return {path.relative_to(lake.root).as_posix() for path in found}


def _content(path: Path) -> str:
    if path.suffix == ".parquet":
        return str(pq.ParquetFile(path).read().to_pydict())
    return path.read_bytes().decode("latin-1")


def test_nothing_is_left_of_a_removed_letter(lake: LakeLayout, letter: str) -> None:
    assert {name.split("/")[0] for name in holding(lake, letter)} >= {"raw", "stage"}
    removal = remove(lake, [letter], "asked for")
    assert (removal.document_ids, removal.still_in) == ((letter,), ())
    assert removal.rows_removed > 8
    assert holding(lake, letter) == set()
    for table in (*LETTER_TABLES, "lineage", "quarantine"):
        name = table if isinstance(table, str) else table.name
        assert letter not in read_table(lake, name, ["document_id"])["document_id"].to_pylist()
    (tombstone,) = read_table(lake, "removals").to_pylist()
    assert (tombstone["document_id"], tombstone["reason"]) == (letter, "asked for")
    assert examine(lake, deep=True).findings == ()


def test_all_other_letters_and_the_summaries_are_those_of_a_lake_that_never_had_it(
    lake: LakeLayout, letter: str, landing: Path, tmp_path: Path
) -> None:
    (name,) = [d["source_name"] for d in read_table(lake, "documents").to_pylist() if d["document_id"] == letter]
    remove(lake, [letter], "asked for")
    others = [path for path in landing.iterdir() if path.name != name]
    run(tmp_path / "without", *others)
    for table in (*LETTER_TABLES, *AGGREGATES):
        assert row_set(lake.root, table.name) == row_set(tmp_path / "without", table.name), table.name


def test_a_removed_letter_does_not_come_back_with_its_source(lake: LakeLayout, letter: str, landing: Path) -> None:
    remove(lake, [letter], "asked for")
    _, summary = run(lake.root, landing)
    assert summary.files_published == 0
    assert letter not in read_table(lake, "documents")["document_id"].to_pylist()
    assert not list(lake.raw.glob(f"*/{letter}.*"))
    (event,) = [row for row in read_table(lake, "lineage").to_pylist() if row["document_id"] == letter]
    assert (event["status"], event["skip_reason"]) == ("skipped", "removed")
    assert examine(lake).findings == ()


def test_a_file_in_quarantine_is_removed_with_its_copy(lake: LakeLayout) -> None:
    (entry, *_) = [row for row in read_table(lake, "quarantine").to_pylist() if row["error_code"] == "pdf_damaged"]
    assert (lake.root / entry["stored_as"]).exists()
    remove(lake, [entry["document_id"]], "asked for")
    assert holding(lake, entry["document_id"]) == set()
    assert entry["source_name"] not in read_table(lake, "quarantine")["source_name"].to_pylist()


def test_a_file_in_quarantine_that_never_gave_any_bytes_is_removed_by_its_name(
    lake: LakeLayout, tmp_path: Path
) -> None:
    before = read_table(lake, "quarantine").to_pylist()
    (folder := tmp_path / "in" / "folder.txt").mkdir(parents=True)
    run(lake.root, folder.parent)
    folder.rmdir()
    done = CliRunner().invoke(app, ["remove", "folder.txt", "--reason", "no letter", "--lake", str(lake.root)])
    assert (done.exit_code, "Took 1 file without any bytes out of the quarantine." in done.output) == (0, True)
    assert read_table(lake, "quarantine").to_pylist() == before
    assert read_table(lake, "removals").num_rows == 0
    assert examine(lake, deep=True).findings == ()


def test_a_letter_that_was_never_seen_is_kept_out(
    published: LakeLayout, landing: Path, letter: str, tmp_path: Path
) -> None:
    lake = LakeLayout(tmp_path / "new")
    remove(lake, [letter], "asked for beforehand")
    run(lake.root, landing)
    others = set(read_table(published, "documents")["document_id"].to_pylist()) - {letter}
    assert set(read_table(lake, "documents")["document_id"].to_pylist()) == others


def test_the_first_reason_stays(lake: LakeLayout, letter: str) -> None:
    remove(lake, [letter], "first")
    remove(lake, [letter], "second")
    assert read_table(lake, "removals")["reason"].to_pylist() == ["first"]


def test_a_removal_that_cannot_be_written_removes_nothing(
    lake: LakeLayout, letter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr("imr.lake.journal.write_durably", full)
    with pytest.raises(LakeError) as caught:
        remove(lake, [letter], "asked for")
    assert caught.value.code == Code.LAKE_WRITE_FAILED
    monkeypatch.undo()
    assert examine(lake, deep=True).findings == ()
    assert letter in read_table(lake, "documents")["document_id"].to_pylist()


def test_releases_that_hold_it_are_named_and_withdrawn(
    lake: LakeLayout, letter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make_release(lake, "one")
    assert not remove_letters(lake.root, [letter], "asked for", 1, withdraw=False)
    assert "Still in releases: one" in capsys.readouterr().out
    assert remove_letters(lake.root, [letter], "asked for", 1, withdraw=True)
    assert releases(lake) == []
    assert holding(lake, letter) == set()


class _KilledError(BaseException):
    """What no code of ours catches, as a kill."""


@pytest.mark.parametrize(
    ("dies_in", "act"),
    [
        pytest.param("_described", make_release, id="made, its files linked"),
        pytest.param("datapackage", make_release, id="made, its package not yet written"),
        pytest.param("erase", drop_release, id="withdrawn"),
    ],
)
def test_a_release_killed_half_way_keeps_nothing_of_a_letter_that_is_removed_then(
    lake: LakeLayout,
    letter: str,
    dies_in: str,
    act: Callable[[LakeLayout, str], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def killed(*_: object) -> None:
        raise _KilledError

    if act is drop_release:
        make_release(lake, "one")
    with monkeypatch.context() as patch, pytest.raises(_KilledError):
        patch.setattr(f"imr.upkeep.releases.{dies_in}", killed)
        act(lake, "one")
    assert any(name.startswith("releases/.one.") for name in holding(lake, letter))
    assert [finding.advice for finding in examine(lake).findings] == [Advice.SWEEP]
    remove(lake, [letter], "asked for", withdraw_releases=True)
    assert holding(lake, letter) == set()
    assert examine(lake, deep=True).findings == ()
    assert make_release(lake, "one").files


class _Terminal(io.StringIO):
    """Somebody who sits there and types."""

    def isatty(self) -> bool:
        return True


def _removals(lake: LakeLayout) -> list[str]:
    return [str(row["document_id"]) for row in read_table(lake, "removals").to_pylist()]


def test_at_a_terminal_it_asks_unless_told_not_to(
    lake: LakeLayout, letter: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for typed, asked in (("n\n", False), ("", False), ("y\n", True)):
        monkeypatch.setattr("sys.stdin", _Terminal(typed))
        with suppress(typer.Abort):  # nothing more is typed
            assert remove_letters(lake.root, [letter], "why", 1.0, withdraw=False) is asked
        said = capsys.readouterr()
        assert letter in said.out
        assert "Remove 1 letter?" in said.err
        assert (letter in _removals(lake)) is asked


@pytest.mark.parametrize(("typed", "yes"), [("n\n", True), (None, False)], ids=["told not to", "nobody there"])
def test_it_does_not_ask_where_it_is_told_not_to_or_nobody_is_there(
    lake: LakeLayout,
    letter: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    yes: bool,
) -> None:
    monkeypatch.setattr("sys.stdin", _Terminal(typed) if typed else io.StringIO())
    assert remove_letters(lake.root, [letter], "why", 1.0, withdraw=False, yes=yes)
    assert "?" not in capsys.readouterr().err
    assert letter in _removals(lake)


@pytest.mark.parametrize("wanted", ["no-such-letter.pdf", "CM99-9999999", "00000000"])
def test_a_name_that_means_nothing_removes_nothing(lake: LakeLayout, wanted: str) -> None:
    before = row_set(lake.root, "documents")
    assert not remove_letters(lake.root, [wanted], "asked for", 1, withdraw=False)
    assert row_set(lake.root, "documents") == before
    assert read_table(lake, "removals").num_rows == 0
