"""What must be right in every real letter; the letters are not part of the project.

IMR_LETTERS names their folder, which holds `pdf/` and `txt/`; their labels lie beside it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from imr.extraction.letter import extract
from imr.records import ExtractedLetter
from imr.steps import clean_letter, split_letter

LABELS = Path("bench") / "gold" / "real"
DATES = ("decision_date", "date_assigned", "ur_denial_date", "application_received_date")


@pytest.fixture(scope="module")
def labels(real_letters: Path) -> list[dict[str, Any]]:
    """The labels of the letters that are read; those of other forms are refused by name and hold no records."""
    folder = real_letters.parent / LABELS
    if not folder.is_dir():
        pytest.skip("the real letters have no labels beside them")
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return [label for label in found if label["letter_format"] == "determination_2014"]


@pytest.fixture(scope="module")
def pairs(real_letters: Path, labels: list[dict[str, Any]]) -> list[tuple[dict[str, Any], ExtractedLetter]]:
    """Each label with what was read from its letter."""
    return [(label, _read(real_letters, label["file"])) for label in labels]


def _read(letters: Path, file: str) -> ExtractedLetter:
    name = Path(file).name
    path = next(path for path in sorted(letters.rglob(name)))
    text = clean_letter(path).clean.text
    return extract(text, split_letter(text).letter, name)


Pairs = list[tuple[dict[str, Any], ExtractedLetter]]


def wrong(pairs: Pairs, said: Any, read: Any) -> list[str]:
    """The files in which what was read is not what the label says: names only, no text of a letter."""
    return [label["file"] for label, letter in pairs if said(label) != read(letter)]


def test_there_are_labelled_letters(pairs: Pairs) -> None:
    assert pairs


def test_the_number_of_items_is_right(pairs: Pairs) -> None:
    assert wrong(pairs, lambda label: len(label["decisions"]), lambda letter: len(letter.decisions)) == []


def test_all_outcomes_are_right(pairs: Pairs) -> None:
    assert (
        wrong(
            pairs,
            lambda label: [decision["outcome"] for decision in label["decisions"]],
            lambda letter: [decision.outcome for decision in letter.decisions],
        )
        == []
    )


def test_all_case_numbers_are_right(pairs: Pairs) -> None:
    printed = [(label, letter) for label, letter in pairs if label["case_number"]]
    assert printed
    assert wrong(printed, lambda label: label["case_number"], lambda letter: letter.case.case_number) == []


@pytest.mark.parametrize("field", DATES)
def test_all_dates_of_the_header_are_right(pairs: Pairs, field: str) -> None:
    def read(letter: ExtractedLetter) -> str | None:
        date = getattr(letter.case, field)
        return date and str(date.isoformat())

    assert wrong(pairs, lambda label: label[field], read) == []


def test_all_states_are_right(pairs: Pairs) -> None:
    assert (
        wrong(
            pairs,
            lambda label: label["reviewer_licensed_states"],
            lambda letter: list(letter.case.reviewer_licensed_states),
        )
        == []
    )


def test_all_specialties_are_right(pairs: Pairs) -> None:
    assert (
        wrong(pairs, lambda label: label["reviewer_specialties"], lambda letter: list(letter.case.reviewer_specialties))
        == []
    )
