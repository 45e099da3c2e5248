"""Splitting recognised text by its second reading, with every span given in the clean text itself."""

from __future__ import annotations

from imr.records import SplitLetter
from imr.repairing.repair import second_reading
from imr.splitting.split import split


def split_tolerantly(text: str) -> SplitLetter:
    """The sections of a scanned letter, where they stand in its clean text.

    Raises:
        UnsupportedError: a code of `split`.
    """
    reading = second_reading(text)
    letter = split(reading.text.text)
    spans = (reading.clean_span(section.start, section.end) for section in letter.sections)
    sections = zip(letter.sections, spans, strict=True)
    return letter._replace(sections=tuple(s._replace(start=span.start, end=span.end) for s, span in sections))
