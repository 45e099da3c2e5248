"""What is printed on every page of a scanned letter and belongs to none: told by its place, and by being alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from imr.cleaning.lines import Line
from imr.rules import load_rules

_HEAD, _FOOT = 4, 2  # lines of a page among which its head and its foot are
_RESEMBLES = 80.0  # of 100
_EMBLEM = re.compile(r"\W*[A-Za-z]{0,4}[^\w.]*")
"""What OCR makes of the drawing beside a letterhead: a few letters, which no sentence ends with."""
_FIGURES = re.compile(r"\d+")


def without_furniture(lines: Sequence[Line]) -> list[Line]:
    """The lines of a scanned letter without letterheads and footers."""
    return [line for page in _pages(lines) for line in _text_of(page)]


def _pages(lines: Sequence[Line]) -> Iterator[list[Line]]:
    page: list[Line] = []
    for line in lines:
        if line.starts_page and page:
            yield page
            page = []
        page.append(line)
    yield page


def _text_of(page: list[Line]) -> list[Line]:
    rules = load_rules("cleaning", "reflow")["scanned"]
    # What stands above a letterhead is its emblem, whatever OCR made of it.
    head = max((n for n, line in enumerate(page[:_HEAD], 1) if _resembles(line, rules["letterheads"])), default=0)
    while head < min(_HEAD, len(page)) and _EMBLEM.fullmatch(page[head].text):
        head += 1
    body, foot = page[head:-_FOOT], page[head:][-_FOOT:]
    kept = [*body, *(line for line in foot if not _resembles(line, rules["footers"]))]
    if head and kept:  # the line below still begins the page
        kept[0] = kept[0]._replace(starts_page=page[0].starts_page)
    return kept


def _resembles(line: Line, known: Sequence[str]) -> bool:
    text = _FIGURES.sub("0", line.text)
    return any(
        len(text) < 2 * len(phrase) and fuzz.partial_ratio(phrase, text, score_cutoff=_RESEMBLES) for phrase in known
    )
