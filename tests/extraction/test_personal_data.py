from __future__ import annotations

import pytest

from imr.extraction.personal_data import holds_personal_data
from imr.records import Span


def holds(text: str) -> bool:
    return holds_personal_data(text, Span(0, len(text)))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The card shows 900-12-3456 in ink.", id="social-security-number"),
        pytest.param("The patient (DOB: 1/2/1960) fell.", id="birth-date-abbreviated"),
        pytest.param("Date of Birth is 01-02-60.", id="birth-date-in-capitals"),
        pytest.param("She was born on 1/2/1960.", id="born-on"),
        pytest.param("Fax (999) 555-0100.", id="telephone"),
        pytest.param("Send it to clinic@example.org today.", id="e-mail"),
    ],
)
def test_what_redaction_should_have_removed_is_seen(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("Case Number: CM16-9000001", id="case-number"),
        pytest.param("injured on 1/2/2010 while lifting", id="date-of-injury"),
        pytest.param("NDC 900-12-3456-7", id="longer-number"),
        pytest.param("pain 5/10 @ rest", id="at-sign"),
        pytest.param("8 CCR 9792.24.2 (2016) 123-4567", id="regulation"),
        pytest.param("(855) 865-8873 Fax: (916) 605-4270", id="letterhead"),
        pytest.param("was born in the spring of that year", id="birth-without-date"),
    ],
)
def test_what_belongs_into_a_letter_is_not(text: str) -> None:
    assert not holds(text)


def test_only_the_region_is_looked_at() -> None:
    text = "clinic@example.org wrote of the knee"
    assert not holds_personal_data(text, Span(18, len(text)))
