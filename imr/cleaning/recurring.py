"""Furniture in a text without pages: blocks of lines that come back where the letter cannot hold them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile

from imr.cleaning.foreign import (
    SENTENCE_END,
    ends_early,
    header_block,
    is_frame,
    is_prose,
    key_of,
    parts_letter,
)
from imr.cleaning.known_furniture import concludes, counted_page, speaks_of_itself
from imr.cleaning.lines import Layout, Line, layout_of

_LONGEST_BLOCK = 4


def recurring_furniture(lines: Sequence[Line]) -> set[int]:
    """The numbers of the lines that come back and, somewhere, part what belongs together or begin or end the text; and
    of those that count its pages.

    Lines of the header block stay, as numbers and dates may stand alone there.
    """
    header = header_block(lines)
    keys = [key_of(line.text) for line in lines]
    counts = Counter(keys)
    again = (n for n, key in enumerate(keys) if counts[key] > 1 and n not in header)
    candidates = [n for n in again if not is_frame(lines[n].text)]
    foreign = _foreign_keys(lines, candidates, keys) if candidates else set()
    return {n for n in candidates if keys[n] in foreign} | _counting(lines, header)


def _foreign_keys(lines: Sequence[Line], candidates: Sequence[int], keys: Sequence[str]) -> set[str]:
    """The keys of those that are furniture.

    A sentence of the letter's that stands twice may stand beside furniture once: the shortest blocks tell.
    """
    layout = layout_of(lines)
    blocks = [b for b in _runs(candidates) if len(b) <= _LONGEST_BLOCK and _is_whole(lines, b, layout)]
    said = [{keys[number] for number in block} for block in blocks]
    shortest: dict[str, int] = {}
    for block_keys in sorted(said, key=len):
        for key in block_keys:
            shortest.setdefault(key, len(block_keys))
    foreign = {
        key
        for block, block_keys in zip(blocks, said, strict=True)
        if _cannot_be_held(lines, block, layout) and all(shortest[key] == len(block_keys) for key in block_keys)
        for key in block_keys
    }
    return foreign | {keys[number] for number in _at_ends(lines, candidates)}


def _cannot_be_held(lines: Sequence[Line], block: range, layout: Layout) -> bool:
    """Whether a block parts what belongs together, or speaks of the document at one of its ends."""
    if block.start and block.stop < len(lines):
        return parts_letter(lines, block, layout)
    return any(speaks_of_itself(lines[number].text) for number in block)


def _at_ends(lines: Sequence[Line], candidates: Sequence[int]) -> Iterator[int]:
    """Those with which the text begins or ends, if they read like no sentence.

    A letter has no lines of its own there that it says again elsewhere.
    """
    found, numbers = set(candidates), range(len(lines))
    for inwards in (numbers[:_LONGEST_BLOCK], numbers[: -1 - _LONGEST_BLOCK : -1]):
        yield from takewhile(lambda n: n in found and not _may_be_said(lines[n].text), inwards)


def _may_be_said(text: str) -> bool:
    return is_prose(text) or concludes(text)


def _counting(lines: Sequence[Line], header: range) -> set[int]:
    """Lines that hold nothing but a page's number and count the pages of the text: 1, 2, 3 ..."""
    counted = [(n, count) for n, line in enumerate(lines) if (count := counted_page(line.text)) is not None]
    numbers = {n: count for n, count in counted if n not in header}
    counts = list(numbers.values())
    counting = len(counts) > 1 and counts[0] in (1, 2) and counts == list(range(counts[0], counts[0] + len(counts)))
    return set(numbers) if counting else set()


def _is_whole(lines: Sequence[Line], block: range, layout: Layout) -> bool:
    """Whether a block ends with what it says: what fills its last line goes on in the next one."""
    first, last = lines[block.start].text, lines[block.stop - 1].text
    below = lines[block.stop].text if block.stop < len(lines) else ""
    return not first[0].islower() and (ends_early(last, below, layout) or SENTENCE_END.search(last) is not None)


def _runs(numbers: Sequence[int]) -> list[range]:
    """The numbers as runs of consecutive ones."""
    runs: list[range] = []
    for number in numbers:
        if runs and runs[-1].stop == number:
            runs[-1] = range(runs[-1].start, number + 1)
        else:
            runs.append(range(number, number + 1))
    return runs
