"""Letters that are removed while a run is at work on them: they do not come back, and all others are published."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

import flows.ingest
import imr.upkeep.removal
from flows.letters import letters, replay, reprocess
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.lake.stage import StageStore
from imr.lake.transaction import writing
from imr.publication.run_summary import RunSummary
from imr.sources.cache import recall
from imr.synthetic.writing import write_letters
from imr.tables.declaration import AGGREGATES, LETTER_TABLES
from imr.upkeep.advice import Advice
from imr.upkeep.doctor import examine
from imr.upkeep.removal import remove
from tests.flows.helpers import last_events, row_set, rows, run
from tests.upkeep.test_removal import holding
from tests.upkeep.test_reprocessing import make_old

LETTERS = 4
STEPS = ("fetch", "ocr_cleanup", "section_split", "extract")
MOMENTS = [
    *(pytest.param(f"{when} {step}", id=f"{when} {step} is staged") for step in STEPS for when in ("before", "after")),
    pytest.param("before the lock", id="while the run waits for the lock"),
]


TableRows = Mapping[str, list[str]]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    write_letters(folder, LETTERS)
    (folder / "notice.txt").write_text("Please move your car.\n" * 40, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def without(source: Path, prefect_harness: None, tmp_path_factory: pytest.TempPathFactory) -> dict[bool, TableRows]:
    """The rows of lakes that never had one of the files: of one without a letter, and of one without the bad file."""
    found = {}
    for bad in (False, True):
        lake, left_out = tmp_path_factory.mktemp("without"), one_of(source, bad)
        run(lake, *(path for path in source.iterdir() if path != left_out))
        found[bad] = {table.name: row_set(lake, table.name) for table in (*LETTER_TABLES, *AGGREGATES)}
    return found


def one_of(source: Path, bad: bool) -> Path:
    """The bad file, or a letter."""
    return source / "notice.txt" if bad else min(source.glob("CM*"))


def id_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def at(moment: str, do: Callable[[], object], patch: pytest.MonkeyPatch) -> None:
    """Have something done once, when the next run comes to a moment."""
    waiting = [do]

    def now() -> None:
        if waiting:
            waiting.pop()()

    put, writing_ = StageStore.put, writing

    def staging(store: StageStore, step: str, *rest: Any, **options: Any) -> bool:
        if moment == f"before {step}":
            now()
        is_kept = put(store, step, *rest, **options)
        if moment == f"after {step}":
            now()
        return is_kept

    def locking(*arguments: Any) -> AbstractContextManager[Any]:
        if moment == "before the lock":
            now()
        return writing_(*arguments)

    patch.setattr(StageStore, "put", staging)
    patch.setattr(flows.ingest, "writing", locking)


def assert_it_is_gone(lake: LakeLayout, letter: str, summary: RunSummary) -> None:
    """Nothing of the letter is anywhere but that it was passed over, and the run tells the truth of it."""
    for table in (*LETTER_TABLES, "quarantine"):
        name = table if isinstance(table, str) else table.name
        assert letter not in read_table(lake, name, ["document_id"])["document_id"].to_pylist(), name
    events = [row for row in rows(lake.root, "lineage") if row["document_id"] == letter]
    assert {row["skip_reason"] for row in events} <= {"removed"}
    assert {name for name in holding(lake, letter) if not name.startswith("tables/lineage/")} == set()
    assert {len(ends) for ends in last_events(lake.root, summary.run_id).values()} == {1}
    assert examine(lake, deep=True).findings == ()


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("bad", [False, True], ids=["a letter", "a file that goes to quarantine"])
def test_it_does_not_come_back_with_a_run(
    moment: str,
    bad: bool,
    source: Path,
    without: Mapping[bool, TableRows],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lake = LakeLayout(tmp_path / "lake")
    path = one_of(source, bad)
    with monkeypatch.context() as patch:
        at(moment, lambda: remove(lake, [id_of(path)], "asked for"), patch)
        _, summary = run(lake.root, source)
    assert_it_is_gone(lake, id_of(path), summary)
    counts = (summary.files_published, summary.files_skipped, summary.files_quarantined)
    assert counts == ((LETTERS, 1, 0) if bad else (LETTERS - 1, 1, 1))
    for table, rows_without in without[bad].items():
        assert row_set(lake.root, table) == rows_without, table
    _, summary = run(lake.root, source)
    assert (summary.files_published, summary.files_failed) == (0, 0)
    assert_it_is_gone(lake, id_of(path), summary)


def test_it_does_not_come_back_with_a_reprocessing(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = LakeLayout(tmp_path / "lake")
    run(lake.root, source)
    letter = make_old(lake, "ocr_cleanup")["document_id"]
    at("after section_split", lambda: remove(lake, [letter], "asked for"), monkeypatch)
    summary = reprocess(lake=str(lake.root), return_state=True).result()
    assert (summary.files_in, summary.files_skipped, summary.files_published) == (1, 1, 0)
    assert_it_is_gone(lake, letter, summary)


def test_it_does_not_come_back_with_a_replay(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = LakeLayout(tmp_path / "lake")
    run(lake.root, source)
    letter = id_of(source / "notice.txt")
    at("before the lock", lambda: remove(lake, [letter], "asked for"), monkeypatch)
    summary = replay(lake=str(lake.root), return_state=True).result(raise_on_failure=False)
    assert (summary.files_in, summary.files_skipped, summary.files_quarantined) == (1, 1, 0)
    assert_it_is_gone(lake, letter, summary)


def test_one_that_was_known_and_passed_over_does_not_stay_in_what_the_run_tells(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a published letter, which is unchanged, nor a file that is known to be bad."""
    lake = LakeLayout(tmp_path / "lake")
    run(lake.root, source)
    gone = [next(source.glob("CM*")), source / "notice.txt"]
    at("before the lock", lambda: remove(lake, [id_of(path) for path in gone], "asked for"), monkeypatch)
    _, summary = run(lake.root, source)
    assert (summary.files_skipped, summary.files_quarantined) == (LETTERS + 1, 0)
    for path in gone:
        assert_it_is_gone(lake, id_of(path), summary)
    assert recall(lake, []).noted == ()


def test_what_another_run_published_meanwhile_is_not_published_again(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = LakeLayout(tmp_path / "lake")
    others: list[RunSummary] = []
    at("before the lock", lambda: others.append(run(lake.root, source)[1]), monkeypatch)
    _, summary = run(lake.root, source)
    assert [other.files_published for other in others] == [LETTERS]
    assert (summary.files_published, summary.files_skipped) == (0, LETTERS)
    assert {row["run_id"] for row in rows(lake.root, "documents")} == {others[0].run_id}
    assert {len(ends) for ends in last_events(lake.root, summary.run_id).values()} == {1}
    assert examine(lake).findings == ()


def test_what_a_name_means_is_asked_once_nobody_else_may_write(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second letter of the case number is published while the removal waits for the run that does it."""
    lake = LakeLayout(tmp_path / "lake")
    run(lake.root, source)
    write_letters(tmp_path / "more", LETTERS, seed=1)
    path = next(source.glob("CM*"))

    def locking(*arguments: Any) -> AbstractContextManager[Any]:
        run(lake.root, tmp_path / "more")
        return writing(*arguments)

    monkeypatch.setattr(imr.upkeep.removal, "writing", locking)
    removal = remove(lake, [path.stem], "asked for")
    assert set(removal.document_ids) == {id_of(path), id_of(tmp_path / "more" / path.name)}
    assert path.stem not in read_table(lake, "documents", ["case_number"])["case_number"].to_pylist()


@pytest.mark.parametrize("step", STEPS)
def test_what_a_run_kept_of_it_that_did_not_publish_is_found_by_the_doctor(
    step: str, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = LakeLayout(tmp_path / "lake")
    letter = id_of(next(source.glob("CM*")))

    def dies(*_: object) -> None:
        raise RuntimeError("as if it had been killed")

    at(f"before {step}", lambda: remove(lake, [letter], "asked for"), monkeypatch)
    monkeypatch.setattr(flows.ingest, "make_public", dies)
    assert letters([str(source)], lake=str(lake.root), return_state=True).is_failed()
    assert {finding.advice for finding in examine(lake).findings} <= {Advice.SWEEP}
    assert examine(lake, repair=True).findings == ()
    assert holding(lake, letter) == set()


def test_the_stage_may_be_taken_away_at_any_moment(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = LakeLayout(tmp_path / "lake")
    at("after extract", lambda: lake.stage.rename(tmp_path / "elsewhere"), monkeypatch)
    _, summary = run(lake.root, source)
    assert (summary.files_published, summary.files_quarantined) == (LETTERS, 1)
    assert examine(lake, deep=True).findings == ()
