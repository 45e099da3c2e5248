"""A letter as a scanner leaves it: one page that is an image and holds no text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from imr.synthetic.letter import SyntheticLetter
from imr.synthetic.pdf import PAPER, new_canvas
from imr.synthetic.render import folded, header_lines

if TYPE_CHECKING:
    from PIL.Image import Image

DPI = 150
MARGIN, FIRST_LINE, LINE = 120, 110, 25  # pixels
TILT = 0.4  # degrees by which the sheet lay askew
PAGE_LINES = (int(PAPER[1] / 72 * DPI) - 2 * FIRST_LINE) // LINE


def lines_of(letter: SyntheticLetter) -> list[str]:
    """All lines of the letter; it can be scanned if they are no more than `PAGE_LINES`."""
    head = header_lines(letter.header) if letter.header else []
    return head + [line.rstrip() for piece in letter.content for line in folded(piece)]


def scanned(letter: SyntheticLetter) -> bytes:
    """The bytes of a PDF whose only page is a picture of the letter."""
    from reportlab.lib.utils import ImageReader

    buffer = io.BytesIO()
    canvas = new_canvas(buffer)
    canvas.drawImage(ImageReader(_picture(lines_of(letter))), 0, 0, *PAPER)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _picture(lines: list[str]) -> Image:
    """Black text on white, a little askew, without shades of gray, so that it packs well."""
    from PIL import Image, ImageDraw, ImageFont

    width, height = (int(side / 72 * DPI) for side in PAPER)
    sheet = Image.new("L", (width, height), 255)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=20)
    for number, line in enumerate(lines):
        pen.text((MARGIN, FIRST_LINE + LINE * number), line, fill=0, font=font)
    askew = sheet.rotate(TILT, resample=Image.Resampling.BICUBIC, fillcolor=255)
    return askew.point(lambda shade: 255 if shade > 150 else 0)
