"""How far the text of a letter may be trusted, from what OCR says of its pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from imr.reading.ocr.engine import GATE
from imr.records import PageConfidence, RawText
from imr.warnings import WarningCode


def mean_of_pages(pages: Sequence[PageConfidence | None], what: Literal["mean", "low_share"]) -> float | None:
    """A page's measure over all recognised pages, each counting by its words; None without any."""
    weighed = [(value, page.words) for page in pages if page and (value := getattr(page, what)) is not None]
    words = sum(count for _, count in weighed)
    return sum(value * count for value, count in weighed) / words if words else None


_NUMBERED = re.compile(r"Case\s+Number\W{0,4}(?P<number>CM\d{2}-\d{7})(?!\d)")


def printed_numbers(text: str) -> list[str]:
    """The case numbers that a raw text calls so, in header and footers; more than one says that one was misread."""
    return sorted({match["number"] for match in _NUMBERED.finditer(text)})


def reading_warnings(raw: RawText) -> Iterator[WarningCode]:
    """The warnings that a letter's reading gives cause for: pages of which OCR is not sure enough, lost characters."""
    yield from raw.warnings
    if "\ufffd" in raw.text:
        yield WarningCode.CHARACTERS_LOST
    if any(page and page.low_share is not None and page.low_share > GATE for page in raw.ocr):
        yield WarningCode.OCR_LOW_CONFIDENCE
