"""Quarantine over several runs: counted, left alone when hopeless, released when published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from imr.errors import Code, LetterError
from imr.lake.layout import LakeLayout
from imr.lake.transaction import writing
from imr.publication import quarantine
from imr.records import LetterRef

DOCUMENT = "ab" * 32
REF = LetterRef(DOCUMENT, ".pdf", "file:///in/a.pdf", "a.pdf", 9)


def fail(lake: LakeLayout, code: Code, *, version: str = "v1", document_id: str | None = DOCUMENT) -> quarantine.Entry:
    """One run in which a file fails."""
    error = LetterError(code, "why")
    failure = quarantine.Failure.of(REF.source_uri, REF.source_name, "ocr_cleanup", error, document_id)
    with writing(lake, "r") as transaction:
        reached = [REF.source_uri] if document_id else []
        (entry,) = quarantine.update(
            transaction, quarantine.Met([failure], reached=reached), [REF] if document_id else [], version
        )
        transaction.commit()
    assert quarantine.entries(lake) == [entry]
    return entry


@pytest.mark.parametrize(
    ("code", "counts", "poison"),
    [
        pytest.param(Code.PDF_DAMAGED, [1], [True], id="would fail as before: tried once"),
        *(
            pytest.param(code, [1, 2, 3, 4], [False] * 4, id=f"{code}: tried by every run")
            for code in (
                Code.TIMED_OUT,
                Code.OUT_OF_MEMORY,
                Code.WORKER_DIED,
                Code.MACHINE_FAILED,
                Code.INTERNAL_ERROR,
                Code.INVALID_ROWS,
                Code.BATCH_FAILED,
            )
        ),
    ],
)
def test_runs_are_counted_until_a_file_is_left_alone(
    tmp_path: Path, code: Code, counts: list[int], poison: list[bool]
) -> None:
    entries = [fail(LakeLayout(tmp_path), code) for _ in counts]
    assert [entry.attempts for entry in entries] == counts
    assert [entry.is_poison for entry in entries] == poison
    assert len({entry.first_seen_at for entry in entries}) == 1
    assert entries[0].stored_as == f"quarantine/{DOCUMENT}.pdf"


def test_a_file_that_is_met_again_but_not_tried_keeps_its_count_and_step(tmp_path: Path) -> None:
    lake = LakeLayout(tmp_path)
    before = fail(lake, Code.PDF_DAMAGED)
    with writing(lake, "r") as transaction:
        (met,) = quarantine.update(transaction, quarantine.Met([], [before], (), [REF.source_uri]), [], "v1")
        transaction.commit()
    assert quarantine.entries(lake) == [met] == [replace(before, last_seen_at=met.last_seen_at)]
    assert met.last_seen_at > before.last_seen_at


def test_a_new_version_gives_a_file_another_chance(tmp_path: Path) -> None:
    lake = LakeLayout(tmp_path)
    fail(lake, Code.UNKNOWN_FORMAT)
    assert set(quarantine.failed_under(lake, {DOCUMENT}, "v1")) == {DOCUMENT}
    assert quarantine.failed_under(lake, {DOCUMENT}, "v2") == {}
    assert fail(lake, Code.UNKNOWN_FORMAT, version="v2").attempts == 1


@pytest.mark.parametrize(
    ("code", "document_id"),
    [
        pytest.param(Code.TIMED_OUT, DOCUMENT, id="known by its bytes"),
        pytest.param(Code.SOURCE_UNREADABLE, None, id="known by its address"),
    ],
)
def test_a_published_letter_leaves(tmp_path: Path, code: Code, document_id: str | None) -> None:
    lake = LakeLayout(tmp_path)
    fail(lake, code, document_id=document_id)
    with writing(lake, "r") as transaction:
        assert quarantine.update(transaction, quarantine.Met([], (), [DOCUMENT], [REF.source_uri]), [REF], "v1") == []
        transaction.commit()
    assert quarantine.entries(lake) == []


def test_a_file_whose_bytes_were_never_read_is_known_by_its_address(tmp_path: Path) -> None:
    lake = LakeLayout(tmp_path)
    first = fail(lake, Code.SOURCE_MISSING, document_id=None)
    assert (first.document_id, first.stored_as, first.is_poison) == (None, None, False)
    assert fail(lake, Code.SOURCE_MISSING, document_id=None).attempts == 2
    # Once its bytes can be read it is known by these, and the old entry goes.
    assert fail(lake, Code.PDF_DAMAGED).attempts == 1


def test_other_bytes_at_the_same_address_take_the_place_of_the_old(tmp_path: Path) -> None:
    lake = LakeLayout(tmp_path)
    fail(lake, Code.PDF_DAMAGED)
    assert fail(lake, Code.UNKNOWN_FORMAT, document_id="cd" * 32).document_id == "cd" * 32  # alone there, see `fail`
    with writing(lake, "r") as transaction:  # repaired in place
        quarantine.update(transaction, quarantine.Met([], (), ["ef" * 32], [REF.source_uri]), [REF], "v1")
        transaction.commit()
    assert quarantine.entries(lake) == []


def test_a_file_that_a_run_does_not_meet_stays(tmp_path: Path) -> None:
    lake = LakeLayout(tmp_path)
    entry = fail(lake, Code.PDF_DAMAGED)
    with writing(lake, "r") as transaction:
        quarantine.update(transaction, quarantine.Met([], (), ["cd" * 32], ["file:///in/b.pdf"]), [], "v1")
        transaction.commit()
    assert quarantine.entries(lake) == [entry]
