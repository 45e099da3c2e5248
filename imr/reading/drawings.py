"""Whether what a page shows is in its text layer or has to be recognised: scans, outlines, fonts without letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

DEPTH = 15
"""How deep images and outlines may be nested in forms: pdfium itself reads no deeper nesting of more."""

_PAGE = 1000  # characters: a page with more is read as text, whatever else is drawn on it
_SCAN = 100  # characters: an image page with less is a scan with a stamp on it, however small the image
COVERS = 0.5  # of the page: an image that is one, and no emblem
_OUTLINES = 1000  # points and curves: fifty letters have so many, the rules of tables have not
_UNKNOWN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]+")
_LETTERS = 0.5  # of the characters of a text layer that have to be such


def needs_recognition(page: pdfium.PdfPage, text: str) -> bool:
    """Whether a page shows more than its text layer says: nothing, a stamp, or what no font gives letters to."""
    if len(text) >= _PAGE:
        return not is_legible(text)
    if not text.strip() and pdfium_c.FPDFPage_GetAnnotCount(page):
        return True
    if _is_text_alone(page):
        return not is_legible(text)
    shares = image_shares(page)
    return any(len(text) < _SCAN or share >= COVERS for share in shares) or _is_outlined(page) or not is_legible(text)


def _is_text_alone(page: pdfium.PdfPage) -> bool:
    """Whether nothing is drawn on a page but text; asked of pdfium itself, as it is true of most pages."""
    objects = (pdfium_c.FPDFPage_GetObject(page, number) for number in range(pdfium_c.FPDFPage_CountObjects(page)))
    return all(pdfium_c.FPDFPageObj_GetType(each) == pdfium_c.FPDF_PAGEOBJ_TEXT for each in objects)


def image_shares(page: pdfium.PdfPage) -> Iterator[float]:
    """The share of the page that each of its images covers."""
    width, height = page.get_size()
    for image in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=DEPTH):
        left, bottom, right, top = image.get_bounds()
        nested = image.level > 0  # its place is told in the form that holds it, which may be scaled
        yield 1.0 if nested else (right - left) * (top - bottom) / max(width * height, 1.0)


def without_text(page: pdfium.PdfPage) -> bool:
    """Take a page's text away before it is rendered, if it is a scan; what is left is what was scanned."""
    if not any(share >= COVERS for share in image_shares(page)):
        return False
    texts = [*page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT], max_depth=1)]
    for text in texts:
        page.remove_obj(text)
    return bool(texts)


def _is_outlined(page: pdfium.PdfPage) -> bool:
    """Whether so much is drawn by lines and curves that it may be words."""
    points = 0
    for path in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=DEPTH):
        points += pdfium_c.FPDFPath_CountSegments(path)
        if points >= _OUTLINES:
            return True
    return False


def is_legible(text: str) -> bool:
    """Whether a text layer is made of letters and figures, not of the codes of a font that names none."""
    unknown = sum(map(len, _UNKNOWN.findall(text)))
    return unknown < _SCAN or unknown < (1 - _LETTERS) * len(text)
