"""Long inputs: the work grows with their length, and readers look as far as their reach."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from imr.cleaning.clean import clean
from imr.extraction.decision import DecisionRecords, extract_decision
from imr.extraction.diagnoses import read_diagnoses
from imr.extraction.evidence import EvidenceLog
from imr.extraction.parts import ItemParts
from imr.extraction.reach import SLOT, SUMMARY, TITLE
from imr.extraction.treatments import treatment_names
from imr.reading.read import read
from imr.records import Span

_MORE = 2.2  # times the work on twice the input
_FILLER = "The wish was heard. "


def _names_in(words: str) -> None:
    treatment_names().find(words, 0, len(words))


def _clean_pages(pages: str) -> None:
    clean(read(pages.encode()))


def _decide(title: str, slot: str = "") -> DecisionRecords:
    text = f"{title}: Upheld\n{slot}\nThe request is not medically necessary."
    heading = Span(0, len(title) + 8)
    named = Span(heading.end + 1, heading.end + 1 + len(slot))
    item = ItemParts(1, heading, named, Span(0, 0), Span(named.end + 1, len(text)))
    return extract_decision(text, item, (), EvidenceLog())


def _calls(work: Callable[[str], object], given: str) -> int:
    count = 0

    def note(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work(given)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    ("work", "given"),
    [
        pytest.param(_names_in, lambda n: "a " * n, id="articles"),
        pytest.param(
            _clean_pages,
            lambda n: "\f".join(f"Archive of the series\nCase Number: {'x' * (p + 1)}\nab\n" for p in range(n)),
            id="pages-that-begin-with-labels",
        ),
    ],
)
def test_twice_the_input_is_twice_the_work(work: Callable[[str], object], given: Callable[[int], str]) -> None:
    work(given(2))  # what is remembered from then on is no work
    assert _calls(work, given(160)) <= _MORE * _calls(work, given(80))


def test_a_title_is_kept_whole_and_read_up_to_its_reach() -> None:
    title = f"Norco 10/325mg #60 {_FILLER * TITLE}and Soma #30"
    records = _decide(title)
    assert records.decision.treatment_request == title
    assert records.decision.quantity == 60
    assert {drug.name for drug in records.drugs} == {"Norco"}


def test_a_slot_is_kept_whole_and_cited_up_to_its_reach() -> None:
    slot = f"Decision based on ODG Pain. {'x' * SLOT} ACOEM Knee."
    records = _decide("Norco", slot)
    assert records.decision.claims_administrator_basis == slot
    assert {citation.source for citation in records.citations} == {"ODG"}


def test_diagnoses_are_looked_for_up_to_the_reach_of_a_summary() -> None:
    summary = f"Diagnoses include lumbar sprain. {_FILLER * SUMMARY} Diagnoses include cervical sprain."
    assert [found.value for found in read_diagnoses(summary, Span(0, len(summary)))] == ["lumbar sprain"]
