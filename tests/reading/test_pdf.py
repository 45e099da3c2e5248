from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from imr.errors import Code, UnreadableError, UnsupportedError
from imr.reading import pdf
from imr.reading.media import PDF
from imr.reading.pdf import PAGE_SEAM, read_pdf
from imr.reading.read import read


def printed(*pages: str) -> bytes:
    """A PDF with one line of text on each page; an empty line leaves the page blank."""
    file = io.BytesIO()
    canvas = Canvas(file)
    for line in pages:
        canvas.drawString(72, 700, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def encrypted(data: bytes, user_password: str) -> bytes:
    """The same PDF behind passwords, as the public letters are behind an empty one."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(user_password, "owner", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_pages_are_joined_by_a_seam() -> None:
    raw = read_pdf(printed("first page", "second page"))
    assert raw.text == "first page\n\fsecond page"
    assert [raw.text[start : start + 5] for start in raw.page_starts] == ["first", "secon"]
    assert (raw.page_count, raw.media_type, raw.text_origin) == (2, PDF, "text_layer")


def test_a_blank_page_among_others_counts() -> None:
    raw = read_pdf(printed("first page", "", "third page"))
    assert raw.page_count == 3
    assert raw.text[raw.page_starts[2] :] == "third page"


def test_an_empty_password_is_tried() -> None:
    assert read_pdf(encrypted(printed("open to all"), "")).text == "open to all"


def test_the_sample_letters_are_read_page_by_page(landing: Path) -> None:
    raw = read((landing / "CM24-0900000.pdf").read_bytes())
    assert raw.page_count is not None
    assert len(raw.page_starts) == raw.page_count > 1
    assert all(raw.text[:start].endswith(PAGE_SEAM) for start in raw.page_starts[1:])


UNREADABLE: list[tuple[str, Callable[[], bytes], Code]] = [
    ("cut-in-half", lambda: printed("some words")[:400], Code.PDF_DAMAGED),
    ("without-its-end-mark", lambda: printed("one", "two").replace(b"%%EOF", b""), Code.PDF_DAMAGED),
    ("header-only", lambda: b"%PDF-1.4\n", Code.PDF_DAMAGED),
    ("no-objects", lambda: b"%PDF-1.4\nnothing of use\n%%EOF\n", Code.PDF_DAMAGED),
    ("user-password", lambda: encrypted(printed("some words"), "secret"), Code.PDF_PASSWORD),
    ("blank-pages", lambda: printed("", ""), Code.NO_TEXT),
]


@pytest.mark.parametrize(("data", "code"), [pytest.param(data, code, id=name) for name, data, code in UNREADABLE])
def test_what_cannot_be_read_is_refused_under_its_code(data: Callable[[], bytes], code: Code) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_pdf(data())
    assert caught.value.code == code


def test_the_damaged_sample_is_refused(landing: Path) -> None:
    with pytest.raises(UnreadableError) as caught:
        read((landing / "damaged-letter.pdf").read_bytes())
    assert caught.value.code == Code.PDF_DAMAGED


def test_the_scanned_sample_waits_for_ocr(landing: Path) -> None:
    with pytest.raises(UnsupportedError) as caught:
        read((landing / "scanned-letter.pdf").read_bytes())
    assert caught.value.code == Code.NEEDS_OCR


def test_more_pages_than_any_letter_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    assert read_pdf(printed("1", "2")).page_count == 2
    with pytest.raises(UnreadableError) as caught:
        read_pdf(printed("1", "2", "3"))
    assert caught.value.code == Code.TOO_MANY_PAGES
