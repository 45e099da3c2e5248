from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.tokens import Spelling, sentences_backwards
from imr.records import Span

SPELLING = Spelling(
    ["not", "clear", "unclear", "is"], ["medically", "necessary"], ["medically", "clear", "not"], ["not", "is", "un"]
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"], id="marks"),
        pytest.param("He said “so.” It ends.", ["He said “so.”", "It ends."], id="quotes"),
        pytest.param("Dr. A. Smith vs. B took No. 60 of 2.5 mg.", ["Dr. A. Smith vs. B took No. 60 of 2.5 mg."], id="abbreviations"),
        pytest.param("It is given 60. The rest is not.", ["It is given 60.", "The rest is not."], id="number"),
        pytest.param("Is it? No. The rest is.", ["Is it?", "No.", "The rest is."], id="answer"),
        pytest.param("", [], id="nothing"),
    ],
)  # fmt: skip
def test_sentences(text: str, expected: list[str]) -> None:
    spans = sentences_backwards(text, Span(0, len(text)))
    assert [text[slice(*span)].strip() for span in spans][::-1] == expected


@given(st.text("aB1.!? \n", max_size=1500), st.integers(0, 20))
def test_sentences_make_up_their_region(text: str, start: int) -> None:
    region = Span(min(start, len(text)), len(text))
    spans = list(sentences_backwards(text, region))[::-1]
    assert "".join(text[slice(*span)] for span in spans) == text[slice(*region)]


def test_of_an_endless_sentence_the_end_is_read() -> None:
    text = "word " * 10_000
    (span,) = sentences_backwards(text, Span(0, len(text)))
    assert 0 < span.start < span.end == len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Not-medically, (Necessary)", "not medically , ( necessary )", id="hyphen_and_marks"),
        pytest.param("this - that \u2013 those--them", "this - that - those - them", id="dashes"),
        pytest.param("isn't the surgeon\u2019s", "is n't the surgeon 's", id="apostrophes"),
        pytest.param("medicaly neccesary medcially", "medically necessary medically", id="slips"),
        pytest.param("medication radically accessory", "medication radically accessory", id="other_words"),
        pytest.param("isnotmedically unclear unmedically", "is not medically unclear un medically", id="glued"),
        pytest.param("is _not_ clear_, isn't_", "is not clear , is n't", id="emphasis"),
        pytest.param("is not\u00b9 clear\u00b2", "is not clear", id="footnotes"),
        pytest.param("May it be in May", "may it be in May", id="month"),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert SPELLING.read(text, 0, len(text)).words == expected.split()


@given(st.text(max_size=80))
def test_every_word_stands_where_it_says(text: str) -> None:
    words, spans = SPELLING.read(text, 0, len(text))
    assert len(words) == len(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
