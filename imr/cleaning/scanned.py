"""Letterheads and footers of scanned pages: told by their place, and by being like those of other letters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from imr.cleaning.known_furniture import resembles
from imr.cleaning.lines import Line, by_page

_HEAD, _FOOT = 4, 2  # lines of a page among which its head and its foot are
_EMBLEM = re.compile(r"\W*[A-Za-z]{0,4}[^\w.]*")
"""What OCR makes of the drawing beside a letterhead: a few letters, which no sentence ends with."""


def without_letterheads(lines: Sequence[Line]) -> list[Line]:
    """The lines of a scanned letter without letterheads and footers."""
    return [line for page in by_page(lines) for line in _text_of(lines[page.start : page.stop])]


def _text_of(page: Sequence[Line]) -> list[Line]:
    # What stands above a letterhead is its emblem, whatever OCR made of it.
    head = max((n for n, line in enumerate(page[:_HEAD], 1) if resembles(line.text, "letterheads")), default=0)
    while head < min(_HEAD, len(page)) and _EMBLEM.fullmatch(page[head].text):
        head += 1
    body, foot = page[head:-_FOOT], page[head:][-_FOOT:]
    kept = [*body, *(line for line in foot if not resembles(line.text, "footers"))]
    if head and kept:  # the line below still begins the page
        kept[0] = kept[0]._replace(starts_page=page[0].starts_page)
    return kept
