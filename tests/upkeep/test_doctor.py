"""The doctor: finds nothing in a sound lake, and every kind of harm in one that was harmed by hand."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from imr.cli.main import app
from imr.errors import Code, LakeError
from imr.lake.journal import Move, write_journal
from imr.lake.layout import LakeLayout
from imr.lake.lock import only_writer
from imr.lake.public import read_table
from imr.tables.declaration import TABLES
from imr.upkeep.advice import Advice
from imr.upkeep.doctor import examine
from imr.upkeep.invariants import invariants
from tests.upkeep.conftest import rewrite

Harm = Callable[[LakeLayout], object]


def _set(table: str, **values: Any) -> Harm:
    """Give the first row of a table's first file other values."""

    def harm(lake: LakeLayout) -> object:
        return rewrite(lake, table, lambda rows: with_first(table, rows, values))

    return harm


def with_first(table: str, rows: pa.Table, values: dict[str, Any]) -> pa.Table:
    first, *others = rows.to_pylist()
    return pa.Table.from_pylist([first | values, *others], schema=TABLES[table].schema)


def _twice(table: str) -> Harm:
    return lambda lake: rewrite(lake, table, lambda rows: pa.concat_tables([rows, rows.slice(0, 1)]))


def _without(table: str) -> Harm:
    """Take the rows of one letter out of a table."""

    def harm(lake: LakeLayout) -> object:
        return rewrite(lake, table, lambda rows: pa.Table.from_pylist(_less(rows.to_pylist()), rows.schema))

    return harm


def _less(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["document_id"] != rows[0]["document_id"]]


def _moved(table: str) -> Harm:
    """Put the first file's rows under another year."""

    def harm(lake: LakeLayout) -> object:
        path = lake.file(lake.partitions(table)[0])
        place = path.parent.with_name("year=1999") / path.name
        place.parent.mkdir()
        return path.rename(place)

    return harm


BROKEN = [
    pytest.param(_twice("documents"), "documents: one row for each document_id", id="a letter twice"),
    pytest.param(_twice("lineage"), "lineage: one row for each event_id", id="an event twice"),
    pytest.param(_without("documents"), "every row belongs to a row of documents", id="rows of no letter"),
    pytest.param(_without("decisions"), "belongs to a row of decisions", id="rows of no decision"),
    pytest.param(_without("cases"), "cases: every letter has a row", id="no case"),
    pytest.param(_without("texts"), "texts: every letter has a row", id="no text"),
    pytest.param(_moved("drugs"), "drugs: every row stands in the file of its case number", id="wrong year"),
    pytest.param(_set("cases", decision_count=77), "cases.decision_count", id="a wrong count"),
    pytest.param(_set("cases", patient_sex="none"), "is not in its vocabulary", id="an unknown word"),
    pytest.param(_set("cases", case_number="CM14-1"), "has not its form", id="no case number"),
    pytest.param(_set("decisions", case_year=1999), "say of one letter is the same", id="two tables differ"),
    pytest.param(_set("cases", is_latest=False), "is_latest marks the newest", id="no latest letter"),
    pytest.param(_set("texts", map_clean=[0]), "as many raw as clean offsets", id="a broken map"),
    pytest.param(_set("texts", page_starts=[0, 10**8]), "pages begin inside the text", id="a page beyond the text"),
    pytest.param(_set("sections", text="something else"), "sections.text is the clean text", id="other words"),
    pytest.param(_set("provenance", clean_end=10**8), "every span is inside", id="a span beyond the text"),
    pytest.param(_set("provenance", clean_start=None), "every span is inside", id="no span"),
    pytest.param(_without("provenance"), "outcome and request has its words", id="no evidence"),
    pytest.param(_set("commits", files_in=99), "files in are files published", id="files not accounted for"),
    pytest.param(_set("lineage", commit_id="none"), "every event was made public", id="an event of no commit"),
    pytest.param(_set("lineage", source_uri="file:///x"), "ends in exactly one way", id="a file without an end"),
    pytest.param(_set("documents", run_id="none"), "published by a run", id="a letter of no run"),
    pytest.param(_set("outcomes_by_year", decisions=99), "not what the tables sum up to", id="a wrong sum"),
]


def test_a_sound_lake_has_no_findings(lake: LakeLayout) -> None:
    diagnosis = examine(lake, deep=True)
    assert diagnosis == ((None, 0), (), 0)


@pytest.mark.parametrize(("harm", "finding"), BROKEN)
def test_rows_that_break_a_promise_are_found(lake: LakeLayout, harm: Harm, finding: str) -> None:
    harm(lake)
    found = examine(lake).findings
    assert any(finding in one.what for one in found), [one.what for one in found]
    assert all(one.where.startswith("tables") and one.advice for one in found)


def test_outcomes_that_disagree_are_found(lake: LakeLayout) -> None:
    (first, *_) = read_table(lake, "cases").to_pylist()
    _set("cases", outcome="upheld" if first["outcome"] != "upheld" else "overturned")(lake)
    assert any("cases.outcome" in finding.what for finding in examine(lake).findings)


def test_a_letter_both_published_and_in_quarantine_or_removed_is_found(lake: LakeLayout, letter: str) -> None:
    _set("quarantine", document_id=letter)(lake)
    removals = TABLES["removals"]
    row = {"document_id": letter, "reason": "x", "removed_at": dt.datetime.now(dt.UTC), "commit_id": "c"}
    path = lake.tables / "removals" / "removals.parquet"
    path.parent.mkdir(exist_ok=True)
    pa.parquet.write_table(pa.Table.from_pylist([row], schema=removals.schema), path)
    found = " ".join(finding.what for finding in examine(lake).findings)
    assert "quarantine: no file is published" in found
    assert "nothing of a removed letter" in found


def test_every_invariant_can_be_asked_of_an_empty_lake(tmp_path: Path) -> None:
    assert len(list(invariants())) > 50
    assert examine(LakeLayout(tmp_path / "none")).findings == ()


def _write(name: str, content: bytes = b"x") -> Callable[[LakeLayout], Path]:
    def put(lake: LakeLayout) -> Path:
        path = lake.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return put


@pytest.mark.parametrize(
    ("name", "what"),
    [
        pytest.param("tables/cases/year=2014/.tmp.parquet", "no file of a table", id="a hidden file"),
        pytest.param("tables/cases/README.md", "no file of a table", id="a note"),
        pytest.param("tables/notes/year=2014/part-000.parquet", "no file of a table", id="an unknown table"),
        pytest.param("tables/cases/year=2014/part-077.parquet", "cannot be read", id="no Parquet"),
    ],
)
def test_what_does_not_belong_among_the_tables_is_found(lake: LakeLayout, name: str, what: str) -> None:
    _write(name)(lake)
    (finding,) = examine(lake).findings
    assert (finding.where, what in finding.what) == (name, True)


def _old(lake: LakeLayout) -> Path:
    path = lake.file(lake.partitions("drugs")[0])
    pa.parquet.write_table(pa.parquet.ParquetFile(path).read().drop_columns(["strength"]), path)
    return path


def test_a_file_of_another_declaration_is_to_be_migrated(lake: LakeLayout) -> None:
    _old(lake)
    (finding,) = examine(lake).findings
    assert finding.advice is Advice.MIGRATE


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("stage/extract/.key.1/cases.parquet", id="a half-made batch"),
        pytest.param("stage/fetch/key/files.parquet", id="what a run that never ended was told by its sources"),
        pytest.param("raw/ab/.abc.17", id="half-written bytes"),
        pytest.param(f"quarantine/{'ab' * 32}.pdf", id="a copy of a file that is not in quarantine"),
    ],
)
def test_left_overs_are_named_and_swept_when_asked(lake: LakeLayout, place: str) -> None:
    path = _write(place)(lake)
    for entry in (path, path.parent):
        os.utime(entry, (0, 0))
    assert [bool(finding.left_over) for finding in examine(lake).findings] == [True]
    assert examine(lake, repair=True).repaired == 1
    assert examine(lake).findings == ()
    assert not path.exists()


def test_the_work_of_a_run_that_is_going_on_is_let_be(lake: LakeLayout) -> None:
    path = _write("stage/extract/.key.1/cases.parquet")(lake)
    assert examine(lake, repair=True) == ((None, 0), (), 0)
    assert path.exists()


def test_bytes_that_are_gone_or_changed_are_found(lake: LakeLayout, letter: str) -> None:
    (raw,) = lake.raw.glob(f"*/{letter}.*")
    data = raw.read_bytes()
    raw.write_bytes(data[:-1] + b"?")
    assert examine(lake).findings == ()  # its size is right: only its hash tells
    assert [finding.what for finding in examine(lake, deep=True).findings] == ["is not what was fetched"]
    raw.write_bytes(data[:-1])
    assert [finding.what for finding in examine(lake).findings] == ["is not what was fetched"]
    raw.unlink()
    assert [finding.what for finding in examine(lake).findings] == ["is gone"]


def test_the_lost_copy_of_a_quarantined_file_is_found(lake: LakeLayout) -> None:
    next(lake.quarantine.iterdir()).unlink()
    assert ["is gone" in finding.what for finding in examine(lake).findings] == [True]


def test_a_decided_commit_is_finished_and_said(lake: LakeLayout) -> None:
    path = lake.file(lake.partitions("drugs")[0])
    raw = next(lake.raw.glob("*/*"))
    going = Move(None, path.relative_to(lake.tables).as_posix(), None, 1, 0)
    write_journal(lake, "c1", [going], [raw.relative_to(lake.root).as_posix()])
    (lake.journal / "c2").mkdir()
    diagnosis = examine(lake)
    assert diagnosis.recovery == ("c1", 1)
    assert not path.exists()
    assert not raw.exists()


def test_the_doctor_waits_for_the_writer_and_says_who_it_is(lake: LakeLayout) -> None:
    with only_writer(lake, "run-1", 0), pytest.raises(LakeError, match="run-1") as caught:
        examine(lake, lock_timeout=0)
    assert caught.value.code == Code.LAKE_LOCKED


def test_the_command_says_so_and_exits_accordingly(lake: LakeLayout) -> None:
    sound = CliRunner().invoke(app, ["doctor", "--lake", str(lake.root), "--deep"])
    assert (sound.exit_code, "All is well" in sound.output) == (0, True)
    _set("cases", decision_count=77)(lake)
    harmed = CliRunner().invoke(app, ["doctor", "--lake", str(lake.root), "--json"])
    assert (harmed.exit_code, "cases.decision_count" in harmed.output) == (1, True)
