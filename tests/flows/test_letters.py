"""Whole runs of the flow: what is published, what is not, and what the lake says of it."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

import imr.fingerprint
from flows.letters import letters
from imr.fingerprint import step_versions
from imr.lake.layout import LakeLayout
from imr.lake.transaction import writing
from imr.publication.batch_steps import running
from imr.publication.batch_steps.steps import BatchStep, Work
from imr.synthetic.compose import compose
from imr.synthetic.render import text_of
from imr.tables.declaration import AGGREGATES, LETTER_TABLES
from imr.workers.batch import Ran
from tests.flows.helpers import last_events, row_set, rows, run

SPANISH = (
    "Número de caso: ninguno\n\nCÓMO SE TOMÓ LA DECISIÓN FINAL\n\nLa solicitud de terapia física para la muñeca no fue "
    "considerada médicamente necesaria por el revisor independiente en esta carta inventada.\n"
)
"""A letter of our own writing in a language that is not read."""


def write_letters(folder: Path, numbers: range, seed: int = 7) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in numbers:
        letter = compose(seed, number)
        paths.append(folder / f"{letter.name}.txt")
        paths[-1].write_text(text_of(letter), encoding="utf-8")
    return paths


def test_the_samples_are_published_and_the_bad_ones_named(landing: Path, tmp_path: Path) -> None:
    state, summary = run(tmp_path, landing)
    assert state == "CompletedWithQuarantine"
    codes = {entry.source_name: entry.error_code for entry in summary.quarantined}
    assert codes == {
        "damaged-letter.pdf": "pdf_damaged",
        "parking-notice.txt": "unknown_format",
    }
    assert summary.files_in == summary.files_published + summary.files_skipped + len(codes)
    assert len(rows(tmp_path, "documents")) == len(rows(tmp_path, "cases")) == summary.files_published >= 12
    assert len(rows(tmp_path, "decisions")) == summary.decisions
    assert sum(row["decisions"] for row in rows(tmp_path, "outcomes_by_year")) == summary.decisions
    assert {row["letter_format"] for row in rows(tmp_path, "cases")} == {"determination_2014", "notice_2013"}
    for entry in rows(tmp_path, "quarantine"):
        assert (tmp_path / entry["stored_as"]).read_bytes() == (landing / entry["source_name"]).read_bytes()


def test_a_second_run_publishes_nothing_and_opens_no_file(landing: Path, tmp_path: Path) -> None:
    _, first = run(tmp_path, landing)
    before = {table.name: row_set(tmp_path, table.name) for table in LETTER_TABLES}
    state, second = run(tmp_path, landing)
    assert (second.files_published, second.files_skipped) == (0, first.files_published)
    assert state == "CompletedWithQuarantine"  # the bad files are still there
    assert set(second.steps) == {"fetch"}
    assert "ok" not in second.steps["fetch"]
    assert {table.name: row_set(tmp_path, table.name) for table in LETTER_TABLES} == before
    assert {entry["attempts"] for entry in rows(tmp_path, "quarantine")} == {1}
    assert not any((tmp_path / "stage" / "fetch").iterdir())


def test_a_run_with_nothing_new_says_so(tmp_path: Path) -> None:
    write_letters(tmp_path / "in", range(3))
    assert run(tmp_path / "lake", tmp_path / "in")[0] == "Completed"
    assert run(tmp_path / "lake", tmp_path / "in")[0] == "NothingNew"


def test_a_run_of_no_file_at_all_is_one_with_nothing_new(tmp_path: Path) -> None:
    write_letters(tmp_path / "in", range(2))
    run(tmp_path / "lake", tmp_path / "in")
    (tmp_path / "empty").mkdir()
    state, summary = run(tmp_path / "lake", tmp_path / "empty")
    assert (state, summary.files_in, summary.steps) == ("NothingNew", 0, {})


def hostile_folder(folder: Path) -> dict[str, str]:
    """A folder of files that nobody wants; the end of each one's address with the code it must get."""
    good, other = write_letters(folder, range(2))
    landing_pdf = next(path for path in folder.parent.joinpath("landing").glob("CM*.pdf"))
    (folder / "empty.pdf").touch()
    (folder / "truncated.pdf").write_bytes(landing_pdf.read_bytes()[:-4000])
    (folder / "locked.pdf").write_bytes(locked_pdf(landing_pdf))
    (folder / "photo.pdf").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(64))
    (folder / "carta.txt").write_text(SPANISH, encoding="utf-8")
    (folder / "folder.pdf").mkdir()
    (folder / "dangling.pdf").symlink_to(folder / "nowhere")
    (folder / "unreadable.pdf").symlink_to("/proc/self/mem")
    os.mkfifo(folder / "pipe.pdf")
    (folder / "new\nline 'quoted' \"..%2F\".txt").write_bytes(other.read_bytes())
    other.unlink()
    assert good.exists()
    return {
        "empty.pdf": "empty_file",
        "truncated.pdf": "pdf_damaged",
        "locked.pdf": "pdf_password",
        "photo.pdf": "unsupported_media_type",
        "carta.txt": "unknown_format",
        "folder.pdf": "not_a_file",
        "dangling.pdf": "source_missing",
        "unreadable.pdf": "not_a_file",
        "pipe.pdf": "not_a_file",
    }


def locked_pdf(source: Path) -> bytes:
    """The same letter behind a user password."""
    import io

    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    reader = PdfReader(source)
    reader.decrypt("")
    for page in reader.pages:
        writer.add_page(page)
    writer.encrypt("open sesame", "owner")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux: /proc/self/mem and named pipes")
def test_nothing_is_lost_among_hostile_files(landing: Path, tmp_path: Path) -> None:
    shutil.copytree(landing, tmp_path / "landing")
    (tmp_path / "in").mkdir()
    expected = hostile_folder(tmp_path / "in")
    state, summary = run(tmp_path / "lake", tmp_path / "in")
    assert state == "CompletedWithQuarantine"
    assert {entry.source_name: entry.error_code for entry in summary.quarantined} == expected
    assert summary.files_published == 2
    assert summary.files_in == summary.files_published + summary.files_skipped + summary.files_quarantined
    closing = last_events(tmp_path / "lake", summary.run_id)
    assert len(closing) == summary.files_in
    assert all(len(statuses) == 1 for statuses in closing.values())
    assert Counter(status for (status,) in closing.values()) == {"quarantined": len(expected), "ok": 2}
    (commit,) = rows(tmp_path / "lake", "commits")
    assert commit["files_in"] == sum(commit[f"files_{end}"] for end in ("published", "skipped", "quarantined"))


def test_three_thousand_copies_of_a_letter_are_one_document(tmp_path: Path) -> None:
    (letter,) = write_letters(tmp_path / "in", range(1))
    for copy in range(2_999):
        os.link(letter, tmp_path / "in" / f"copy-{copy}.txt")
    _, summary = run(tmp_path / "lake", tmp_path / "in")
    assert (summary.files_in, summary.files_published, summary.files_skipped) == (3_000, 1, 2_999)
    assert len(rows(tmp_path / "lake", "documents")) == 1
    assert all(len(ends) == 1 for ends in last_events(tmp_path / "lake", summary.run_id).values())


def test_order_and_batch_size_do_not_matter(tmp_path: Path) -> None:
    paths = write_letters(tmp_path / "in", range(12))
    run(tmp_path / "a", *paths)
    run(tmp_path / "b", *reversed(paths[6:]), batch_size=2)
    run(tmp_path / "b", *paths[:8], batch_size=5)
    for table in (*LETTER_TABLES, *AGGREGATES):
        left, right = row_set(tmp_path / "a", table.name), row_set(tmp_path / "b", table.name)
        assert left == right, table.name


def test_a_newer_letter_of_a_case_is_the_latest(tmp_path: Path) -> None:
    letter = next(compose(7, n) for n in range(50) if "Decision Date: " in text_of(compose(7, n)))
    text = text_of(letter)
    day = text.partition("Decision Date: ")[2][:10]
    newer = text.replace(day, f"{day[:-4]}{int(day[-4:]) + 1}")
    for name, content in (("first", text), ("second", newer)):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{letter.name}.txt").write_text(content, encoding="utf-8")
    for order in (("first", "second"), ("second", "first")):
        lake = tmp_path / "-".join(order)
        for name in order:
            run(lake, tmp_path / name)
        latest = {row["decision_date"].year: row["is_latest"] for row in rows(lake, "cases")}
        assert latest == {int(day[-4:]): False, int(day[-4:]) + 1: True}
        older = [row for row in rows(lake, "decisions") if row["decision_date"].year == int(day[-4:])]
        assert {row["is_latest"] for row in older} == {False}


def test_a_run_leaves_its_counts_in_the_ui(landing: Path, tmp_path: Path) -> None:
    _, summary = run(tmp_path, landing)
    flow_run_id = summary.run_id
    with get_client(sync_client=True) as client:
        flow_run = client.read_flow_run(flow_run_id)
        artifacts = client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[flow_run_id]))
        )
    assert flow_run.name == f"letters of landing into {tmp_path.name}: 20 files"
    kinds = {artifact.key: artifact.type for artifact in artifacts if artifact.type != "progress"}
    assert kinds == {
        "letters-steps": "table",
        "letters-quarantine": "table",
        "letters-slowest": "table",
        "letters-summary": "markdown",
        "letters-lake": "markdown",
    }
    shown = "".join(str(artifact.data) for artifact in artifacts)
    assert "damaged-letter.pdf" in shown
    assert "medically necessary" not in shown  # no letter text


def test_a_changed_rule_runs_only_the_steps_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_letters(tmp_path / "in", range(4))
    run(tmp_path / "lake", tmp_path / "in")
    changed = step_versions()._replace(extract="another")
    monkeypatch.setattr(imr.fingerprint, "_installed", lambda: changed)
    state, summary = run(tmp_path / "lake", tmp_path / "in")
    assert state == "Completed"
    assert summary.files_published == 4
    assert summary.steps["ocr_cleanup"] == summary.steps["section_split"] == {"ok": 4, "skipped": 4}
    assert summary.steps["extract"] == {"ok": 4}
    assert {row["extract_version"] for row in rows(tmp_path / "lake", "documents")} == {"another"}
    events = rows(tmp_path / "lake", "lineage")
    assert len({event["event_id"] for event in events}) == len(events)


def test_a_batch_that_fails_holds_up_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = write_letters(tmp_path / "in", range(6))
    real = running.staged_tables

    def broken(step: BatchStep, work: Work, ran: Ran[str]) -> dict[str, pa.Table]:
        if step.name == "extract" and any(ref.source_name == paths[0].name for ref in work.letters):
            raise OSError("the disk is on fire")
        return real(step, work, ran)

    monkeypatch.setattr(running, "staged_tables", broken)
    state, summary = run(tmp_path / "lake", tmp_path / "in", batch_size=2)
    assert state == "CompletedWithQuarantine"
    assert (summary.files_published, summary.files_quarantined) == (4, 2)
    assert {entry.error_code for entry in summary.quarantined} == {"batch_failed"}
    monkeypatch.setattr(running, "staged_tables", real)
    state, summary = run(tmp_path / "lake", tmp_path / "in", batch_size=2)
    assert (state, summary.files_published, summary.files_skipped) == ("Completed", 2, 4)
    assert rows(tmp_path / "lake", "quarantine") == []
    assert not list((tmp_path / "lake" / "quarantine").glob("*"))


def test_a_lake_in_use_is_left_alone(tmp_path: Path) -> None:
    write_letters(tmp_path / "in", range(1))
    with writing(LakeLayout(tmp_path / "lake"), "another run"):
        state = letters([str(tmp_path / "in")], lake=str(tmp_path / "lake"), lock_timeout=0.1, return_state=True)
    assert state.is_failed()
    assert "another run" in (state.message or "")
