from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.cleaning.clean import clean
from imr.cleaning.offsets import raw_span
from imr.rules import load_rules
from tests.cleaning.test_clean import raw_of

RULES = load_rules("cleaning", "characters")
MARKS = [*RULES["forms"], *RULES["extractors"]["hyphen_marks"]]
HIDDEN = "\u200b\u200d\u2060\ufeff\u202a\u2066\ufe0f"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param("Non\u2011MTUS, pages 78\u201080", "Non-MTUS, pages 78-80", id="hyphens"),
        pytest.param("8\u201380, Non\u2013MTUS", "8-80, Non-MTUS", id="en-dashes-for-hyphens"),
        pytest.param("the knee \u2013 left", "the knee \u2013 left", id="en-dash-between-blanks"),
        pytest.param("knee\u2014left, 3\u20145", "knee\u2014left, 3-5", id="em-dash"),
        pytest.param("minus \u22125", "minus -5", id="minus"),
        pytest.param("medi\u00adcally, non-union", "medically, non-union", id="soft-hyphen-in-a-word"),
        pytest.param("medi\u00ad\ncally, non-union", "medically, non-union", id="soft-hyphen-at-a-line-end"),
        pytest.param("Non\u00ad\nMTUS, non-union", "Non-MTUS, non-union", id="soft-hyphen-before-a-capital"),
        pytest.param("16\u00ad22, non-union", "16-22, non-union", id="soft-hyphen-between-figures"),
        pytest.param("non\u00adunion", "non-union", id="soft-hyphens-alone"),
        pytest.param("Priority:\u200b\u2003Standard", "Priority: Standard", id="zero-width-blank-beside-a-blank"),
        pytest.param("\u200b \ufeffUpheld\u2060 ", "Upheld", id="at-the-ends-of-a-line"),
        pytest.param("\uff23\uff2d\uff11\uff14\uff1a\uff05", "CM14:%", id="full-width"),
        pytest.param("Jose\u0301", "Jos\u00e9", id="combining-accent"),
        pytest.param("L5\u00b2, 1\u00bd, 45\u00b0, \u00b5g, \u00ae", "L5\u00b2, 1\u00bd, 45\u00b0, \u00b5g, \u00ae", id="signs-stay"),
        pytest.param("Jos\u00e9 Nu\u00f1ez \u201csaid\u201d", "Jos\u00e9 Nu\u00f1ez \u201csaid\u201d", id="names-and-quotes-stay"),
        pytest.param("necessary.\u00c2\u00a0\nNext", "necessary. Next", id="misread-blank-at-a-line-end"),
        pytest.param("\u00c2\u00a0\u00c2\u00a0Indented", "Indented", id="misread-blanks-at-the-beginning"),
        pytest.param("\u00e2\u20ac\u0153so\u00e2\u20ac\nhe", "\u201cso\u201d he", id="misread-quote-without-its-last-byte"),
        pytest.param("\u00c3\u00a2\u00e2\u201a\u00ac\u00e2\u201e\u00a2", "\u2019", id="misread-twice"),
        pytest.param("Jos\u00e9\u00a0\u00a0Ruiz", "Jos\u00e9 Ruiz", id="an-accent-before-two-blanks"),
        pytest.param("Ren\u00e9\u00a0\u2013 left", "Ren\u00e9 \u2013 left", id="an-accent-before-a-blank-and-a-dash"),
        pytest.param("REN\u00c9\u00a0AB, NU\u00d1\u2013", "REN\u00c9 AB, NU\u00d1\u2013", id="capital-accents-too"),
        pytest.param("\u00c5\u00a1, \u00ce\u00bcg", "\u0161, \u03bcg", id="misread-latin-and-greek"),
        pytest.param("\u00ef\u201a\u00b7 item", "\u2022 item", id="a-bullet-of-a-font-that-was-misread"),
        pytest.param("caf\u00e9\u2019s \u00c9tude", "caf\u00e9\u2019s \u00c9tude", id="accents-that-only-look-misread"),
    ],
)  # fmt: skip
def test_characters_get_one_form(raw: str, text: str) -> None:
    assert clean(raw_of(raw)).text == text
    assert clean(raw_of(text)).text == text


@pytest.mark.parametrize("hidden", HIDDEN)
def test_words_around_what_cannot_be_seen_lead_back_exactly(hidden: str) -> None:
    raw = raw_of(f"Case Number:{hidden} CM14-{hidden}9000001{hidden}\nDate{hidden} Assigned: 01/02/2014")
    cleaned = clean(raw)
    for word in ("CM14-9000001", "01/02/2014", "Number:"):
        start = cleaned.text.index(word)
        first, last = raw_span(cleaned, start, start + len(word))
        assert raw.text[first:last].replace(hidden, "") == word


@given(st.lists(st.text("aB.-/1: é" + "".join(MARKS[:20]) + HIDDEN + "\u00c2\u00a0\u20ac", max_size=14), max_size=6))
def test_a_text_in_one_form_stays_and_its_map_runs_forward(lines: list[str]) -> None:
    raw = raw_of("\n".join(lines))
    cleaned = clean(raw)
    assert not set(HIDDEN) & set(cleaned.text)
    assert list(cleaned.map_clean) == sorted(set(cleaned.map_clean))
    assert list(cleaned.map_raw) == sorted(cleaned.map_raw)
