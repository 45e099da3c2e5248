"""What a letter's first page states of all its items, and the warnings where its items say otherwise."""

from __future__ import annotations

import pytest

from imr.extraction.letter import extract
from imr.extraction.statement import Statement, read_statement
from imr.records import Span
from imr.splitting.split import split
from imr.warnings import WarningCode
from tests.splitting.letters import DETERMINATION, NOT, item_of_2013

LISTED = "Treatment(s) in Dispute\nListed on IMR\nApplication:\n{}\nDear\nFinal Determination: {}. A detailed explanation is given later."
FIRST_PAGE = "MAXIMUS FEDERAL SERVICES, INC."  # what the first page of the letter says without any statement


def stated(text: str) -> Statement:
    return read_statement(text, Span(0, len(text)))


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        pytest.param("Final Determination: UPHOLD.", "upheld", id="uphold"),
        pytest.param("Final Determination : UPHELD", "upheld", id="upheld"),
        pytest.param("Final Determination: OVERTURN.", "overturned", id="overturn"),
        pytest.param("Final Determination:\nPARTIAL OVERTURN.", "mixed", id="partial"),
        pytest.param("Final Determination: PARTIALLY OVERTURNED", "mixed", id="partially"),
        pytest.param("Final Determination: OVERTURN IN\nPART", "mixed", id="in-part"),
        pytest.param("we decided that none of the disputed items/services are needed", "upheld", id="none"),
        pytest.param("we decided that all of the\ndisputed items/services are needed", "overturned", id="all"),
        pytest.param("we decided that some of the disputed items/services are needed", "mixed", id="some"),
        pytest.param("we decided that some (but not all) of the disputed items", "mixed", id="some-but-not-all"),
        pytest.param("The final determination: upheld, as was the denial.", None, id="prose"),
        pytest.param("Final Determination Letter\nOVERTURN", None, id="title"),
        pytest.param("we decided that most of the disputed items", None, id="other-words"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_the_outcome_over_all_items_is_read(text: str, outcome: str | None) -> None:
    assert stated(text) == Statement(outcome, None)


@pytest.mark.parametrize(
    ("listed", "count"),
    [
        pytest.param("WALKER", 1, id="one"),
        pytest.param("WALKER; CANE,\nLEFT; TPI X 2", 3, id="several-over-lines"),
        pytest.param("WALKER; CANE;", 2, id="semicolon-at-the-end"),
        pytest.param("• WALKER\n• CANE", 2, id="bullets"),
        pytest.param("", None, id="none"),
        pytest.param("Please reference utilization review determination letter", None, id="elsewhere"),
        pytest.param("SEE ATTACHED", None, id="attached"),
    ],
)
def test_the_disputed_treatments_are_counted(listed: str, count: int | None) -> None:
    assert stated(LISTED.format(listed, "UPHOLD")) == Statement("upheld", count)
    assert stated(f"Treatments in Dispute: {listed}") == Statement(None, count)


def test_only_the_header_states_anything() -> None:
    text = LISTED.format("WALKER", "UPHOLD")
    assert read_statement(text, Span(0, 0)) == Statement(None, None)
    assert stated("The treatments in dispute were listed.") == Statement(None, None)


CANE = item_of_2013(f"1. Cane {NOT}")
SLING = item_of_2013("2. Sling is medically necessary and appropriate.")
DIFFERS, COUNTS_OTHERS = WarningCode.OUTCOME_DIFFERS_FROM_STATEMENT, WarningCode.LISTED_TREATMENTS_DIFFER


@pytest.mark.parametrize(
    ("first_page", "items", "doubts"),
    [
        pytest.param("", [CANE], (), id="nothing-stated"),
        pytest.param(LISTED.format("CANE", "UPHOLD"), [CANE], (), id="as-stated"),
        pytest.param(LISTED.format("CANE; SLING", "PARTIAL OVERTURN"), [CANE, SLING], (), id="mixed-as-stated"),
        pytest.param(LISTED.format("CANE", "OVERTURN"), [CANE], (DIFFERS,), id="another-outcome"),
        pytest.param(LISTED.format("CANE; SLING", "PARTIAL OVERTURN"), [CANE], (DIFFERS, COUNTS_OTHERS), id="item-lost"),
        pytest.param(LISTED.format("CANE", "PARTIAL OVERTURN"), [CANE, SLING], (COUNTS_OTHERS,), id="item-more"),
        pytest.param("Final Determination: UPHOLD.", [CANE, SLING], (DIFFERS,), id="outcome-alone"),
        pytest.param("Treatment(s) in Dispute: CANE; SLING", [CANE], (COUNTS_OTHERS,), id="list-alone"),
    ],
)  # fmt: skip
def test_items_that_say_otherwise_are_doubted(
    first_page: str, items: list[str], doubts: tuple[WarningCode, ...]
) -> None:
    text = DETERMINATION.format(items="\n".join(items)).replace(FIRST_PAGE, f"{FIRST_PAGE}\n{first_page}", 1)
    assert extract(text, split(text), "letter.txt").warnings == doubts
