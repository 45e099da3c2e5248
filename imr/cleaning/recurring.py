"""Furniture in a text without pages: blocks of lines that come back where the letter cannot hold them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from imr.cleaning.foreign import SENTENCE_END, is_frame, key_of, parts_letter
from imr.cleaning.known_furniture import begins_own_part, counted_page, holds_own_words, speaks_of_itself
from imr.cleaning.lines import Layout, Line, layout_of, printed_width
from imr.cleaning.reflow import any_of

_LONGEST_BLOCK = 4
_ROOM = 0.9  # of the width: a line that leaves more ends early


def recurring_furniture(lines: Sequence[Line]) -> set[int]:
    """The numbers of the lines that come back and, somewhere, part a sentence or begin or end the text; and of those
    that count its pages.

    Lines of the header block stay, as numbers and dates may stand alone there.
    """
    header = _header(lines)
    keys = [key_of(line.text) for line in lines]
    counts = Counter(keys)
    candidates = [
        n for n, key in enumerate(keys) if counts[key] > 1 and n not in header and not is_frame(lines[n].text)
    ]
    layout = layout_of(lines) if candidates else None
    blocks = [b for b in _runs(candidates) if layout and len(b) <= _LONGEST_BLOCK and _is_whole(lines, b, layout)]
    # A sentence of the letter's that stands twice may stand beside furniture once: the shortest blocks tell.
    shortest: dict[str, int] = {}
    for block in sorted(blocks, key=len):
        for number in block:
            shortest.setdefault(keys[number], len(block))
    foreign = {
        keys[number]
        for block in blocks
        if _cannot_be_held(lines, block)
        for number in block
        if shortest[keys[number]] == len(block)
    }
    return {n for block in blocks for n in block if keys[n] in foreign} | _counting(lines, header)


def _header(lines: Sequence[Line]) -> range:
    start = next((n for n, line in enumerate(lines) if begins_own_part(line.text)), 0)
    title = any_of("section_title")
    return range(start, next((n for n, line in enumerate(lines) if title.match(line.text)), 0))


def _counting(lines: Sequence[Line], header: range) -> set[int]:
    """Lines that hold nothing but a page's number and count the pages of the text: 1, 2, 3 ..."""
    bare = [(n, count) for n, line in enumerate(lines) if (count := counted_page(line.text)) is not None]
    numbers = {n: count for n, count in bare if n not in header}
    counts = list(numbers.values())
    counting = len(counts) > 1 and counts[0] in (1, 2) and counts == list(range(counts[0], counts[0] + len(counts)))
    return set(numbers) if counting else set()


def _is_whole(lines: Sequence[Line], block: range, layout: Layout) -> bool:
    """Whether a block ends with what it says: what fills its last line goes on in the next one."""
    first, last = lines[block.start].text, lines[block.stop - 1].text
    following = lines[block.stop].text.partition(" ")[0] if block.stop < len(lines) else ""
    early = last[-1] not in "-/" and printed_width(f"{last} {following}") <= _ROOM * layout.width
    return not first[0].islower() and (early or SENTENCE_END.search(last) is not None)


def _cannot_be_held(lines: Sequence[Line], block: range) -> bool:
    """Whether a block parts what belongs together, or stands at an end of the text and is none of its sentences."""
    if block.start and block.stop < len(lines):
        return parts_letter(lines, block)
    texts = [lines[number].text for number in block]
    return any(map(speaks_of_itself, texts)) or not any(map(holds_own_words, texts))


def _runs(numbers: Sequence[int]) -> list[range]:
    """The numbers as runs of consecutive ones."""
    runs: list[range] = []
    for number in numbers:
        if runs and runs[-1].stop == number:
            runs[-1] = range(runs[-1].start, number + 1)
        else:
            runs.append(range(number, number + 1))
    return runs
