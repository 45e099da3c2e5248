"""Sample letters as PDF files."""

from __future__ import annotations

import io
import re

import pypdf
import pypdfium2
import pytest

from imr.synthetic.compose import compose
from imr.synthetic.letter import SyntheticLetter
from imr.synthetic.pdf import pdf_of
from imr.synthetic.render import header_lines, text_of


def pages_of(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def words_of(text: str) -> list[str]:
    """Words, with a hyphen at a line end taken as the extractor marks it."""
    return text.replace("\ufffe", "-").split()


@pytest.fixture(scope="module")
def letter() -> SyntheticLetter:
    return next(x for x in (compose(12, n) for n in range(200)) if x.header and len(x.truth.decisions) > 4)


@pytest.fixture(scope="module")
def data(letter: SyntheticLetter) -> bytes:
    return pdf_of(letter)


def test_same_letter_gives_the_same_bytes(letter: SyntheticLetter, data: bytes) -> None:
    assert pdf_of(letter) == data


def test_header_comes_in_the_order_of_real_letters(letter: SyntheticLetter, data: bytes) -> None:
    assert letter.header
    first = pages_of(data)[0]
    assert first.startswith("\n".join(header_lines(letter.header)) + "\nHOW THE IMR FINAL DETERMINATION WAS MADE\n")


def test_text_layer_holds_the_words_of_the_letter(letter: SyntheticLetter, data: bytes) -> None:
    pages = pages_of(data)
    assert len(pages) > 1
    assert words_of("\n".join(pages)) == words_of(text_of(letter))


@pytest.mark.parametrize("number", range(12))
def test_every_request_stands_in_the_text_layer(number: int) -> None:
    letter = compose(13, number)
    text = " ".join(words_of("\n".join(pages_of(pdf_of(letter)))))
    assert all(item.treatment_request in text for item in letter.truth.decisions)
    assert len(re.findall(r": (?:Upheld|Overturned) Claims Administrator", text)) == len(letter.truth.decisions)


def test_file_is_locked_with_an_empty_password_and_names_nobody(data: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(data))
    assert reader.is_encrypted
    assert reader.decrypt("")
    assert reader.metadata is not None
    assert not reader.metadata.author
    permissions = reader.user_access_permissions
    assert permissions is not None
    assert not permissions & pypdf.constants.UserAccessPermissions.EXTRACT


def test_pages_are_letter_paper(data: bytes) -> None:
    with pypdfium2.PdfDocument(data) as document:
        assert {page.get_size() for page in document} == {(612.0, 792.0)}
