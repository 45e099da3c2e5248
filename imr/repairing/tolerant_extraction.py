"""Extracting from recognised text by its second reading, with every span given in the clean text itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from imr.extraction.header import case_number_in_name
from imr.extraction.letter import extract
from imr.records import Evidence, ExtractedLetter, SplitLetter
from imr.repairing.repair import Reading, second_reading
from imr.warnings import WarningCode


def extract_tolerantly(
    text: str, letter: SplitLetter, source_name: str, printed: Sequence[str] = ()
) -> ExtractedLetter:
    """Every record of a scanned letter; evidence whose words were repaired says so.

    `printed` are the case numbers on its pages. Where they differ from one another or from the file's, one of them
    was misread, and the letter has none.
    """
    reading = second_reading(text, [mark for s in letter.sections for mark in (s.start, s.end)])
    marks = iter(reading.text.page_starts)
    sections = tuple(s._replace(start=next(marks), end=next(marks)) for s in letter.sections)
    records = extract(reading.text.text, letter._replace(sections=sections), source_name)
    records = replace(records, evidence=tuple(_in_clean(row, reading, text) for row in records.evidence))
    numbers = {case_number_in_name(source_name), records.case.case_number, *printed} - {None}
    return _without_number(records) if len(numbers) > 1 else records


def _without_number(records: ExtractedLetter) -> ExtractedLetter:
    case = replace(records.case, case_number=None, case_year=None)
    evidence = tuple(row for row in records.evidence if row.field not in ("case_number", "case_year"))
    warnings = tuple(dict.fromkeys([*records.warnings, WarningCode.CASE_NUMBER_DIFFERS]))
    return replace(records, case=case, evidence=evidence, warnings=warnings)


def _in_clean(row: Evidence, reading: Reading, text: str) -> Evidence:
    if row.start is None or row.end is None:
        return row
    start, end = reading.clean_span(row.start, row.end)
    as_read = text[start:end] == reading.text.text[row.start : row.end]
    return row._replace(
        start=start, end=end, method="repaired" if row.method == "exact" and not as_read else row.method
    )
