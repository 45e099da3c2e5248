"""Letters as scans of themselves: printed, laid askew on a scanner, blurred, speckled and squeezed as JPEG.

For measuring what OCR loses: the labels of a letter hold for its scan as well. The same seed gives the same scans.
Needs the `ocr` extra.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium

Page = npt.NDArray[np.uint8]
"""One page in grey, a row of pixels after the other."""

DPI = 200
_WHITE = 255
_PAPER, _INK, _SPECK = 236, 45, 60  # no scanner sees white as white and black as black


class Level(StrEnum):
    """How bad a scan is."""

    NORMAL = "normal"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class _Harm:
    """What is done to a page: skew in degrees to either side, blur and noise as standard deviations in pixels and
    grey levels, the share of pixels that are specks, the quality of the JPEG.
    """

    skew: float
    blur: float
    noise: float
    specks: float
    quality: int


_HARMS = {Level.NORMAL: _Harm(1.0, 0.6, 10.0, 0.0005, 50), Level.HARD: _Harm(1.8, 1.0, 24.0, 0.002, 25)}


def write_scans(letters: Iterable[Path], folder: Path, level: Level, seed: int = 0) -> int:
    """Write a scan of each PDF under its own name into a folder; gives how many were written.

    What no printer could print, as it is no sound PDF, is passed over.
    """
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for number, letter in enumerate(sorted(letters)):
        generator = np.random.default_rng([seed, number])
        try:
            pages = [Image.fromarray(_scanned(page, _HARMS[level], generator)) for page in _printed(letter)]
        except pdfium.PdfiumError:
            continue
        options = {"resolution": DPI, "quality": _HARMS[level].quality, "save_all": True}
        pages[0].save(folder / letter.name, "PDF", append_images=pages[1:], **options)
        count += 1
    return count


def _printed(letter: Path) -> list[Page]:
    """The pages of a PDF as a printer would set them."""
    with pdfium.PdfDocument(letter) as document:
        bitmaps = [page.render(scale=DPI / 72, grayscale=True) for page in document]
        return [bitmap.to_numpy().reshape(bitmap.height, bitmap.width).copy() for bitmap in bitmaps]


def _scanned(page: Page, harm: _Harm, generator: np.random.Generator) -> Page:
    """A page as a scanner gives it."""
    import cv2

    height, width = page.shape
    angle = generator.uniform(-harm.skew, harm.skew)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    askew = cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=(_WHITE,))
    blurred = cv2.GaussianBlur(askew, (0, 0), harm.blur)
    noisy = _INK + blurred * ((_PAPER - _INK) / _WHITE) + generator.normal(0, harm.noise, page.shape)
    noisy[generator.random(page.shape) < harm.specks] = _SPECK
    return np.clip(noisy, 0, _WHITE).astype(np.uint8)
