"""Runs that a gate refuses, letters that leave the tables, and the quarantine tried again."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from flows.letters import letters, replay
from imr.cli.main import app
from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout, Partition
from imr.lake.partitions import letter_partition
from imr.lake.transaction import writing
from imr.publication.batch_steps import running
from imr.publication.batch_steps.steps import BatchStep
from imr.publication.quarantine import entries
from imr.publication.refused import last_refused
from imr.publication.run_summary import RunSummary
from imr.settings import Gate, GateLimits
from imr.tables.declaration import LETTER_TABLES
from imr.upkeep.doctor import examine
from tests.flows.helpers import row_set, rows, run

STRICT = GateLimits(failed_files=0, failed_share=0.01)


def again(lake: Path, **options: object) -> tuple[str, RunSummary]:
    state = replay(lake=str(lake), return_state=True, **options)
    return state.name, state.result(raise_on_failure=False)


def test_a_run_over_its_error_budget_publishes_nothing(landing: Path, tmp_path: Path) -> None:
    state = letters([str(landing)], lake=str(tmp_path), limits=STRICT, return_state=True)
    error = state.result(raise_on_failure=False)
    assert isinstance(error, LakeError)
    assert (state.is_failed(), error.code) == (True, Code.GATE_REFUSED)
    assert not list((tmp_path / "tables").rglob("*.parquet"))
    assert list((tmp_path / "journal").iterdir()) == []
    refused = last_refused(LakeLayout(tmp_path))
    assert refused is not None
    assert {file.error_code for file in refused.files} >= {"pdf_damaged"}
    assert len(refused.files) == 2
    listed = CliRunner().invoke(app, ["quarantine", "list", "--refused", "--json", "--lake", str(tmp_path)])
    assert {row["source_name"] for row in json.loads(listed.output)} == {file.source_name for file in refused.files}
    name = refused.files[0].source_name
    told = CliRunner().invoke(app, ["lineage", name, "--lake", str(tmp_path)])
    assert (told.exit_code, "was refused" in told.output, refused.files[0].error_code in told.output) == (0, True, True)
    told = CliRunner().invoke(app, ["lineage", name, "--json", "--lake", str(tmp_path)])
    assert [file["source_name"] for file in json.loads(told.output)["refused"]["files"]] == [name]
    unknown = CliRunner().invoke(app, ["lineage", "other.pdf", "--lake", str(tmp_path)])
    assert (unknown.exit_code, "nothing of it is public" in unknown.output) == (1, True)
    said = CliRunner().invoke(app, ["status", "--lake", str(tmp_path)]).output
    assert "The last run was refused, 2 files of it did not make it: error_budget" in said
    _, summary = run(tmp_path, landing, limits=STRICT, accept=[Gate.ERROR_BUDGET])
    assert summary.files_published >= 12
    assert [refusal.split(":")[0] for refusal in summary.accepted] == ["error_budget"]
    assert last_refused(LakeLayout(tmp_path)) is None


def test_files_known_to_be_bad_are_no_failures_of_the_next_run(landing: Path, tmp_path: Path) -> None:
    run(tmp_path, landing)
    state, summary = run(tmp_path, landing, limits=STRICT)
    assert (state, summary.files_failed, summary.files_quarantined) == ("CompletedWithQuarantine", 0, 2)


def test_a_lake_without_new_letters_fails_its_run_though_all_is_published(landing: Path, tmp_path: Path) -> None:
    state, _ = run(tmp_path, landing, new_within_days=3)
    assert state == "CompletedWithQuarantine"
    commits = len(rows(tmp_path, "commits"))
    state = letters([str(landing)], lake=str(tmp_path), new_within_days=-1, return_state=True)
    error = state.result(raise_on_failure=False)
    assert isinstance(error, LakeError)
    assert (state.name, error.code) == ("NoNewLetters", Code.NO_NEW_LETTERS)
    assert len(rows(tmp_path, "commits")) == commits + 1
    told = CliRunner().invoke(app, ["run", str(landing), "--lake", str(tmp_path), "--new-within-days", "-1"])
    assert told.exit_code == 1


def _publish_as_before(lake: LakeLayout, path: Path) -> str:
    """Give a file rows in all tables, as an older version that could read it would have left them."""
    document_id = hashlib.sha256(path.read_bytes()).hexdigest()
    with writing(lake, "older") as tx:
        for table in LETTER_TABLES:
            source = next(p for p in tx.partitions(table.name) if tx.read(p).num_rows)
            row = tx.read(source).slice(0, 1).to_pylist()[0] | {"document_id": document_id}
            named = {"case_number": "CM15-0000001", "case_year": 2015, "extract_version": "older"}
            row |= {name: value for name, value in named.items() if name in row}
            place = letter_partition(table, document_id, "CM15-0000001")
            tx.upsert(place, pa.Table.from_pylist([row], schema=table.schema), pa.array([document_id]))
        tx.commit()
    return document_id


def test_a_letter_that_the_present_version_refuses_leaves_the_tables(landing: Path, tmp_path: Path) -> None:
    run(tmp_path / "lake", landing / "CM16-0900000.pdf")
    before = {table.name: row_set(tmp_path / "lake", table.name) for table in LETTER_TABLES}
    document_id = _publish_as_before(LakeLayout(tmp_path / "lake"), landing / "parking-notice.txt")
    assert document_id in {row["document_id"] for row in rows(tmp_path / "lake", "texts")}
    state, summary = run(tmp_path / "lake", landing / "parking-notice.txt")
    assert (state, summary.files_quarantined, summary.rows_removed) == (
        "CompletedWithQuarantine",
        1,
        len(LETTER_TABLES),
    )
    assert {table.name: row_set(tmp_path / "lake", table.name) for table in LETTER_TABLES} == before
    assert examine(LakeLayout(tmp_path / "lake")).findings == ()


def test_a_replay_reads_the_kept_bytes_and_empties_the_quarantine(landing: Path, tmp_path: Path) -> None:
    good = landing / "CM16-0900000.pdf"
    (tmp_path / "in").mkdir()
    shutil.copyfile(landing / "parking-notice.txt", tmp_path / "in" / "notice.txt")
    run(tmp_path / "lake", tmp_path / "in")
    # What was kept of the file is a letter now, as it is to a version that can read it.
    lake = LakeLayout(tmp_path / "lake")
    (entry,) = entries(lake)
    document_id = hashlib.sha256(good.read_bytes()).hexdigest()
    kept = lake.quarantine / f"{document_id}.pdf"
    shutil.copyfile(good, kept)
    with writing(lake, "edit") as tx:
        (place,) = tx.partitions("quarantine")
        row = asdict(replace(entry, document_id=document_id, stored_as=f"quarantine/{kept.name}"))
        tx.upsert(
            place,
            pa.Table.from_pylist([row], schema=tx.read(place).schema),
            pa.array([entry.source_uri]),
            on="source_uri",
        )
        tx.commit()
    shutil.rmtree(tmp_path / "in")
    state, summary = again(tmp_path / "lake")
    assert (state, summary.files_in, summary.files_published) == ("Completed", 1, 1)
    assert entries(lake) == []
    assert not kept.exists()
    commits = sorted(rows(tmp_path / "lake", "commits"), key=lambda row: row["committed_at"])
    assert [row["operation"] for row in commits] == ["ingest", "replay"]
    (document,) = rows(tmp_path / "lake", "documents")
    assert (document["document_id"], document["source_name"]) == (document_id, "notice.txt")


def test_a_replay_tries_poison_again_and_counts_it(landing: Path, tmp_path: Path) -> None:
    run(tmp_path, landing)
    before = {row.error_code: row.attempts for row in entries(LakeLayout(tmp_path))}
    assert before == {"pdf_damaged": 1, "unknown_format": 1}
    state, summary = again(tmp_path, codes=[Code.PDF_DAMAGED])
    assert (state, summary.files_in, summary.files_failed) == ("CompletedWithQuarantine", 1, 1)
    assert {row.error_code: row.attempts for row in entries(LakeLayout(tmp_path))} == before | {"pdf_damaged": 2}
    assert examine(LakeLayout(tmp_path)).findings == ()


@pytest.mark.parametrize(
    ("chosen", "codes"),
    [
        pytest.param({}, {"pdf_damaged", "unknown_format"}, id="all"),
        pytest.param({"files": ["parking-notice.txt"]}, {"unknown_format"}, id="by name"),
        pytest.param({"since": "2999-01-01"}, set(), id="since a day to come"),
        pytest.param({"codes": ["timed_out"]}, set(), id="a code that nothing has"),
    ],
)
def test_what_a_replay_tries(landing: Path, tmp_path: Path, chosen: dict[str, object], codes: set[str]) -> None:
    run(tmp_path, landing)
    _, summary = again(tmp_path, **chosen)
    assert {entry.error_code for entry in summary.quarantined} == codes
    assert summary.files_in == len(codes)


def test_a_file_that_could_not_be_read_is_fetched_again(landing: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    missing = tmp_path / "in" / "CM16-0900000.pdf"
    missing.symlink_to(tmp_path / "not there")
    _, summary = run(tmp_path / "lake", tmp_path / "in")
    assert [entry.error_code for entry in summary.quarantined] == ["source_missing"]
    missing.unlink()
    shutil.copyfile(landing / "CM16-0900000.pdf", missing)
    state, summary = again(tmp_path / "lake")
    assert (state, summary.files_published, entries(LakeLayout(tmp_path / "lake"))) == ("Completed", 1, [])


def test_the_commands_of_the_quarantine(landing: Path, tmp_path: Path) -> None:
    run(tmp_path, landing)
    invoke, options = CliRunner().invoke, ["--lake", str(tmp_path)]
    listed = invoke(app, ["quarantine", "list", "--code", "pdf_damaged", *options])
    assert (listed.exit_code, "1 file in quarantine" in listed.output) == (0, True)
    shown = invoke(app, ["quarantine", "show", "damaged-letter.pdf", "--json", *options])
    assert (shown.exit_code, "pdf_damaged" in shown.output) == (0, True)
    assert invoke(app, ["quarantine", "show", "no-such.pdf", *options]).exit_code == 1
    assert invoke(app, ["quarantine", "replay", "damaged-letter.pdf", "--json", *options]).exit_code == 3
    assert invoke(app, ["quarantine", "replay", "--lake", str(tmp_path / "none")]).exit_code == 2


def test_partitions_of_the_quarantine_hold_each_file_once(landing: Path, tmp_path: Path) -> None:
    for _ in range(2):
        again(tmp_path) if (tmp_path / "tables").exists() else run(tmp_path, landing)
    found = [Partition(p.table, p.folder, p.part) for p in LakeLayout(tmp_path).partitions("quarantine")]
    assert len(found) == 1
    assert len({row["source_uri"] for row in rows(tmp_path, "quarantine")}) == 2


def test_a_letter_whose_rows_break_the_declaration_is_kept_back_with_all_that_is_wrong(
    landing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = running.staged_tables

    def broken(step: BatchStep, *args: Any) -> dict[str, pa.Table]:
        tables = real(step, *args)
        if step.name != "extract":
            return tables
        first, *others = tables["cases"].to_pylist()
        harmed = [first | {"case_number": "CM1", "priority": "soon"}, *others]
        return tables | {"cases": pa.Table.from_pylist(harmed, schema=tables["cases"].schema)}

    monkeypatch.setattr(running, "staged_tables", broken)
    _, summary = run(tmp_path, landing / "CM16-0900000.pdf", landing / "CM14-0900004.pdf")
    (entry,) = summary.quarantined
    assert (summary.files_published, entry.error_code) == (1, "invalid_rows")
    assert entry.error_message == "cases.case_number has not its form; cases.priority is not in its vocabulary"
    assert entry.document_id not in {row["document_id"] for row in rows(tmp_path, "texts")}
