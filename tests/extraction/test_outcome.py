from __future__ import annotations

import pytest

from imr.errors import Code, UnsupportedError
from imr.extraction.outcome import read_outcome
from imr.extraction.requests import read_request
from imr.records import Found, Span

DENIED = "RATIONALE FOR WHY THE REQUESTED SERVICE IS/WAS NOT MEDICALLY NECESSARY:"


@pytest.mark.parametrize(
    ("heading", "outcome", "words"),
    [
        pytest.param("Cane: Upheld", "upheld", "Upheld", id="upheld"),
        pytest.param("Cane: Overturned", "overturned", "Overturned", id="overturned"),
        pytest.param(
            "a cane is notmedically necessary and appropriate.",
            "upheld",
            "is notmedically necessary and appropriate",
            id="glued",
        ),
        pytest.param("Canes are medically necessary", "overturned", "are medically necessary", id="necessary"),
        pytest.param("A cane is not deemed medically necessary.", "upheld", None, id="deemed"),
        pytest.param("A cane is considered to be medically necessary.", "overturned", None, id="considered"),
        pytest.param("A cane is not medically appropriate or necessary.", "upheld", None, id="appropriate"),
        pytest.param("A cane is partially medically necessary.", "partially_overturned", None, id="partially"),
        pytest.param("A cane is medically necessary in part.", "partially_overturned", None, id="in-part"),
        pytest.param("Cane: UPHELD", "upheld", "UPHELD", id="upheld-in-capitals"),
        pytest.param("Cane: OVERTURNED", "overturned", "OVERTURNED", id="overturned-in-capitals"),
        pytest.param("Cane: Overturned in part", "partially_overturned", "Overturned in part", id="part-in-lower-case"),
        pytest.param("Cane: OVERTURNED IN PART", "partially_overturned", None, id="part-in-capitals"),
        pytest.param("Cane: Partially overturned", "partially_overturned", None, id="partially-in-lower-case"),
        pytest.param("Cane: Partially-Overturned", "partially_overturned", None, id="partially-with-hyphen"),
        pytest.param("Cane: Partially Upheld", "partially_overturned", "Partially Upheld", id="partially-upheld"),
        pytest.param('A cane is "not" medically necessary.', "upheld", None, id="not-in-quotes"),
        pytest.param("A cane is (not) medically necessary.", "upheld", None, id="not-in-brackets"),
        pytest.param("A cane is **not** medically necessary.", "upheld", None, id="not-in-bold"),
        pytest.param("A cane is not [sic] medically necessary.", "upheld", None, id="not-sic"),
        pytest.param("A cane isn\u2019t medically necessary.", "upheld", None, id="is-n-t"),
        pytest.param("A cane isnot medically necessary.", "upheld", None, id="glued-to-the-verb"),
    ],
)
def test_the_heading_gives_the_outcome(heading: str, outcome: str, words: str | None) -> None:
    found = read_request(heading, Span(0, len(heading))).outcome
    assert found is not None
    assert found.value == outcome
    assert words is None or heading[found.start : found.end] == words


@pytest.mark.parametrize(
    "between",
    [
        pytest.param("n0t", id="misread"),
        pytest.param("n o t", id="letter-by-letter"),
        pytest.param("\u2588\u2588\u2588", id="blacked-out"),
        pytest.param("[REDACTED]", id="redacted"),
        pytest.param("not\u00b9", id="footnote"),
    ],
)
def test_unknown_words_before_the_outcome_leave_it_to_the_rationale(between: str) -> None:
    heading = f"A cane is {between} medically necessary."
    text = f"{heading} The cane is not medically necessary."
    found = read_request(text, Span(0, len(heading)))
    assert found.outcome is None
    assert found.disputed.value == "A cane"
    assert read_outcome(text, None, Span(len(heading), len(text)), ()).value == "upheld"


@pytest.mark.parametrize(
    ("heading", "request_"),
    [
        pytest.param("Cane: Upheld", "Cane", id="colon"),
        pytest.param("Massage is: Upheld", "Massage", id="is"),
        pytest.param("a cane is notmedically necessary and appropriate.", "a cane", id="sentence"),
        pytest.param("Canes are/were not medically necessary.", "Canes", id="are-were"),
        pytest.param("Wrist splint, left", "Wrist splint, left", id="plain-list"),
        pytest.param("Cane: UPHELD", "Cane", id="capitals"),
        pytest.param('A cane is "not" medically necessary.', "A cane", id="marked-negation"),
    ],
)
def test_the_request_ends_before_its_outcome(heading: str, request_: str) -> None:
    assert read_request(heading, Span(0, len(heading))).disputed.value == request_


@pytest.mark.parametrize(
    ("rationale", "outcome"),
    [
        pytest.param("The cane is not medically necessary.", "upheld", id="denied"),
        pytest.param("The cane is medically necessary.", "overturned", id="approved"),
        pytest.param("Four are medically necessary; the other two are not medically necessary.", "partially_overturned", id="rest"),
        pytest.param("The request is partially medically necessary.", "partially_overturned", id="partially"),
        pytest.param("Four are medically necessary; the remaining two are not.", "partially_overturned", id="ellipsis"),
        pytest.param("The denial is overturned in part.", "partially_overturned", id="in-part"),
        pytest.param("Utilization review found it not medically necessary. The cane is certified.", "overturned", id="own"),
        pytest.param("The knee is stable.", "upheld", id="title-over-all-items"),
    ],
)  # fmt: skip
def test_without_it_the_rationale_or_the_title_does(rationale: str, outcome: str) -> None:
    text = f"{DENIED}{rationale}"
    found = read_outcome(text, None, Span(len(DENIED), len(text)), [Span(0, len(DENIED))])
    assert found.value == outcome
    assert (found.method == "inferred") == (found.start < len(DENIED))


def test_the_words_of_the_request_give_no_outcome() -> None:
    text = f"{DENIED}A cane if gait is unsafe is medically necessary."
    rationale, titles = Span(len(DENIED), len(text)), [Span(0, len(DENIED))]
    assert read_outcome(text, None, rationale, titles).value == "upheld"
    assert read_outcome(text, None, rationale, titles, "a cane if gait is unsafe").value == "overturned"


def test_what_the_heading_says_wins() -> None:
    text = "The cane is medically necessary."
    heading = Found("upheld", 0, 3, "outcome_word")
    assert read_outcome(text, heading, Span(0, len(text)), []) == heading


def test_an_outcome_that_stands_nowhere_refuses_the_letter() -> None:
    with pytest.raises(UnsupportedError) as caught:
        read_outcome("The knee is stable.", None, Span(0, 19), [])
    assert caught.value.code == Code.NO_DECISIONS
