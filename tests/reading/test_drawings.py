"""Pages that show more than their text layer says, made here: scans, stamps, outlines, fields, files within."""

from __future__ import annotations

import io
from collections.abc import Callable

import pypdfium2 as pdfium
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from imr.errors import Code, UnsupportedError
from imr.reading.annotations import notes_of
from imr.reading.attachments import attached_files, letter_in_portfolio
from imr.reading.drawings import is_legible, needs_recognition, without_text
from imr.reading.ocr.engine import OcrPage
from imr.reading.pdf import read_pdf
from imr.warnings import WarningCode

WIDTH, HEIGHT = 612, 792
PROSE = "A reviewer found that the requested item is not needed at this time for the stated reasons."
Draw = Callable[[Canvas], None]


def text(lines: int) -> Draw:
    def draw(canvas: Canvas) -> None:
        for n in range(lines):
            canvas.drawString(50, 740 - 14 * n, PROSE)

    return draw


def image(share: float) -> Draw:
    def draw(canvas: Canvas) -> None:
        grey = ImageReader(Image.new("L", (8, 8), 200))
        canvas.drawImage(grey, 0, 0, WIDTH, HEIGHT * share)

    return draw


def curves(canvas: Canvas) -> None:
    for n in range(600):
        canvas.line(n, 100, n + 1, 200)


def pdf(*draws: Draw) -> bytes:
    """A PDF of one page."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT))
    for draw in draws:
        draw(canvas)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


@pytest.mark.parametrize(
    ("draws", "needed"),
    [
        pytest.param([text(5)], False, id="text alone"),
        pytest.param([], False, id="a blank page"),
        pytest.param([text(5), image(0.1)], False, id="text with an emblem"),
        pytest.param([image(0.1)], True, id="an image alone, however small"),
        pytest.param([image(1), text(3)], True, id="a scan with text on it"),
        pytest.param([image(1), text(20)], False, id="a page of text on an image"),
        pytest.param([curves], True, id="outlines"),
        pytest.param([text(5), curves], True, id="text and outlines"),
    ],
)
def test_what_has_to_be_recognised(draws: list[Draw], needed: bool) -> None:
    page = pdfium.PdfDocument(pdf(*draws))[0]
    assert needs_recognition(page, page.get_textpage().get_text_range()) is needed


@pytest.mark.parametrize(
    ("draws", "taken"), [([image(1), text(2)], True), ([image(0.2), text(2)], False), ([image(1)], False)]
)
def test_text_is_taken_off_scans_alone(draws: list[Draw], taken: bool) -> None:
    page = pdfium.PdfDocument(pdf(*draws))[0]
    assert without_text(page) is taken


@pytest.mark.parametrize(
    ("said", "legible"),
    [("", True), (PROSE * 3, True), ("\ue001" * 90, True), ("\ue001" * 300, False), ("\ufffd" * 150 + "a" * 200, True)],
)
def test_a_text_layer_of_unknown_signs_is_not_legible(said: str, legible: bool) -> None:
    assert is_legible(said) is legible


class _Recognised:
    """In place of OCR: every page says the same."""

    def __init__(self, said: str) -> None:
        self.said = said

    def page(self, page: pdfium.PdfPage, number: int) -> OcrPage:
        return OcrPage(self.said, 95.0, 0.0, len(self.said.split()), "tests", without_text=True)


@pytest.mark.parametrize(
    ("lines", "recognised", "warned"),
    [
        pytest.param(1, "words of a letter " * 40, False, id="a stamp"),
        pytest.param(4, "words of a letter " * 40, True, id="prose"),
        pytest.param(4, f"{PROSE} " * 5, False, id="what was recognised as well"),
    ],
)
def test_more_than_a_stamp_on_a_scan_is_not_cut_in_silence(lines: int, recognised: str, warned: bool) -> None:
    raw = read_pdf(pdf(image(1), text(lines)), _Recognised(recognised))
    assert (WarningCode.NOTES_READ in raw.warnings) is warned
    assert len(raw.overlaid) == lines


def fields(canvas: Canvas) -> None:
    canvas.acroForm.textfield(name="a", value="1/2/2013", x=100, y=600, width=80, height=14)
    canvas.acroForm.textfield(name="b", value="", x=100, y=500, width=80, height=14)
    canvas.acroForm.textfield(name="c", value="hidden", x=100, y=400, width=80, height=14, annotationFlags="hidden")
    canvas.acroForm.checkbox(name="d", checked=True, x=100, y=300)


def test_the_values_of_fields_that_are_shown_are_notes() -> None:
    document = pdfium.PdfDocument(pdf(fields))
    document.init_forms()
    (found,) = notes_of(document, document[0])
    assert (found.text, round(found.left), round(found.bottom), found.free) == ("1/2/2013", 100, 600, False)


def with_files(cover: int, *attached: bytes) -> pdfium.PdfDocument:
    document = pdfium.PdfDocument(pdf(text(cover)))
    for number, data in enumerate(attached):
        document.new_attachment(f"{number}").set_data(data)
    return document


def test_a_portfolio_is_the_letter_in_it() -> None:
    def found(cover: int, *attached: bytes) -> bytes | None:
        document = with_files(cover, *attached)
        return letter_in_portfolio(document, attached_files(document))

    letter = pdf(text(3))
    assert found(1, letter, b"a note") == letter
    assert found(20, letter) is None
    assert found(1, b"a note") is None
    with pytest.raises(UnsupportedError) as refused:
        found(1, letter, letter)
    assert refused.value.code == Code.SEVERAL_LETTERS
