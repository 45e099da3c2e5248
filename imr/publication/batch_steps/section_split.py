"""The `section_split` step over a batch: clean texts to rows of `sections`, and how each letter was split."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from imr.cleaning.offsets import page_of
from imr.publication.batch_steps.letter_slice import Done, LetterSlice, rows_of
from imr.publication.batch_steps.ocr_cleanup import OF_CLEAN_TEXT, OF_SCANS, clean_texts, scanned_letters
from imr.records import CleanText, LetterRef, Section, SplitLetter
from imr.steps.section_split import Sections, split_letter
from imr.tables.letters import SECTIONS
from imr.tables.schema import LARGEST
from imr.warnings import WarningCode


class SplitSlice(LetterSlice):
    """Splits letters that could be read; `texts` and `reading` are given, as the step before staged them."""

    def __init__(self, given: Mapping[str, Any], items: Sequence[Sequence[Any]]) -> None:
        super().__init__(given, items)
        self._texts = clean_texts(self.staged("texts", *OF_CLEAN_TEXT))
        self._scanned = scanned_letters(self.staged("reading", *OF_SCANS))

    def result(self, letter: LetterRef) -> Sections:
        """A letter's sections."""
        return split_letter(self._texts[letter.document_id].text, letter.document_id in self._scanned)

    def tables(self, done: Done) -> dict[str, pa.Table]:
        """Rows of `sections`, and how each letter was split."""
        return {"sections": section_rows(done, self._texts), "splitting": splitting_rows(done, self._texts)}


def section_rows(letters: Done, texts: Mapping[str, CleanText]) -> pa.Table:
    """Rows of `sections`."""
    placed = [
        (ref.document_id, number, section, texts[ref.document_id])
        for ref, letter in letters
        for number, section in enumerate(letter.letter.sections, 1)
    ]
    columns: dict[str, Iterable[Any]] = {
        "document_id": [document_id for document_id, _, _, _ in placed],
        "section_number": [number for _, number, _, _ in placed],
        "text": [clean.text[section.start : section.end] for _, _, section, clean in placed],
        "clean_start": [section.start for _, _, section, _ in placed],
        "clean_end": [section.end for _, _, section, _ in placed],
        "page_first": [_page(clean, section.start) for _, _, section, clean in placed],
        "page_last": [_page(clean, max(section.end - 1, 0)) for _, _, section, clean in placed],
    }
    return rows_of(SECTIONS.schema, [section for _, _, section, _ in placed], columns)


_LAST_PAGE = LARGEST["int16"]


def _page(clean: CleanText, offset: int) -> int | None:
    """The page of an offset; null beyond the last that the column can number."""
    page = page_of(clean.page_starts, offset)
    return page if page <= _LAST_PAGE else None


SPLITTING = pa.schema(
    {"document_id": pa.string(), "letter_format": pa.string(), "warnings": pa.list_(pa.string()), "sha256": pa.string()}
)
"""What the splitting says of a letter besides its sections."""


def splitting_rows(letters: Done, texts: Mapping[str, CleanText]) -> pa.Table:
    """How each letter was split."""
    pages = [len(texts[ref.document_id].page_starts) for ref, _ in letters]
    doubts = [[WarningCode.NUMBER_TOO_LARGE] if count > _LAST_PAGE else [] for count in pages]
    return pa.table(
        {
            "document_id": [ref.document_id for ref, _ in letters],
            "letter_format": [sections.letter.letter_format for _, sections in letters],
            "warnings": [[*s.letter.warnings, *more] for (_, s), more in zip(letters, doubts, strict=True)],
            "sha256": [sections.sha256 for _, sections in letters],
        },
        schema=SPLITTING,
    )


MADE = {"sections": SECTIONS.schema, "splitting": SPLITTING}
"""The tables that the step makes of a batch."""

OF_SECTIONS = ("section", "decision_number", "title", "clean_start", "clean_end")


def split_letters(splitting: pa.Table, sections: pa.Table) -> dict[str, SplitLetter]:
    """The split letters in the stage's rows, by document."""
    parts: dict[str, list[Section]] = {}
    columns = sections.select(["document_id", *OF_SECTIONS])
    for document_id, *section in zip(*columns.to_pydict().values(), strict=True):
        parts.setdefault(document_id, []).append(Section(*section))
    return {
        row["document_id"]: SplitLetter(row["letter_format"], tuple(parts[row["document_id"]]), tuple(row["warnings"]))
        for row in splitting.to_pylist()
    }
