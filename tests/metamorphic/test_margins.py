"""A PDF tells which lines stand in a page's margin: such a line is cut though it comes only once."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from imr.cleaning.clean import clean
from imr.reading.read import read
from imr.records import RawText
from imr.synthetic import pdf
from imr.synthetic.compose import compose
from imr.synthetic.letter import SyntheticLetter
from imr.synthetic.pdf import new_canvas, pdf_of

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

WORDS = "Zentrum Blau, shelf seven"
FOOT, HEAD, BODY = 40.0, 752.0, 96.0  # points above the page's lower edge


def canvas_with(words: str, page: int, height: float) -> Callable[[io.BytesIO], Canvas]:
    """What makes a canvas that prints words on one page, at some height."""

    def canvas_on(buffer: io.BytesIO) -> Canvas:
        canvas = new_canvas(buffer)
        show = canvas.showPage

        def show_page() -> None:
            if canvas.getPageNumber() == page:
                canvas.setFont("Helvetica", 9)
                canvas.drawString(pdf.LEFT, height, words)
            show()

        canvas.showPage = show_page
        return canvas

    return canvas_on


@pytest.fixture(scope="module")
def letter() -> SyntheticLetter:
    return next(x for x in (compose(33, n) for n in range(99)) if x.header and len(read(pdf_of(x)).page_starts) > 2)


def read_with(monkeypatch: pytest.MonkeyPatch, letter: SyntheticLetter, page: int, height: float) -> RawText:
    monkeypatch.setattr(pdf, "new_canvas", canvas_with(WORDS, page, height))
    raw = read(pdf_of(letter))
    assert raw.text.count(WORDS) == 1
    return raw


@pytest.mark.parametrize("page", [1, 2, 3])
@pytest.mark.parametrize("height", [pytest.param(FOOT, id="foot"), pytest.param(HEAD, id="head")])
def test_a_line_in_the_margin_is_cut(
    monkeypatch: pytest.MonkeyPatch, letter: SyntheticLetter, page: int, height: float
) -> None:
    plain = clean(read(pdf_of(letter))).text
    raw = read_with(monkeypatch, letter, page, height)
    assert [raw.text[line:].startswith(WORDS) for line in raw.margins] == [True]
    assert clean(raw).text == plain


def test_a_line_of_the_body_is_none_of_the_margins(monkeypatch: pytest.MonkeyPatch, letter: SyntheticLetter) -> None:
    assert read(pdf_of(letter)).margins == frozenset()
    raw = read_with(monkeypatch, letter, 3, BODY)
    assert raw.margins == frozenset()
    assert WORDS in clean(raw).text


def test_a_page_of_one_line_has_a_margin_too(monkeypatch: pytest.MonkeyPatch) -> None:
    last_line = next(x for x in (compose(31, n) for n in range(99)) if x.header and _lines_on_last_page(x) == 1)
    pages = len(read(pdf_of(last_line)).page_starts)
    plain = clean(read(pdf_of(last_line))).text
    assert clean(read_with(monkeypatch, last_line, pages, FOOT)).text == plain


def _lines_on_last_page(letter: SyntheticLetter) -> int:
    raw = read(pdf_of(letter))
    return len(raw.text[raw.page_starts[-1] :].splitlines())


def test_an_outcome_is_kept_wherever_it_stands(monkeypatch: pytest.MonkeyPatch, letter: SyntheticLetter) -> None:
    monkeypatch.setattr(pdf, "new_canvas", canvas_with("Cane: Upheld", 2, FOOT))
    raw = read(pdf_of(letter))
    assert raw.margins
    assert "Cane: Upheld" in clean(raw).text
