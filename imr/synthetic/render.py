"""A synthetic letter as text: as the text layer of its PDF reads, or as other extractors leave it."""

from __future__ import annotations

from collections.abc import Iterator

from imr.synthetic.letter import Header, Piece, SyntheticLetter, printed

WIDTH = 97  # characters a line, about what 12 point Times holds between the margins
PAGE = 46  # lines a page


def text_of(letter: SyntheticLetter) -> str:
    """The letter as a text file.

    plain: single newlines, one blank line where a page ends; wrapped lines keep their closing blank.
    spread: every line, empty ones included, followed by a blank one, more of them where a page ends.
    """
    lines = header_lines(letter.header) if letter.header else []
    spread = letter.layout == "spread"
    for piece in letter.content:
        if spread and lines and piece.role != "body":
            lines.append("")
        lines += folded(piece)
    return _spread(lines) if spread else _plain(lines)


def header_lines(header: Header) -> list[str]:
    """The table at the top in the order a text layer gives it: the label of the last cell runs over two lines."""
    return [
        f"Case Number: {header.case_number}",
        f"Date Assigned: {printed(header.date_assigned)} Date of Injury: {printed(header.date_of_injury)}",
        f"Decision Date: {printed(header.decision_date)} UR Denial Date: {printed(header.ur_denial_date)}",
        f"Priority: {header.priority} Application ",
        "Received: ",
        printed(header.application_received),
    ]


def folded(piece: Piece, width: int = WIDTH) -> list[str]:
    """The lines of a paragraph, broken at blanks and where the text says so."""
    glue = "" if not piece.lead or piece.text.startswith("\n") else " "
    return [line for part in f"{piece.lead}{glue}{piece.text}".split("\n") for line in _folded(part, width)]


def _folded(text: str, width: int) -> Iterator[str]:
    start = 0
    while len(text) - start > width:
        cut = text.rfind(" ", start, start + width + 1)
        if cut < 0:  # a word longer than the line: break behind it
            cut = text.find(" ", start)
        if cut < 0:
            break
        yield text[start : cut + 1]
        start = cut + 1
    yield text[start:]


def _plain(lines: list[str]) -> str:
    pages = (lines[start : start + PAGE] for start in range(0, len(lines), PAGE))
    return "\n\n".join("\n".join(page) for page in pages) + "\n"


def _spread(lines: list[str]) -> str:
    pages = (lines[start : start + PAGE] for start in range(0, len(lines), PAGE))
    return " " + "\n\n\n".join("".join(f"{line.rstrip()} \n\n" for line in page) for page in pages)
