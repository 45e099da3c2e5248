"""Recognising a page of a PDF: refused if too large, taken from the cache if known, read again if in doubt."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from imr.errors import Code, UnreadableError
from imr.reading.ocr.cache import OcrCache
from imr.reading.ocr.engine import DPI, GATE, Engine, Image, OcrPage, page_of
from imr.reading.ocr.preparation import VERSION, is_blank, prepared
from imr.reading.ocr.rapid import rapid_ocr
from imr.reading.ocr.tesseract import tesseract

MAX_PIXELS = 40_000_000
"""A letter page at 600 dpi has 34 million; a page of more is refused before it is rendered."""

PAGE_SECONDS = 60.0
"""How long an engine may take for one page."""

_POINTS = 72  # to the inch
_LEAST_DPI = 100  # of an image that is laid over half of a page, say


class Recogniser:
    """Recognises pages of one document."""

    def __init__(self, cache: OcrCache) -> None:
        self._cache = cache

    def page(self, page: pdfium.PdfPage, number: int) -> OcrPage:
        """The text of a page, by the second engine where the first is in doubt and the second is surer.

        Raises:
            UnreadableError: `image_too_large`.
            ResourceError: `timed_out`.
        """
        dpi = _dpi(page)
        first = self._read(tesseract(), page, number, dpi)
        second = rapid_ocr() if (first.low_share or 0) > GATE else None
        if second is None:
            return first
        other = self._read(second, page, number, dpi)
        return other if other.words and (other.low_share or 0) < (first.low_share or 0) else first

    def _read(self, engine: Engine, page: pdfium.PdfPage, number: int, dpi: float) -> OcrPage:
        name = f"{engine.name} prepared {VERSION}"
        known = self._cache.get(number, name)
        if known is not None:
            return known
        image = prepared(_rendered(page, dpi), dpi)
        result = page_of([] if is_blank(image) else engine.lines(image, PAGE_SECONDS), name)
        self._cache.put(number, result)
        return result


def document_cache(root: Path, document_id: str) -> OcrCache:
    """The cache of one document in the cache folder of a lake."""
    return OcrCache(root / document_id[:2] / document_id)


def _dpi(page: pdfium.PdfPage) -> float:
    """The resolution to render a page at: that of its largest image, at most the engines'.

    Raises:
        UnreadableError: `image_too_large`, judged by what the file says of its images, before anything is rendered.
    """
    width, height = page.get_size()
    images = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3)
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
