"""The clause by which a heading of 2013 says what became of its item, in whatever words."""

from __future__ import annotations

import pytest

from imr.extraction.requests import read_request
from imr.records import Span


def read(heading: str) -> tuple[str, str | None]:
    """What is disputed, and the outcome."""
    request = read_request(heading, Span(0, len(heading)))
    return request.disputed.value, request.outcome and request.outcome.value


@pytest.mark.parametrize(
    "clause",
    [
        "is not medically necessary and appropriate.",
        "is notmedically necessary",
        "is non-medically necessary",
        ": not medically necessary",
        ", not medically appropriate or necessary",
        "is/was not medically necessary",
        "is considered not medically necessary",
        "is therefore not medically necessary at this time.",
        "is no longer medically necessary",
        "has not yet been shown to be medically necessary",
        "does not meet the standard of medical necessity",
        "did not meet medical necessity criteria",
        "does not appear to be medically necessary as requested",
        "would not be medically necessary",
        "cannot be considered medically necessary",
        "doesn’t meet medical necessity",
        "fails to meet the definition of medical necessity",
        "failed to demonstrate medical necessity",
        "lacks medical necessity",
    ],
)
def test_a_clause_denies(clause: str) -> None:
    assert read(f"Walker {clause}") == ("Walker", "upheld")


@pytest.mark.parametrize(
    "clause",
    [
        "is medically necessary and appropriate.",
        "are/were medically appropriate",
        "– medically necessary",
        "is therefore medically necessary for this patient",
        "meets the criteria for medical necessity",
        "was found to be medically necessary, given the findings",
        "has been deemed\nmedically necessary",
    ],
)
def test_a_clause_approves(clause: str) -> None:
    assert read(f"Walker {clause}") == ("Walker", "overturned")


@pytest.mark.parametrize(
    "clause",
    [
        "is partially medically necessary.",
        "is medically necessary in part",
        "is only partially medically necessary and appropriate",
    ],
)
def test_a_clause_halves(clause: str) -> None:
    assert read(f"Walker {clause}") == ("Walker", "partially_overturned")


@pytest.mark.parametrize(
    ("heading", "outcome"),
    [
        pytest.param("Medical necessity of a walker is not established.", "upheld", id="denied"),
        pytest.param("The medical necessity for a walker has not been demonstrated at this time", "upheld", id="tail"),
        pytest.param("Medical necessity of a walker has been established", "overturned", id="approved"),
        pytest.param("Medical necessity of a walker has been partially shown", "partially_overturned", id="halved"),
        pytest.param("The request for a walker is not medically necessary.", "upheld", id="request-for"),
    ],
)
def test_a_clause_may_stand_around_the_request(heading: str, outcome: str) -> None:
    assert read(heading) == ("a walker", outcome)


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        pytest.param("Norco (not generic) is medically necessary", ("Norco (not generic)", "overturned"), id="not-in-brackets"),
        pytest.param("MRI not done before is medically necessary", ("MRI not done before", "overturned"), id="not-without-a-verb"),
        pytest.param("Shoes that are medically necessary are not medically necessary", ("Shoes that are medically necessary", "upheld"), id="last-clause"),
        pytest.param("Home care as medically necessary: Upheld", ("Home care as medically necessary", "upheld"), id="outcome-word-denies"),
        pytest.param("Rides as medically necessary for visits: Overturned", ("Rides as medically necessary for visits", "overturned"), id="outcome-word-approves"),
        pytest.param("Brace that does not fold: Overturned", ("Brace that does not fold", "overturned"), id="negation-before-an-outcome-word"),
        pytest.param("A walker", ("A walker", None), id="no-outcome"),
    ],
)  # fmt: skip
def test_words_of_the_request_are_no_clause(heading: str, expected: tuple[str, str | None]) -> None:
    assert read(heading) == expected


@pytest.mark.parametrize(
    "heading",
    [
        pytest.param("Walker is not felt, on the records sent, to be medically necessary.", id="denied-in-other-words"),
        pytest.param("Walker that does not fold is medically necessary", id="negation-of-the-request"),
        pytest.param("Walker: medical necessity for a walker is not shown", id="negation-behind-the-clause"),
    ],
)
def test_a_negation_that_may_be_of_the_necessity_leaves_the_outcome_to_the_rationale(heading: str) -> None:
    assert read(heading)[1] is None


def test_a_clause_stands_where_it_says() -> None:
    text = "1. Wrist splint, left, does not meet the standard of medical necessity at this time. It was tried."
    request = read_request(text, Span(3, text.index(" It was")))
    assert text[slice(*request.title)] == "Wrist splint, left"
    assert request.outcome is not None
    words = text[request.outcome.start : request.outcome.end]
    assert words == "does not meet the standard of medical necessity"
