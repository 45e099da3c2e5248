"""The cleaning step: printed lines back to paragraphs, marks to letters, furniture away; no word rewritten.

Every edit is in the offset map. Cleaning a clean text changes nothing.
"""

from __future__ import annotations

from imr.cleaning.characters import edits, is_plain
from imr.cleaning.furniture import without_furniture, without_overlaid
from imr.cleaning.lines import Line, layout_of, read_lines
from imr.cleaning.offsets import CleanTextBuilder
from imr.cleaning.reflow import joint
from imr.cleaning.scanned import without_letterheads
from imr.records import CleanText, RawText


def clean(raw: RawText) -> CleanText:
    """The readable text of a letter, with the map that leads back to its raw text."""
    builder = CleanTextBuilder(raw.text)
    lines = letter_lines(raw)
    layout = layout_of(lines)
    plain, soft_hyphens = is_plain(raw.text), "-" in raw.text
    above: Line | None = None
    for line in lines:
        if above is not None:
            builder.literal(joint(above, line, layout), above.end)
        if plain or is_plain(raw.text[line.start : line.end]):
            builder.copy(line.start, line.end)
        else:
            _copy_edited(builder, line, raw.text, soft_hyphens=soft_hyphens)
        above = line
    return builder.build(raw.page_starts)


def letter_lines(raw: RawText) -> list[Line]:
    """The printed lines of a letter without page furniture."""
    lines = without_overlaid(read_lines(raw.text, raw.page_starts), raw.overlaid)
    if raw.ocr:
        lines = without_letterheads(lines)
    return without_furniture(lines, raw.margins, recognised=bool(raw.ocr))


def _copy_edited(builder: CleanTextBuilder, line: Line, raw: str, *, soft_hyphens: bool) -> None:
    done = line.start
    for edit in edits(raw, line.start, line.end, soft_hyphens=soft_hyphens):
        builder.copy(done, edit.start)
        builder.literal(edit.text, edit.start)
        done = edit.end
    builder.copy(done, line.end)
