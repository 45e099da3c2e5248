"""Recognising a page of a PDF: refused if too large, taken from the cache if known, read again if in doubt."""

from __future__ import annotations

from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from imr.errors import Code, ResourceError, UnreadableError
from imr.reading.drawings import DEPTH, without_text
from imr.reading.ocr.cache import OcrCache
from imr.reading.ocr.engine import DPI, GATE, Engine, Image, OcrPage, page_of
from imr.reading.ocr.preparation import (
    SIDES,
    SIDEWAYS,
    VERSION,
    is_blank,
    lies_on_its_side,
    prepared,
    turned,
)
from imr.reading.ocr.rapid import rapid_ocr
from imr.reading.ocr.tesseract import tesseract

MAX_PIXELS = 40_000_000
"""A letter page at 600 dpi has 34 million; a page of more is refused before it is rendered."""

PAGE_SECONDS = 60.0
"""How long an engine may take for one page."""

_POOR = 0.2  # of doubtful words: bad scans that lie upright have half of it at most
_UNREAD = 0.5
_FEW = 12  # words: of a page that lies on its side hardly any are seen
_COARSE_DPI = 50  # at which lines of words can be told from columns
_POINTS = 72  # to the inch
_LEAST_DPI = 100  # of an image that is laid over half of a page, say


class Recogniser:
    """Recognises pages of one document."""

    def __init__(self, cache: OcrCache) -> None:
        self._cache = cache

    def page(self, page: pdfium.PdfPage, number: int) -> OcrPage:
        """The text of a page, by the second engine where the first is in doubt and the second is surer.

        Text that lies on a scan is no part of it. A page of which little is recognised is tried the other ways round,
        and white on black.

        Raises:
            UnreadableError: `image_too_large`.
            ResourceError: `timed_out`.
        """
        dpi = _dpi(page)
        scan = _Scan(page, number, dpi, "without text" if without_text(page) else "")
        first, side = self._best(scan)
        second = rapid_ocr() if (first.low_share or 0) > GATE else None
        if second is not None:
            other = self._read(second, scan, side)
            first = other if other.words and (other.low_share or 0) < (first.low_share or 0) else first
        unread = first.low_share is not None and first.low_share > _UNREAD
        return first._replace(without_text=bool(scan.kind), unread=first.unread or unread)

    def _best(self, scan: _Scan) -> tuple[OcrPage, str]:
        """The page as most of its words are sure, and the side it was turned to for that; upright if that will do."""
        tried = ["", *SIDES]
        if lies_on_its_side(turned(_rendered(scan.page, _COARSE_DPI), "")):
            tried = [*SIDEWAYS, *(side for side in tried if side not in SIDEWAYS)]
        readings: list[tuple[OcrPage, str]] = []
        late: ResourceError | None = None
        for side in tried:
            try:
                readings.append((self._read(tesseract(), scan, side), side))
            except ResourceError as error:  # engines spend long on what lies the wrong way round
                late = error
                continue
            if not _is_poor(readings[-1][0]):
                break
        if late and not readings:
            raise late
        return max(readings, key=lambda reading: _sureness(reading[0]))

    def _read(self, engine: Engine, scan: _Scan, side: str) -> OcrPage:
        name = " ".join(filter(None, [engine.name, f"prepared {VERSION}", scan.kind, side]))
        known = self._cache.get(scan.number, name)
        if known is not None:
            return known
        image = prepared(turned(_rendered(scan.page, scan.dpi), side), scan.dpi)
        blank = is_blank(image)
        lines = [] if blank else engine.lines(image, PAGE_SECONDS)
        result = page_of(lines, name)._replace(unread=not lines and not blank)
        self._cache.put(scan.number, result)
        return result


class _Scan(NamedTuple):
    """A page to be recognised, its resolution and, as a part of the cache's key, what was done to it before."""

    page: pdfium.PdfPage
    number: int
    dpi: float
    kind: str


def _is_poor(page: OcrPage) -> bool:
    """Whether so little of a page was recognised that it may lie the wrong way round."""
    return page.unread or (page.low_share or 0) > _POOR or 0 < page.words < _FEW


def _sureness(page: OcrPage) -> float:
    """How much was recognised: of a page that lies otherwise an engine makes words, too, but is not sure of them."""
    return page.words * (1 - (page.low_share or 0)) * ((page.confidence or 0) / 100) ** 2


def _dpi(page: pdfium.PdfPage) -> float:
    """The resolution to render a page at: that of its largest image, at most the engines'.

    Raises:
        UnreadableError: `image_too_large`, judged by what the file says of its images, before anything is rendered.
    """
    width, height = page.get_size()
    images = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=DEPTH)
    sizes = [image.get_px_size() for image in images]
    dpi = max((columns * _POINTS / width for columns, _ in sizes), default=DPI) if width else DPI
    dpi = min(max(dpi, _LEAST_DPI), DPI)
    most = max([width * height * (DPI / _POINTS) ** 2, *(columns * rows for columns, rows in sizes)])
    if most > MAX_PIXELS:
        raise UnreadableError(Code.IMAGE_TOO_LARGE, f"a page or an image on it has {most:.0f} pixels")
    return dpi


def _rendered(page: pdfium.PdfPage, dpi: float) -> Image:
    bitmap = page.render(scale=dpi / _POINTS, grayscale=True)
    image: Image = bitmap.to_numpy().reshape(bitmap.height, bitmap.width).copy()
    return image
