"""The letters of which variants are made, as pages of lines, and what is read from a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from imr.cleaning.clean import clean
from imr.errors import LetterError
from imr.reading.plain_text import read_plain_text
from imr.reading.read import read
from imr.steps import Columns, extract_letter, split_letter
from imr.synthetic.compose import YEARS, compose
from imr.synthetic.pdf import pdf_of
from tests.metamorphic.variants import Pages

LETTERS_OF_2013 = Path(__file__).parent.parent / "accuracy" / "letters"
FOOTER = "Final Determination Letter for IMR Case Number"
LONGEST = 40  # lines on a page of a letter that came as text

Tables = Mapping[str, Columns]
"""The rows of one letter by table and column."""


def pages_of(data: bytes) -> Pages:
    """The pages of a PDF as an extractor that breaks words at line ends gives them."""
    pages = read(data).text.replace("\r\n", "\n").replace("\ufffe", "-\n").split("\f")
    return [page.strip("\n").split("\n") for page in pages]


def generated() -> Iterator[tuple[str, Pages]]:
    """Generated letters, one of each year, and one without a header; each with its name."""
    letters = [next(x for x in (compose(31, n) for n in range(year, 999, YEARS)) if x.header) for year in range(YEARS)]
    letters.append(next(x for x in (compose(31, n) for n in range(999)) if not x.header))
    return ((letter.name, pages_of(pdf_of(letter))) for letter in letters)


def of_2013() -> Iterator[tuple[str, Pages]]:
    """The invented letters of the three forms of 2013, each with its name: pages end at their footers."""
    for path in sorted(LETTERS_OF_2013.glob("*.txt")):
        pages: Pages = [[]]
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(FOOTER) or len(pages[-1]) == LONGEST:
                pages.append([])
            if line and not line.startswith(FOOTER):
                pages[-1].append(line)
        yield path.stem, pages


def tables(name: str, text: str) -> Tables:
    """All that is read from a text file, save where it stands."""
    cleaned = clean(read_plain_text(text.encode()))
    records = extract_letter(cleaned, split_letter(cleaned.text).letter, f"{name}.txt")
    return {table: columns for table, columns in records.rows.items() if table != "provenance"}


def differing(expected: Tables, name: str, text: str) -> list[str]:
    """The fields that are read otherwise from a text; names only, no words of the letter."""
    try:
        found = tables(name, text)
    except LetterError as error:
        return [f"{name}: refused, {error.code}"]
    return [
        f"{name}: {table}.{column}"
        for table, columns in expected.items()
        for column, values in columns.items()
        if found[table][column] != values
    ]
