"""What is done to a scanned page before an engine sees it: scale, specks, skew, the rules of tables; in this order."""

from __future__ import annotations

import cv2
import numpy as np

from imr.reading.ocr.engine import DPI, Image

VERSION = "2"
"""Raised when a page or its text comes out otherwise: part of the key under which results are kept."""

_MOST_SKEW = 3.0  # degrees to either side
_STEPS = ((0.5, _MOST_SKEW), (0.1, 0.5))  # first coarsely, then finely around the best
_LEAST_SKEW = 0.05  # turning by less costs sharpness and gains nothing
_SMALL = 4  # the angle is looked for in a picture so many times smaller
_DARK = 170  # greys darker than this are ink
_DUST = 60  # pixels; every letter has more
_LOW_LETTER, _TALL_LETTER, _FEW_LETTERS = 15, 120, 12  # heights in pixels at 300 dpi, and how many are not a text
_LETTERS = 25  # pixels of the small picture: in a window of this size most is paper
_PAPER_IS = 0.95  # of the local background: less would thin letters, more would keep the noise
_RULE = 150  # pixels, half an inch: no letter has so long a stroke
_WHITE = 255


SIDES = {"upside down": 2, "on its left": 1, "on its right": 3, "white on black": 0}
"""Other ways in which a page may have been scanned, by the quarter turns that set it right."""


SIDEWAYS = ("on its left", "on its right")
_ON_ITS_SIDE = 2.0  # times: how much more columns of ink differ than rows, where lines of words run upwards


def lies_on_its_side(page: Image) -> bool:
    """Whether the lines of a page, be it small, run from its lower edge to the upper one, or the other way."""
    ink = _WHITE - page.astype(np.int64)
    height, width = ink.shape
    across, down = (ink.sum(axis=axis) / length for axis, length in ((1, width), (0, height)))
    return float(np.diff(down).var()) > _ON_ITS_SIDE * float(np.diff(across).var())


def turned(page: Image, side: str) -> Image:
    """A page set right that was scanned on one of the `SIDES`; a page that is mostly black is one white on black.

    Any other `side` leaves it as it lies.
    """
    page = np.rot90(page, SIDES.get(side, 0))
    black = float(np.median(page)) < _WHITE / 2
    return np.ascontiguousarray(_WHITE - page if black != (side == "white on black") else page).astype(np.uint8)


def prepared(page: Image, dpi: float) -> Image:
    """A page at the engines' resolution, without specks and straight."""
    if dpi < DPI:
        scale = DPI / dpi
        page = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    page = _bleached(cv2.medianBlur(page, 3).astype(np.uint8))
    angle = skew(page)
    return without_rules(page if abs(angle) < _LEAST_SKEW else _turned(page, angle))


def is_blank(page: Image) -> bool:
    """Whether a prepared page holds nothing of the size of letters: on bare noise engines spend a minute."""
    ink = (page < _DARK).astype(np.uint8)
    _, _, measures, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    heights, areas = measures[1:, cv2.CC_STAT_HEIGHT], measures[1:, cv2.CC_STAT_AREA]
    letters = (areas >= _DUST) & (heights >= _LOW_LETTER) & (heights <= _TALL_LETTER)
    return int(letters.sum()) < _FEW_LETTERS


def _bleached(page: Image) -> Image:
    """A page on white: grey paper and shaded cells become white, and with them most of the noise."""
    height, width = page.shape
    small = cv2.resize(page, (width // _SMALL, height // _SMALL), interpolation=cv2.INTER_AREA)
    paper = cv2.resize(cv2.medianBlur(small, _LETTERS), (width, height), interpolation=cv2.INTER_LINEAR)
    lit = page.astype(np.float32) / (np.maximum(paper, 1).astype(np.float32) * _PAPER_IS)
    return (np.minimum(lit, 1.0) * _WHITE).astype(np.uint8)


def without_rules(page: Image) -> Image:
    """A page without the straight lines around table cells, which engines take for letters."""
    ink = cv2.threshold(page, 0, _WHITE, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]
    rules = np.zeros_like(page)
    for kernel in ((_RULE, 1), (1, _RULE)):
        rules |= cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(kernel, np.uint8)).astype(np.uint8)
    cleared = page.copy()
    cleared[cv2.dilate(rules, np.ones((5, 5), np.uint8)) > 0] = int(np.median(page))
    return cleared


def skew(page: Image) -> float:
    """By how many degrees a page has to be turned for its lines to lie level."""
    height, width = (size // _SMALL for size in page.shape)
    small = (_WHITE - cv2.resize(page, (width, height), interpolation=cv2.INTER_AREA)).astype(np.uint8)
    best = 0.0
    for step, reach in _STEPS:
        angles = np.arange(best - reach, best + reach + step / 2, step)
        best = float(max(angles, key=lambda angle: _levelness(small, float(angle))))
    return best


def _levelness(page: Image, angle: float) -> float:
    """How much rows of ink and rows of paper differ: most when the lines of a page lie level."""
    return float(_turned(page, angle, fill=0).sum(axis=1, dtype=np.int64).var())


def _turned(page: Image, angle: float, fill: int = _WHITE) -> Image:
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=(fill,)).astype(np.uint8)
