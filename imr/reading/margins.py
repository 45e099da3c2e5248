"""The lines of a PDF page that stand apart in its margins, as running headers and footers do."""

from __future__ import annotations

import ctypes
import re
from itertools import pairwise
from statistics import median_low

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

_MARGIN = 72.0  # points: the margin of a letter page, into which no line of its text reaches
_APART = 1.6  # times the usual distance of two lines
_USUAL = 14.0  # points: the distance where a page has too few lines to tell
_LINE = re.compile(r"\S[^\r\n]*")


def margin_lines(text_page: pdfium.PdfTextPage, text: str, height: float) -> tuple[int, ...]:
    """The offsets in a page's `text` of the lines above or below everything else on a page of some height, in points.

    Such a line has its baseline in the page's margin, and more room than lines of one text between itself and the
    rest of the page.
    """
    if not text.isascii() and any(ord(character) > 0xFFFF for character in text):
        return ()  # pdfium counts such characters twice, so that no offset could be trusted
    baselines = {match.start(): _baseline(text_page, match.start()) for match in _LINE.finditer(text)}
    levels = sorted(set(baselines.values()))
    gaps = [above - below for below, above in pairwise(levels)]
    apart = _APART * (median_low(gaps) if len(gaps) > 1 else _USUAL)
    low = next((n for n, gap in enumerate(gaps, 1) if gap > apart and levels[n - 1] < _MARGIN <= levels[n]), 0)
    high = next(
        (n for n, gap in enumerate(gaps, 1) if gap > apart and levels[n - 1] <= height - _MARGIN < levels[n]), 0
    )
    outside = {*levels[:low], *(levels[high:] if high else ())}
    return tuple(start for start, level in baselines.items() if level in outside)


def _baseline(text_page: pdfium.PdfTextPage, index: int) -> float:
    """How high the line of a character stands, in whole points: text of one line may differ by less."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium_c.FPDFText_GetCharOrigin(text_page, index, x, y)
    return float(round(y.value))
