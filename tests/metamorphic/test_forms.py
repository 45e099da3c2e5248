"""Whatever form a letter comes in, it is read as the plain one, or its code or warning says that it is not."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
from collections.abc import Callable, Mapping
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest

from imr.errors import Code, LetterError, UnsupportedError
from imr.reading.confidence import printed_numbers, reading_warnings
from imr.reading.ocr.cache import OcrCache
from imr.steps import CleanLetter, clean_letter, extract_letter, scan_letter, split_letter
from imr.warnings import WarningCode
from tests.metamorphic import forms
from tests.metamorphic.letters import Tables, generated
from tests.metamorphic.variants import NO_SEAM, Pages, Variant, plain


class Form(NamedTuple):
    """What makes a file of a letter's pages, and what must come of it.

    It is read as the plain letter, with some warnings, unless it is refused under a code.
    """

    file: Callable[[Pages], bytes]
    warnings: frozenset[WarningCode] = frozenset()
    refused: Code | None = None
    roughly: bool = False
    """An engine reads some letters for others: some words may differ."""


def alike(expected: list[Any], found: list[Any], *, exactly: bool) -> bool:
    if exactly or len(expected) != len(found) or not all(isinstance(each, str) for each in [*expected, *found]):
        return expected == found
    return all(SequenceMatcher(None, *pair, autojunk=False).ratio() > 0.9 for pair in zip(expected, found, strict=True))


def text(pages: Pages) -> str:
    return Variant(plain, NO_SEAM).text(pages)


def other(pages: Pages) -> Pages:
    """Another letter of as many lines."""
    return [[line.replace("CM", "CM0")[:90] if number else line for line in page] for number, page in enumerate(pages)]


def values(pages: Pages) -> dict[str, str]:
    head = " ".join(pages[0][:6])
    dates = dict(re.findall(r"(Date Assigned|Date of Injury|Decision Date|UR Denial Date): (\S+)", head))
    found = re.search(r"Case Number: (\S+).*Priority: (\S+) Application\s+Received:\s+(\S+)", head)
    assert found
    given = (found[1], *(dates[label.rstrip(":")] for label in list(forms.LABELS.values())[1:5]), found[2], found[3])
    return dict(zip(forms.ROWS, given, strict=True))


def with_table(pages: Pages, write: Callable[..., None]) -> bytes:
    return forms.pdf(pages, forms.with_table(values(pages), write))


def noted(pages: Pages) -> bytes:
    given = values(pages)
    rows = [(forms.LEFT + 140, forms.TOP + forms.LEADING * (1 - n), given[name]) for n, name in enumerate(forms.ROWS)]
    return forms.with_notes(with_table(pages, forms.nothing), rows)


def scribbled_over(pages: Pages) -> bytes:
    return forms.with_notes(forms.pdf(pages), [(forms.LEFT + 60, forms.TOP - 12 * forms.LEADING, "see the other file")])


COVER = forms.pdf([["For the best experience, open this portfolio in another program."]])
JUNK = b"\r\n<!-- sent by the gateway --> " * 400

FORMS: Mapping[str, Form] = {
    # Encodings, paddings, packings of text
    "utf-8": Form(lambda pages: text(pages).encode()),
    "utf-8-with-a-mark": Form(lambda pages: text(pages).encode("utf-8-sig")),
    "utf-16": Form(lambda pages: text(pages).encode("utf-16")),
    "utf-16-le-without-a-mark": Form(lambda pages: text(pages).encode("utf-16-le")),
    "utf-16-be-without-a-mark": Form(lambda pages: text(pages).encode("utf-16-be")),
    "utf-32": Form(lambda pages: text(pages).encode("utf-32")),
    "windows-1252": Form(lambda pages: text(pages).encode("cp1252")),
    "padded-with-zeros": Form(lambda pages: text(pages).encode() + bytes(4096)),
    "zeros-before-and-behind": Form(lambda pages: bytes(7) + text(pages).encode() + bytes(9)),
    "end-mark-of-dos": Form(lambda pages: text(pages).encode() + b"\x1a"),
    "gzip": Form(lambda pages: gzip.compress(text(pages).encode())),
    "xz": Form(lambda pages: lzma.compress(text(pages).encode())),
    "bzip2": Form(lambda pages: bz2.compress(text(pages).encode())),
    "gzip-cut-off": Form(lambda pages: gzip.compress(text(pages).encode())[:-99], refused=Code.ARCHIVE_DAMAGED),
    "lost-characters": Form(
        lambda pages: text(pages).replace("upon", "up\ufffdn").replace(" the ", " the\ufffd ", 1).encode(),
        frozenset({WarningCode.CHARACTERS_LOST}),
    ),
    # Several letters in one file
    "two-texts": Form(lambda pages: (text(pages) + text(other(pages))).encode(), refused=Code.SEVERAL_LETTERS),
    "one-text-twice": Form(lambda pages: (text(pages) * 2).encode(), refused=Code.SEVERAL_LETTERS),
    "three-texts": Form(lambda pages: "\f".join([text(pages)] * 3).encode(), refused=Code.SEVERAL_LETTERS),
    "two-pdfs-as-one": Form(
        lambda pages: forms.merged(forms.pdf(pages), forms.pdf(other(pages))), refused=Code.SEVERAL_LETTERS
    ),
    "one-pdf-twice": Form(lambda pages: forms.merged(*[forms.pdf(pages)] * 2), refused=Code.SEVERAL_LETTERS),
    "two-pdfs-one-after-the-other": Form(lambda pages: forms.pdf(pages) * 2, refused=Code.SEVERAL_LETTERS),
    # PDFs around which something was put
    "pdf": Form(forms.pdf),
    "bytes-behind-the-end-mark": Form(lambda pages: forms.pdf(pages) + JUNK),
    "zeros-behind-the-end-mark": Form(lambda pages: forms.pdf(pages) + bytes(9000)),
    "bytes-before-the-pdf": Form(lambda pages: JUNK[:700] + forms.pdf(pages)),
    "gzipped-pdf": Form(lambda pages: gzip.compress(forms.pdf(pages))),
    "pdf-cut-off": Form(lambda pages: forms.pdf(pages)[:-700], refused=Code.PDF_DAMAGED),
    "portfolio": Form(lambda pages: forms.with_files(COVER, forms.pdf(pages))),
    "portfolio-of-two": Form(
        lambda pages: forms.with_files(COVER, forms.pdf(pages), forms.pdf(other(pages))), refused=Code.SEVERAL_LETTERS
    ),
    "with-an-attachment": Form(
        lambda pages: forms.with_files(forms.pdf(pages), b"a list"), frozenset({WarningCode.ATTACHMENTS_UNREAD})
    ),
    # Orders of drawing, and what lies over the page
    "header-drawn-last": Form(lambda pages: forms.pdf(pages, forms.header_last)),
    "drawn-from-the-bottom-up": Form(lambda pages: forms.pdf(pages, forms.from_the_bottom_up)),
    "drawn-twice": Form(lambda pages: forms.pdf(pages, forms.twice)),
    "drawn-with-shadows": Form(lambda pages: forms.pdf(pages, forms.with_shadows)),
    "footer-drawn-first": Form(lambda pages: forms.pdf(pages, forms.footer_first)),
    "watermark-drawn-first": Form(lambda pages: forms.pdf(pages, forms.watermark_first)),
    "watermark-drawn-last": Form(lambda pages: forms.pdf(pages, forms.watermark_last)),
    "labels-drawn-before-values": Form(lambda pages: with_table(pages, forms.as_text)),
    "values-in-form-fields": Form(lambda pages: with_table(pages, forms.as_field)),
    "values-as-free-text": Form(noted, frozenset({WarningCode.NOTES_READ})),
    "a-note-over-words": Form(scribbled_over, frozenset({WarningCode.NOTES_READ})),
    "pages-turned-by-a-quarter": Form(lambda pages: forms.on_turned_pages(forms.pdf(pages), 90)),
    "pages-turned-upside-down": Form(lambda pages: forms.on_turned_pages(forms.pdf(pages), 180)),
    "pages-turned-by-three-quarters": Form(lambda pages: forms.on_turned_pages(forms.pdf(pages), 270)),
    # Pages without a text layer
    "last-page-a-scan": Form(lambda pages: forms.last_page_as(pages, forms.as_scan)),
    "last-page-an-inverted-scan": Form(lambda pages: forms.last_page_as(pages, forms.white_on_black)),
    "last-page-a-scan-on-its-left": Form(lambda pages: forms.last_page_as(pages, forms.turned_by(1))),
    "last-page-a-scan-upside-down": Form(lambda pages: forms.last_page_as(pages, forms.turned_by(2))),
    "last-page-a-scan-on-its-right": Form(lambda pages: forms.last_page_as(pages, forms.turned_by(3))),
    "last-page-a-scan-under-a-stamp": Form(lambda pages: forms.last_page_as(pages, forms.under_a_stamp)),
    "last-page-an-image-in-nested-forms": Form(lambda pages: forms.last_page_as(pages, forms.in_forms)),
    "last-page-as-outlines": Form(lambda pages: forms.last_page_as(pages, forms.as_outlines, dpi=800), roughly=True),
}  # fmt: skip


class Plain(NamedTuple):
    """The letter that comes in all forms, and what is read of it."""

    pages: Pages
    tables: Tables
    warnings: frozenset[str]


@cache
def plain_letter() -> Plain:
    """A letter of two pages that has a header and several items, the last of them on its second page."""
    for _, pages in generated():
        lines = [line for page in pages for line in page]
        if lines[0].startswith("Case Number:") and 70 < len(lines) < 104:
            cut = len(lines) - 20
            halves = [lines[: min(cut, 50)], lines[min(cut, 50) :]]
            if any("MAXIMUS guideline" in line for line in halves[-1]):
                file = forms.pdf(halves)
                return Plain(halves, *_read(file))
    raise AssertionError("no such letter")


def _read(data: bytes) -> tuple[Tables, frozenset[str]]:
    with TemporaryDirectory() as temporary:
        path = Path(temporary, "letter.bin")
        path.write_bytes(data)
        cleaned = _cleaned(path)
    scanned = bool(cleaned.raw.ocr)
    sections = split_letter(cleaned.clean.text, scanned=scanned).letter
    numbers = printed_numbers(cleaned.raw.text) if scanned else None
    records = extract_letter(cleaned.clean, sections, "letter.bin", numbers)
    tables = {table: columns for table, columns in records.rows.items() if table != "provenance"}
    return tables, frozenset([*reading_warnings(cleaned.raw), *records.warnings])


def _cleaned(path: Path) -> CleanLetter:
    try:
        return clean_letter(path)
    except UnsupportedError as error:
        if error.code != Code.NEEDS_OCR:
            raise
        return scan_letter(path, None, OcrCache(path.parent))


def test_there_are_enough_forms() -> None:
    assert len(FORMS) >= 50
    assert len(plain_letter().pages) == 2
    assert len(plain_letter().tables["decisions"]["outcome"]) > 1


@pytest.mark.parametrize("name", FORMS)
def test_a_letter_in_some_form_is_read_as_the_plain_one_or_it_is_said(name: str) -> None:
    form, letter = FORMS[name], plain_letter()
    data = form.file(letter.pages)
    if form.refused:
        with pytest.raises(LetterError) as caught:
            _read(data)
        assert caught.value.code == form.refused
        return
    tables, warnings = _read(data)
    assert form.warnings <= warnings
    if not form.warnings:
        assert warnings == letter.warnings
    if WarningCode.CHARACTERS_LOST in form.warnings:
        return
    differing = [
        f"{table}.{column}"
        for table, columns in letter.tables.items()
        for column, expected in columns.items()
        if not alike(expected, tables[table][column], exactly=not form.roughly)
    ]
    assert differing == []


def test_a_page_that_stays_unread_is_said() -> None:
    pages = [*plain_letter().pages, [""]]
    tables, warnings = _read(forms.last_page_as(pages, forms.scrawled))
    assert WarningCode.PAGE_UNREAD in warnings
    assert tables["decisions"]["outcome"] == plain_letter().tables["decisions"]["outcome"]
