"""Synthetic letters as PDF files in the look of the real ones: letter paper, 12 point Times, a table on top.

Like the real files they are encrypted with an empty user password, and copying is disallowed. Needs the `synthetic`
extra (reportlab), which is imported only when a file is made. The same content always gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from imr.synthetic.letter import Header, Piece, SyntheticLetter, printed

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

PAPER = (612.0, 792.0)  # US letter, in points
LEFT, RIGHT, TOP, BOTTOM = 72.0, 540.0, 720.0, 72.0
FONTS = {False: "Times-Roman", True: "Times-Bold"}
SIZE, LEADING, GAP = 12.0, 13.8, 9.0
COLUMNS = (66.0, 176.0, 324.0, 420.0, 546.0)  # left edges of the table's cells, and its right edge
OWNER_PASSWORD = "sample letters of our own making"  # guards nothing: the text is invented
BREAKS = re.compile(r"(?<=[A-Za-z]-)(?=[A-Za-z])")  # a line may end behind a hyphen inside a word


class _Word(NamedTuple):
    text: str
    bold: bool
    blank: bool  # whether a blank follows


def pdf_of(letter: SyntheticLetter) -> bytes:
    """The letter as the bytes of a PDF file."""
    return typeset(letter.content, letter.header)


def typeset(content: Iterable[Piece], header: Header | None = None) -> bytes:
    """Set paragraphs on as many pages as they need, with the header table on the first."""
    buffer = io.BytesIO()
    canvas = new_canvas(buffer)
    y = TOP
    if header:
        y = _draw_table(canvas, header)
    for piece in content:
        # A heading goes to the next page rather than stand alone at the foot of one.
        y = _draw(canvas, piece, y - GAP, BOTTOM + 2 * LEADING if piece.role == "heading" else BOTTOM)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def new_canvas(buffer: io.BytesIO) -> Canvas:
    """An empty encrypted document without author, title or time."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    lock = StandardEncryption(
        "", ownerPassword=OWNER_PASSWORD, canPrint=1, canModify=0, canCopy=0, canAnnotate=0, strength=128
    )
    canvas = Canvas(buffer, pagesize=PAPER, invariant=1, encrypt=lock)
    for forget in (canvas.setAuthor, canvas.setTitle, canvas.setSubject, canvas.setCreator):
        forget("")
    return canvas


def _draw_table(canvas: Canvas, header: Header) -> float:
    """Draw the header table; cells in the order in which a text layer is read. Gives the height below it."""
    rows = (
        ("Case Number:", header.case_number, "", ""),
        ("Date Assigned:", printed(header.date_assigned), "Date of Injury:", printed(header.date_of_injury)),
        ("Decision Date:", printed(header.decision_date), "UR Denial Date:", printed(header.ur_denial_date)),
        ("Priority:", header.priority, "Application \nReceived: ", printed(header.application_received)),
    )
    y = TOP
    for row in rows:
        height = 27.0 if "\n" in row[2] else 14.5
        for column, text in enumerate(row):
            left, width = COLUMNS[column], COLUMNS[column + 1] - COLUMNS[column]
            canvas.setFillGray(1.0 if column % 2 else 0.88)
            canvas.rect(left, y - height, width, height, fill=1)
            canvas.setFillGray(0.0)
            canvas.setFont("Helvetica" if column % 2 else "Helvetica-Bold", 10.5)
            for line, part in enumerate(text.split("\n")):
                canvas.drawString(left + 5, y - 10.5 - 12 * line, part)
        y -= height
    return y - GAP


def _draw(canvas: Canvas, piece: Piece, y: float, bottom: float) -> float:
    """Draw one paragraph from height `y` downwards, over a page break if need be; gives the height below it."""
    for line in _lines(piece):
        if y - LEADING < bottom:
            canvas.showPage()
            y = TOP
        y -= LEADING
        run = canvas.beginText((PAPER[0] - _width(line)) / 2 if piece.role == "heading" else LEFT, y)
        for part, bold in _runs(line):
            run.setFont(FONTS[bold], SIZE)
            run.textOut(part)
        canvas.drawText(run)
    return y


def _words(piece: Piece) -> Iterator[list[_Word]]:
    """The words of a paragraph, one list for each line that the text itself ends."""
    words: list[_Word] = []
    heading = piece.role == "heading"
    for text, bold in ((piece.lead, True), (piece.text, heading)):
        for number, part in enumerate(text.split("\n")):
            if number:
                yield _closed(words)
                words = []
            for word in part.split():
                *heads, tail = BREAKS.split(word)
                words += [_Word(head, bold, False) for head in heads]
                words.append(_Word(tail, bold, True))
    yield _closed(words)


def _closed(words: list[_Word]) -> list[_Word]:
    """The words of a line that the text itself ends: no blank follows the last."""
    return [*words[:-1], words[-1]._replace(blank=False)]


def _lines(piece: Piece) -> Iterator[list[_Word]]:
    for words in _words(piece):
        line: list[_Word] = []
        for word in words:
            if line and _width([*line, word]) > RIGHT - LEFT:
                yield line
                line = []
            line.append(word)
        yield line


def _width(line: list[_Word]) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    width = sum(stringWidth(text, FONTS[bold], SIZE) for text, bold in _runs(line))
    return float(width - stringWidth(" ", FONTS[False], SIZE) * line[-1].blank)


def _runs(line: list[_Word]) -> list[tuple[str, bool]]:
    """The stretches of one font, each word with the blank behind it."""
    runs: list[tuple[str, bool]] = []
    for word in line:
        text = f"{word.text} " if word.blank else word.text
        if runs and runs[-1][1] == word.bold:
            runs[-1] = (runs[-1][0] + text, word.bold)
        else:
            runs.append((text, word.bold))
    return runs
