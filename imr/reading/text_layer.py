"""The text layer of a PDF page in the order in which people read it, whatever order it was drawn in.

Nearly every page is drawn from top to bottom, and pdfium's text is taken as it is. On any other page each word is put
where it stands: into its row, once if it was drawn twice, behind all others if it lies askew.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from imr.reading.annotations import Note
from imr.reading.margins import margin_lines
from imr.reading.rows import Word, in_reading_order

_UPWARDS = 40.0  # points by which a line may stand above the one before it, as beside a cell of three lines
_LEVEL = 3.5  # points between the baselines of words in one row
_ASKEW = math.radians(3)
_LINE_END = "\r\n"  # as pdfium has it
_LINE = re.compile(r"\S[^\r\n]*")
_HYPHENS = "\ufffe\u0002"
"""pdfium's marks of a hyphen at a line's end, where it joins two printed lines."""
_WORD = re.compile(rf"[^\s{_HYPHENS}]*[{_HYPHENS}]|[^\s{_HYPHENS}]+")


class TextLayer(NamedTuple):
    """The text of a page.

    `margins` are the offsets of the lines that stand apart in its margins, `overlaid` those of what lies over it: marks
    across the page, notes over its words.
    """

    text: str
    margins: tuple[int, ...] = ()
    overlaid: tuple[int, ...] = ()
    has_notes: bool = False
    """Somebody wrote on the page: text that is of no form field."""


class _Line(NamedTuple):
    """A line as pdfium gives it, where its first character stands, and in which directions its ends are printed."""

    start: int
    end: int
    y: float
    angle: float
    last_angle: float


def text_layer(text_page: pdfium.PdfTextPage, height: float, notes: Sequence[Note] = ()) -> TextLayer:
    """The text of a page of some height, in points, with the notes that stand on it."""
    text: str = text_page.get_text_range()
    if not text.isascii() and max(text) > "\uffff":
        # pdfium counts such characters twice, so that no offset could be trusted.
        return TextLayer("\r\n".join([text, *(note.text for note in notes)]))
    lines = [_line(text_page, match) for match in _LINE.finditer(text)]
    if not notes and _is_in_order(lines):
        return TextLayer(text, margin_lines({line.start: line.y for line in lines}, height))
    return _reordered(text_page, text, lines, height, notes)


def _line(text_page: pdfium.PdfTextPage, match: re.Match[str]) -> _Line:
    start, end = match.span()
    return _Line(start, end, _origin(text_page, start)[1], _angle(text_page, start), _angle(text_page, end - 1))


def _is_in_order(lines: Sequence[_Line]) -> bool:
    """Whether all lines are level and none stands above those before it."""
    lowest = accumulate((line.y for line in lines), min)
    return not any(_is_askew(line.angle, 0.0) or _is_askew(line.last_angle, 0.0) for line in lines) and all(
        line.y <= low + _UPWARDS for low, line in zip(lowest, lines[1:], strict=False)
    )


def _reordered(
    text_page: pdfium.PdfTextPage, text: str, lines: Sequence[_Line], height: float, notes: Sequence[Note]
) -> TextLayer:
    turn = _usual_angle(lines)
    askew: list[str] = []
    rows, over = in_reading_order(_in_runs(_words(text_page, text, lines, turn, askew)), notes)
    printed = [*(row.text for row in rows), *over, *filter(None, [" ".join(askew)])]
    starts = [*accumulate((len(each) + len(_LINE_END) for each in printed), initial=0)]
    baselines = dict(zip(starts, (row.y for row in rows), strict=False))
    margins = () if turn else margin_lines(baselines, height)
    has_notes = any(note.free for note in notes)
    return TextLayer(_LINE_END.join(printed), margins, tuple(starts[len(rows) : -1]), has_notes)


def _in_runs(words: Iterable[Word]) -> list[Word]:
    """The words, each with the run it is of: a new one begins with a line that stands above the one before.

    A line a little above, and to the right, is of the next cell in a table's row.
    """
    found: list[Word] = []
    run, begins = 0, 0.0
    for word in words:
        if found and word.line != found[-1].line:
            up = word.y - found[-1].y
            run += up > _UPWARDS or (up > _LEVEL and word.x <= begins)
        begins = word.x if not found or word.line != found[-1].line else begins
        found.append(word._replace(run=run))
    return found


def _words(
    text_page: pdfium.PdfTextPage, text: str, lines: Sequence[_Line], turn: float, askew: list[str]
) -> Iterator[Word]:
    """The words of lines; one that was broken at a hyphen is two words of two lines, as it was printed.

    Words that lie across the page are put aside, as `askew`.
    """
    number = 0
    for line in lines:
        for match in _WORD.finditer(text, line.start, line.end):
            if _is_askew(_angle(text_page, match.start()), turn):
                askew.append(match[0])
                continue
            word = match[0].rstrip(_HYPHENS)
            broken = len(word) < len(match[0])
            x, y = _turned(*_origin(text_page, match.start()), turn)
            left, bottom, right, top = text_page.get_charbox(match.start() + max(len(word) - 1, 0))
            end = max(_turned(*corner, turn)[0] for corner in ((left, bottom), (right, top)))
            yield Word(x, max(x, end), y, word + "-" * broken, line=number)
            number += broken
        number += 1


def _usual_angle(lines: Sequence[_Line]) -> float:
    """The direction in which most of a page's characters are printed."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[round(line.angle, 2)] += line.end - line.start
    return max(counts, key=lambda angle: counts[angle], default=0.0)


def _is_askew(angle: float, usual: float) -> bool:
    return abs(math.remainder(angle - usual, 2 * math.pi)) > _ASKEW


def _turned(x: float, y: float, angle: float) -> tuple[float, float]:
    """A place on a page that is turned until its text is level."""
    if not angle:
        return x, y
    cosine, sine = math.cos(angle), math.sin(angle)  # pdfium counts clockwise
    return x * cosine - y * sine, x * sine + y * cosine


def _angle(text_page: pdfium.PdfTextPage, index: int) -> float:
    angle: float = pdfium_c.FPDFText_GetCharAngle(text_page, index)
    return angle


def _origin(text_page: pdfium.PdfTextPage, index: int) -> tuple[float, float]:
    """Where a character stands, its line's height in whole points: text of one line may differ by less."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium_c.FPDFText_GetCharOrigin(text_page, index, x, y)
    return x.value, float(round(y.value))
