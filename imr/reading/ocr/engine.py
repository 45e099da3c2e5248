"""What an OCR engine is: an image of a page in, its lines and how sure it is of their words out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
"""A page in grey at `DPI`, a row of pixels after the other, dark on light."""

DPI = 300
"""The resolution at which engines see a page."""

LOW_CONFIDENCE = 60
"""Words of which an engine is less sure than this, of 100, count as doubtful."""

GATE = 0.015
"""Share of doubtful words above which a page is doubtful as a whole: good scans stay below .008, bad ones do not."""

_PARAGRAPH_PITCH = 1.6  # line distances, in terms of the page's usual one, from which a gap is a paragraph's


class OcrLine(NamedTuple):
    """One recognised line, where it stands on the page (in pixels) and how sure the engine is of each word."""

    text: str
    top: float
    bottom: float
    confidences: tuple[float, ...]


class Engine(Protocol):
    """An OCR engine. It is made once for each worker process and kept."""

    @property
    def name(self) -> str:
        """Name and version, with all that its results depend on: part of the key of the cache."""

    def lines(self, image: Image, seconds: float) -> list[OcrLine]:
        """The lines of a page from top to bottom.

        Raises:
            ResourceError: `timed_out` after so many seconds.
        """


class OcrPage(NamedTuple):
    """The text of one page, and how sure its engine is of it: mean confidence and share of doubtful words."""

    text: str
    confidence: float | None
    low_share: float | None
    words: int
    engine: str
    without_text: bool = False
    """Only what was scanned is recognised: the page had text on it, which was taken away before."""
    unread: bool = False
    """Something is on the page that could not be read, at no orientation."""


_MARKS = frozenset("&+/%#\u2022")
_DASHES = frozenset("-\u2013\u2014")
_SURE_OF_A_DASH = 75


def is_speck(word: str, confidence: float) -> bool:
    """Whether what an engine took for a word is dirt: no letter or figure, no mark that stands alone, no sure dash."""
    if any(map(str.isalnum, word)) or set(word) <= _MARKS:
        return False
    return not (set(word) <= _DASHES and confidence >= _SURE_OF_A_DASH)


def page_of(lines: Sequence[OcrLine], engine: str) -> OcrPage:
    """The lines as a page's text from top to bottom, with an empty line where paragraphs are set apart.

    Engines give what stands beside the text, as an emblem does, after it.
    """
    lines = sorted(lines, key=lambda line: line.top + line.bottom)
    confidences = [confidence for line in lines for confidence in line.confidences]
    words = len(confidences)
    low = sum(confidence < LOW_CONFIDENCE for confidence in confidences)
    mean = sum(confidences) / words if words else None
    return OcrPage(_text(lines), mean, low / words if words else None, words, engine)


def _text(lines: Sequence[OcrLine]) -> str:
    pitches = sorted(below.top - above.top for above, below in pairwise(lines))
    usual = next((pitch for pitch in pitches[len(pitches) // 2 :]), 0.0)
    text: list[str] = []
    for above, line in zip([None, *lines], lines, strict=False):
        apart = above is not None and line.top - above.top > _PARAGRAPH_PITCH * usual
        text.append(("\n" if apart else "") + line.text)
    return "\n".join(text)
