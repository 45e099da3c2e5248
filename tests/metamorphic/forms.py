"""The files in which one letter comes: pages drawn in other orders and ways, scans, packed and padded files."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pypdfium2 as pdfium
from PIL import Image
from pypdf import PdfReader, PdfWriter, Transformation
from pypdf.annotations import FreeText
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.metamorphic.variants import Pages

if TYPE_CHECKING:
    from imr.reading.ocr.engine import Image as Picture

PAPER = (612.0, 792.0)
LEFT, TOP, LEADING, SIZE = 72.0, 730.0, 13.0, 11.0
STAMP = "ACME CLAIMS SERVICES 07/12/2017 10:33 AM, SECOND FLOOR, TRAY ELEVEN, PAGE 2 OF 3, GIVEN TO THE DESK OF MS. EXAMPLE, ACME0001"

Place = tuple[float, float, str]
"""A text, and where it stands on its page."""
Draw = Callable[[Canvas, int, list[Place]], None]


def places(page: Sequence[str]) -> list[Place]:
    return [(LEFT, TOP - LEADING * number, line) for number, line in enumerate(page)]


def put(canvas: Canvas, texts: Iterable[Place]) -> None:
    canvas.setFont("Times-Roman", SIZE)
    for x, y, text in texts:
        canvas.drawString(x, y, text)


def plainly(canvas: Canvas, number: int, texts: list[Place]) -> None:
    put(canvas, texts)


def pdf(pages: Pages, draw: Draw = plainly) -> bytes:
    """A PDF of pages of lines, each page drawn in some way; pages are counted from 0."""
    file = io.BytesIO()
    canvas = Canvas(file, PAPER, invariant=True)
    for number, page in enumerate(pages):
        draw(canvas, number, places(page))
        canvas.showPage()
    canvas.save()
    return file.getvalue()


# Orders of drawing


def header_last(canvas: Canvas, number: int, texts: list[Place]) -> None:
    put(canvas, texts[6:] + texts[:6])


def from_the_bottom_up(canvas: Canvas, number: int, texts: list[Place]) -> None:
    put(canvas, texts[::-1])


def twice(canvas: Canvas, number: int, texts: list[Place]) -> None:
    put(canvas, texts + texts)


def with_shadows(canvas: Canvas, number: int, texts: list[Place]) -> None:
    put(canvas, [(x + 0.7, y - 0.7, text) for x, y, text in texts])
    put(canvas, texts)


def footer_first(canvas: Canvas, number: int, texts: list[Place]) -> None:
    put(canvas, [(LEFT, 36.0, f"Zentrum Blau, shelf {number + 7}")])
    put(canvas, texts)


def watermark(canvas: Canvas, *, last: bool) -> None:
    canvas.saveState()
    canvas.setFont("Helvetica", 60)
    canvas.setFillGray(0.8)
    canvas.translate(150, 250)
    canvas.rotate(45)
    canvas.drawString(0, 0, "Zentrum Blau")
    canvas.restoreState()


def watermark_first(canvas: Canvas, number: int, texts: list[Place]) -> None:
    watermark(canvas, last=False)
    put(canvas, texts)


def watermark_last(canvas: Canvas, number: int, texts: list[Place]) -> None:
    put(canvas, texts)
    watermark(canvas, last=True)


# The header as a table whose values are drawn after its labels, filled in or written on the page

ROWS = ("case", "assigned", "injury", "decided", "denied", "priority", "received")
LABELS = dict(
    zip(
        ROWS,
        ("Case Number:", "Date Assigned:", "Date of Injury:", "Decision Date:", "UR Denial Date:", "Priority:", "Application Received:"),
        strict=True,
    )
)  # fmt: skip


def with_table(values: dict[str, str], write: Callable[[Canvas, float, float, str, str], None]) -> Draw:
    """The first page with its header as labels, one on each line, and what writes the values beside them."""

    def draw(canvas: Canvas, number: int, texts: list[Place]) -> None:
        if number:
            return put(canvas, texts)
        rows = [(LEFT, TOP + LEADING * (1 - n), name) for n, name in enumerate(ROWS)]
        put(canvas, [(x, y, LABELS[name]) for x, y, name in rows])
        put(canvas, texts[6:])
        for x, y, name in rows:
            write(canvas, x + 140, y, name, values[name])
        return None

    return draw


def as_text(canvas: Canvas, x: float, y: float, name: str, value: str) -> None:
    put(canvas, [(x, y, value)])


def as_field(canvas: Canvas, x: float, y: float, name: str, value: str) -> None:
    canvas.acroForm.textfield(name=name, value=value, x=x, y=y - 3, width=120, height=12, fontSize=9, borderWidth=0)


def nothing(canvas: Canvas, x: float, y: float, name: str, value: str) -> None:
    """The values come as annotations."""


def with_notes(data: bytes, notes: Iterable[Place]) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    for x, y, text in notes:
        writer.add_annotation(0, FreeText(text=text, rect=(x, y - 3, x + 120, y + 10)))
    return saved(writer)


def saved(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def merged(*files: bytes) -> bytes:
    writer = PdfWriter()
    for data in files:
        writer.append(io.BytesIO(data))
    return saved(writer)


def with_files(cover: bytes, *files: bytes) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(cover)))
    for number, data in enumerate(files):
        writer.add_attachment(f"{number}.pdf", data)
    return saved(writer)


def on_turned_pages(data: bytes, angle: int) -> bytes:
    """The same to look at, but drawn askew on pages that viewers turn back."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    width, height = PAPER
    shift = {90: (height, 0.0), 180: (width, height), 270: (0.0, width)}[angle]
    for page in writer.pages:
        page.add_transformation(Transformation().rotate(angle).translate(*shift))
        page.rotate(angle)
        if angle != 180:
            page.mediabox.upper_right = (height, width)
    return saved(writer)


# Pages without a text layer


def rendered(data: bytes, number: int, dpi: int = 200) -> Picture:
    with pdfium.PdfDocument(data) as document:
        bitmap = document[number].render(scale=dpi / 72, grayscale=True)
        return bitmap.to_numpy().reshape(bitmap.height, bitmap.width).copy()  # type: ignore[no-any-return]


def scan(picture: Picture) -> ImageReader:
    return ImageReader(Image.fromarray(picture))


def last_page_as(pages: Pages, draw: Callable[[Canvas, Picture], None], dpi: int = 200) -> bytes:
    """The letter with its last page drawn from a picture of it."""
    picture, last = rendered(pdf(pages), len(pages) - 1, dpi), len(pages) - 1

    def draw_page(canvas: Canvas, number: int, texts: list[Place]) -> None:
        if number == last:
            draw(canvas, picture)
        else:
            put(canvas, texts)

    return pdf(pages, draw_page)


def as_scan(canvas: Canvas, picture: Picture) -> None:
    canvas.drawImage(scan(picture), 0, 0, *PAPER)


def white_on_black(canvas: Canvas, picture: Picture) -> None:
    as_scan(canvas, 255 - picture)


def turned_by(quarters: int) -> Callable[[Canvas, Picture], None]:
    def draw(canvas: Canvas, picture: Picture) -> None:
        turned = np.ascontiguousarray(np.rot90(picture, quarters))
        height, width = (side / 200 * 72 for side in turned.shape)
        canvas.setPageSize((width, height))
        canvas.drawImage(scan(turned), 0, 0, width, height)

    return draw


def under_a_stamp(canvas: Canvas, picture: Picture) -> None:
    as_scan(canvas, picture)
    canvas.setFont("Helvetica", 6)
    canvas.drawString(60, 400, STAMP)


def in_forms(canvas: Canvas, picture: Picture) -> None:
    """Forms in one another, with the picture in the innermost."""
    canvas.beginForm("form0")
    as_scan(canvas, picture)
    canvas.endForm()
    for depth in range(1, 6):
        canvas.beginForm(f"form{depth}")
        canvas.doForm(f"form{depth - 1}")
        canvas.endForm()
    canvas.doForm("form5")


def as_outlines(canvas: Canvas, picture: Picture) -> None:
    """The letters as filled curves, as from a font that was turned into outlines."""
    contours, _ = cv2.findContours((picture < 128).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    scale = PAPER[0] / picture.shape[1]
    path = canvas.beginPath()
    for contour in contours:
        points = [(x * scale, PAPER[1] - y * scale) for ((x, y),) in contour]
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        path.close()
    canvas.drawPath(path, stroke=0, fill=1, fillMode=0)


def scrawled(canvas: Canvas, picture: Picture) -> None:
    """Words that nobody can read: blots of the size of letters."""
    blots = np.full((2200, 1700), 255, np.uint8)
    generator = np.random.default_rng(5)
    for _ in range(900):
        x, y = int(generator.integers(100, 1600)), int(generator.integers(100, 2100))
        axes = (int(generator.integers(6, 16)), int(generator.integers(10, 22)))
        cv2.ellipse(blots, (x, y), axes, float(generator.integers(180)), 0, float(generator.integers(90, 360)), 0, 4)
    as_scan(canvas, blots)
