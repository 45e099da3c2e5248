"""A lake whose bytes, stage and recognised pages are in an object store, from its first run to a removal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.letters import letters
from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout
from imr.lake.shared_store import Kept, SharedStore, shared_store
from imr.lake.stage import StageStore
from imr.reading.ocr.cache import OcrCache, kept_page
from imr.synthetic.writing import write_letters
from imr.tables.declaration import LETTER_TABLES
from imr.upkeep.advice import Advice
from imr.upkeep.damaged import damaged_letters
from imr.upkeep.doctor import examine
from imr.upkeep.removal import remove
from imr.upkeep.sweep import sweep
from tests.flows.helpers import row_set, rows, run
from tests.object_stores import BUCKET, s3_server

LETTERS = 12
ADDRESS = f"s3://{BUCKET}/lake"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some letters and a file that is none."""
    folder = tmp_path_factory.mktemp("letters") / "letters"
    write_letters(folder, LETTERS, seed=3)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 of nothing")
    return folder


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[LakeLayout]:
    """A lake that was made with a store."""
    with s3_server():
        lake = LakeLayout(tmp_path_factory.mktemp("shared") / "lake")
        state, summary = run(lake.root, folder, store=ADDRESS, batch_size=5)
        assert (state, summary.files_published) == ("CompletedWithQuarantine", LETTERS)
        yield lake


def _store(lake: LakeLayout) -> SharedStore:
    store = shared_store(lake)
    assert store
    return store


def test_its_tables_are_those_of_a_lake_that_is_a_folder(lake: LakeLayout, folder: Path, tmp_path: Path) -> None:
    run(tmp_path / "lake", folder, batch_size=5)
    for table in LETTER_TABLES:
        assert row_set(lake.root, table.name) == row_set(tmp_path / "lake", table.name)


def test_nothing_of_it_is_in_the_folder_and_everything_in_the_store(lake: LakeLayout) -> None:
    copies = [path for place in (lake.raw, lake.stage, lake.ocr) for path in place.glob("*/*") if path.is_file()]
    assert copies == []
    kept = [entry.key for entry in _store(lake).listed("raw/")]
    assert len(kept) == LETTERS + 1
    assert {entry.key.split("/")[1] for entry in _store(lake).listed("stage/")} == {
        "ocr_cleanup",
        "section_split",
        "extract",
    }
    assert len(list(lake.quarantine.iterdir())) == 1  # where a person can open it


def test_a_second_run_does_nothing_and_needs_no_address(lake: LakeLayout, folder: Path) -> None:
    _, summary = run(lake.root, folder)
    assert (summary.files_published, summary.files_skipped) == (0, LETTERS)


def test_the_doctor_finds_it_well(lake: LakeLayout) -> None:
    assert examine(lake, deep=True).findings == ()


def test_another_lake_finds_the_work_done(lake: LakeLayout, folder: Path, tmp_path: Path) -> None:
    run(tmp_path / "other", folder, store=ADDRESS, batch_size=5)
    staged = [row for row in rows(tmp_path / "other", "lineage") if row["skip_reason"] == "staged"]
    assert len({row["document_id"] for row in staged}) == LETTERS


def test_bytes_that_are_gone_or_changed_are_found_and_fetched_again(lake: LakeLayout, folder: Path) -> None:
    first, second = [row["document_id"] for row in rows(lake.root, "documents")][:2]
    gone, changed = (next(_store(lake).listed(f"raw/{name[:2]}/{name}")).key for name in (first, second))
    _store(lake).erase(gone)
    _store(lake).erase(changed)
    _store(lake).create(changed, b"damage")
    found = {finding.advice for finding in examine(lake, deep=True).findings}
    assert found == {Advice.FETCH_AGAIN, Advice.SET_ASIDE}
    examine(lake, deep=True, repair=True)
    assert next(lake.set_aside.rglob(f"{second}*")).read_bytes() == b"damage"
    assert len(damaged_letters(lake).known.to_fetch) == 2
    run(lake.root, folder)
    assert examine(lake, deep=True).findings == ()


def test_a_lost_copy_of_the_quarantine_is_replayed_from_the_store(lake: LakeLayout) -> None:
    from flows.letters import replay

    (entry,) = rows(lake.root, "quarantine")
    (lake.root / entry["stored_as"]).unlink()
    assert replay(lake=str(lake.root), return_state=True).name == "CompletedWithQuarantine"
    assert (lake.root / entry["stored_as"]).read_bytes() == b"%PDF-1.4 of nothing"


def test_an_outdated_stage_is_swept_from_the_store(lake: LakeLayout, monkeypatch: pytest.MonkeyPatch) -> None:
    before, listed = StageStore.of(lake).shared_batches(), SharedStore.listed

    def aged(store: SharedStore, prefix: str) -> Iterator[Kept]:
        return (kept._replace(put_at=kept.put_at - dt.timedelta(days=40)) for kept in listed(store, prefix))

    assert sweep(lake).folders == 0
    monkeypatch.setattr(SharedStore, "listed", aged)
    assert sweep(lake).folders == len(before) > 0
    assert StageStore.of(lake).shared_batches() == {}


def test_a_removal_takes_all_of_a_letter_from_the_store(lake: LakeLayout, folder: Path, tmp_path: Path) -> None:
    run(tmp_path / "again", folder, store=ADDRESS, batch_size=5)  # the stage is there again
    letter = rows(lake.root, "documents")[0]["document_id"]
    _store(lake).put(f"ocr/{letter[:2]}/{letter}/000-x.json", b"{}")
    before = StageStore.of(lake).shared_batches()
    remove(lake, [letter], "asked for")
    assert not [kept.key for kept in _store(lake).listed("") if letter in kept.key]
    assert len(StageStore.of(lake).shared_batches()) == len(before) - 3  # its batch, in three steps
    assert examine(lake, deep=True).findings == ()


def test_a_page_is_recognised_once_for_all_lakes_of_a_store(lake: LakeLayout, landing: Path, tmp_path: Path) -> None:
    pytest.importorskip("tesserocr", reason="tesserocr is not installed: the extra ocr has it")
    run(tmp_path / "first", landing / "scanned-letter.pdf", store=f"{ADDRESS}/scans")
    store = _store(LakeLayout(tmp_path / "first"))
    (key,) = (kept.key for kept in store.listed("ocr/"))
    assert not list((tmp_path / "first" / "ocr").rglob("*.json"))
    store.erase("stage")
    (tmp_path / "page.json").write_bytes(store.get(key) or b"")
    page = kept_page(tmp_path / "page.json")
    assert page
    told_apart = OcrCache(tmp_path).put(1, page._replace(confidence=50.0))
    store.put(key, told_apart.read_bytes())
    run(tmp_path / "second", landing / "scanned-letter.pdf", store=f"{ADDRESS}/scans")
    (row,) = rows(tmp_path / "second", "documents")
    assert row["ocr_confidence"] == 50.0


def test_a_run_that_names_another_store_fails_and_changes_nothing(lake: LakeLayout, folder: Path) -> None:
    state = letters([str(folder)], lake=str(lake.root), store=f"s3://{BUCKET}/another", return_state=True)
    error = state.result(raise_on_failure=False)
    assert isinstance(error, LakeError)
    assert error.code is Code.STORE_DIFFERS
