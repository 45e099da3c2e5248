"""The cleaning step: printed lines back to paragraphs, marks to letters, furniture away; no word rewritten.

Every edit is in the offset map. Cleaning a clean text changes nothing.
"""

from __future__ import annotations

import re
from functools import cache

from imr.cleaning.furniture import without_furniture
from imr.cleaning.lines import Line, layout_of, read_lines
from imr.cleaning.offsets import CleanTextBuilder
from imr.cleaning.reflow import joint
from imr.cleaning.scanned import without_letterheads
from imr.records import CleanText, RawText
from imr.rules import load_rules


def clean(raw: RawText) -> CleanText:
    """The readable text of a letter, with the map that leads back to its raw text."""
    builder = CleanTextBuilder(raw.text)
    lines = letter_lines(raw)
    layout = layout_of(lines)
    copy = _copy if _is_plain(raw.text) else _copy_edited
    above: Line | None = None
    for line in lines:
        if above is not None:
            builder.literal(joint(above, line, layout), above.end)
        copy(builder, line)
        above = line
    return builder.build(raw.page_starts)


def letter_lines(raw: RawText) -> list[Line]:
    """The printed lines of a letter without page furniture."""
    lines = read_lines(raw.text, raw.page_starts)
    if raw.ocr:
        lines = without_letterheads(lines)
    return without_furniture(lines, raw.margins, recognised=bool(raw.ocr))


def _is_plain(text: str) -> bool:
    """Whether a text holds nothing that is edited."""
    # Spelt out: this is asked of every line, and a loop over the marks costs more than all of them.
    return text.isascii() and "  " not in text and "- " not in text and "\t" not in text and "\u0002" not in text


def _copy(builder: CleanTextBuilder, line: Line) -> None:
    builder.copy(line.start, line.end)


def _copy_edited(builder: CleanTextBuilder, line: Line) -> None:
    if _is_plain(line.text):
        _copy(builder, line)
        return
    done, edits = line.start, _edits()
    for match in _edit_pattern().finditer(line.text):
        start = line.start + match.start()
        builder.copy(done, start)
        builder.literal("" if match["broken"] else edits.get(match[0], " "), start)
        done = line.start + match.end()
    builder.copy(done, line.end)


@cache
def _edits() -> dict[str, str]:
    return dict(load_rules("cleaning", "reflow")["edits"])


@cache
def _edit_pattern() -> re.Pattern[str]:
    # Runs of blanks inside a line become one blank; each mark its plain letters; the blank in a broken word goes.
    beginnings = load_rules("cleaning", "reflow")["broken_words"]["beginnings"]
    after = "|".join(rf"(?<=\b{word}-)" for word in beginnings)
    broken = rf"(?P<broken>(?:{after}) (?=[a-z])(?!(?:and|or|to)\b))"
    marks = "|".join(map(re.escape, sorted(_edits(), key=len, reverse=True)))
    return re.compile(rf"{broken}|[^\S\n]{{2,}}|\t|{marks}")
