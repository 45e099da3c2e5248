"""Some faults of the machine, one of each kind and at each step; all of them are the program's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import imr.errors
import imr.publication.quarantine
import imr.publication.run_summary
from tests.reliability.machine_faults import Case, Trial, cases

SOME = [
    Case("ENOENT", "ocr_cleanup", "new code"),
    Case("ENOSPC", "scan", "new code"),
    Case("killed worker", "section_split", "new code"),
    Case("out of memory", "extract", "new code"),
    Case("EIO", "keep in stage", "new code"),
    Case("EACCES", "caches", "old code"),
    Case("raw lost", "fetch", "new code"),
]


@pytest.fixture(scope="module")
def trial(landing: Path, tmp_path_factory: pytest.TempPathFactory, prefect_harness: None) -> Trial:
    return Trial(landing, tmp_path_factory.mktemp("machine"))


@pytest.mark.parametrize("case", SOME, ids=map(str, SOME))
def test_a_fault_of_the_machine_is_no_letters(trial: Trial, case: Case) -> None:
    assert list(trial.anomalies(case)) == []


@pytest.fixture
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever fails a letter takes it out of the tables and is poison."""
    monkeypatch.setattr(imr.publication.run_summary, "HELD_BY_THE_LETTER", frozenset(imr.errors.Code))
    monkeypatch.setattr(imr.publication.quarantine, "TRIED_AGAIN", frozenset())
    yield


@pytest.mark.usefixtures("as_before")
def test_letters_that_are_withdrawn_for_a_fault_are_told(trial: Trial) -> None:
    said = list(trial.anomalies(Case("EIO", "ocr_cleanup", "new code")))
    assert said[:2] == ["3 public letters are withdrawn", "poison: ['machine_failed']"]


def test_every_fault_meets_every_step() -> None:
    met = {(case.fault, case.step) for case in cases()}
    assert {fault for fault, _ in met} >= {"ENOSPC", "EIO", "EACCES", "ENOENT", "out of memory", "killed worker"}
    for fault in ("ENOSPC", "EIO", "EACCES", "ENOENT", "out of memory"):
        assert len({step for other, step in met if other == fault}) == 11
    assert len(cases()) == len(set(cases())) == 2 * len(met)
