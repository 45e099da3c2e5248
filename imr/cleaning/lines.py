"""A raw text as printed lines, and what they tell about the paragraphs they once were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from imr.cleaning.characters import in_one_form, without_margins

HYPHEN_JOIN = "\ufffe"
"""pdfium's mark of a hyphen at a line end; it joins the two printed lines there."""

_SPREAD = 0.6  # share of lines followed by an empty one from which a text counts as double spaced
_LONGEST_PRINTED = 200  # characters; no letter page prints a longer line, so a longer one is a paragraph
_LONG_LINES = 5  # the width is that of the fifth longest line: a web address may stick out

# Adobe's metrics of Times-Roman, in quarters of a thousandth of an em so that a width fits a byte.
_METRICS = {
    250: " ,.'|", 278: "/:;\\ijlt", 333: "!()-I[]`fr", 389: "Js", 408: '"', 444: "?acez^", 480: "{}",
    541: "~", 556: "FPS", 564: "+<=>", 611: "ELTZ", 667: "BCR", 722: "ADGHKNOQUVXYw", 778: "&m", 833: "%",
    889: "M", 921: "@", 944: "W",
}  # fmt: skip
_WIDTHS = [chr(500 // 4)] * 0x180  # digits and most letters
for _width, _characters in _METRICS.items():
    for _character in _characters:
        _WIDTHS[ord(_character)] = chr(_width // 4)
_ASCII_WIDTHS = bytes(map(ord, _WIDTHS[:0x100]))


class Line(NamedTuple):
    """One printed line without its outer blanks: where it stands and what stood above it."""

    start: int
    end: int
    text: str
    """In one form (`characters`), as rules read it: it may be shorter or longer than what stands there."""
    gap: int
    """How many empty lines stand above it."""
    after_white: bool
    """A line of blanks stands above it, as word processors leave between paragraphs."""
    starts_page: bool


class Layout(NamedTuple):
    """What a text's lines have in common."""

    double_spaced: bool
    """The extractor wrote an empty line after every line, so that empty lines say nothing."""
    flowed: bool
    """Paragraphs stand on one line each, so that every line end is a paragraph's."""
    width: int
    """How wide full lines print."""


def printed_width(text: str) -> int:
    """How wide a text prints, in quarters of a thousandth of an em."""
    if text.isascii():
        return sum(text.encode().translate(_ASCII_WIDTHS))  # the same, many times faster
    return sum(text.translate(_WIDTHS).encode("latin-1", "replace"))


def read_lines(raw: str, page_starts: Sequence[int]) -> list[Line]:
    """The lines of a raw text that hold anything but blanks."""
    lines: list[Line] = []
    seams = set(page_starts[1:])
    offset, gap, after_white, starts_page = 0, 0, False, False
    for whole in raw.splitlines(keepends=True):
        starts_page = starts_page or offset in seams
        text = without_margins(whole)
        if text:
            start = offset + whole.index(text)
            lines.append(Line(start, start + len(text), in_one_form(text), gap, after_white, starts_page))
            gap, after_white, starts_page = 0, False, False
        elif whole.strip("\r\n\f"):
            after_white = True
        elif "\f" not in whole:
            gap += 1
        offset += len(whole)
    return lines


def by_page(lines: Sequence[Line]) -> list[range]:
    """The numbers of the lines of each page."""
    starts = [number for number, line in enumerate(lines) if line.starts_page and number]
    return [range(start, end) for start, end in zip([0, *starts], [*starts, len(lines)], strict=True)]


def layout_of(lines: Sequence[Line]) -> Layout:
    """How a text's lines are set."""
    printed = "\n".join([line.text for line in lines]).replace(HYPHEN_JOIN, "\n").split("\n")
    longest = sorted(printed, key=len, reverse=True)[:_LONG_LINES]
    spaced = sum([line.gap > 0 for line in lines])
    return Layout(
        double_spaced=spaced > _SPREAD * len(lines),
        flowed=len(longest[0]) > _LONGEST_PRINTED,
        width=min(map(printed_width, longest)),
    )
