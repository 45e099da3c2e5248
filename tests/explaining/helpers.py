"""The view of an invented letter, without a lake."""

from __future__ import annotations

from typing import Any

from imr.explaining.letter_view import Cell, LetterView, ShownRecord, ShownValue
from imr.explaining.marks import Mark, stretches

TEXT = "Case Number: CM16-9000001\nCane: Upheld\nThe cane is not medically necessary."


def value(number: int, group: str, name: str, text: str, words: str | None, letter: str = TEXT) -> ShownValue:
    """A value read from the first place where `words` stand; None: from the file's name."""
    start = letter.index(words) if words else None
    end = None if start is None else start + len(words or "")
    evidence: dict[str, Any] = {"clean_start": start, "clean_end": end, "raw_start": start, "raw_end": end, "page": 1}
    method = "exact" if words else "file_name"
    return ShownValue(number, group, name, text, {**evidence, "method": method, "rule": "a_rule"})


def view(*values: ShownValue, text: str = TEXT, source_name: str = "CM16-9000001.pdf") -> LetterView:
    """A view of one letter of two pages with these values in one record each."""
    document = {
        "document_id": "0" * 64, "case_number": None, "source_name": source_name, "letter_format": "notice_2013",
        "text_origin": "text_layer", "page_count": 2, "warnings": ["dates_out_of_order"],
    }  # fmt: skip
    marks: list[Mark] = [v.mark for v in values if v.mark]
    records = [ShownRecord(v.name, (Cell(v.name.split(".")[1], v.group, (v,), None),)) for v in values]
    records.append(ShownRecord("Rest", (Cell("pages", "guideline", (), None), Cell("case_year", "case", (), "2016"))))
    half = len(text) // 2
    cut = tuple(stretches(len(text), marks, [half]))
    return LetterView(document, text, cut, {half: 2}, {0: "header"}, {half: "Page 1"}, tuple(records), values)
