"""Furniture among the first and last lines of pages.

Each line at an edge is weighed: what speaks for it, and whether it is part of the frame that every letter has. From the
innermost line that is furniture to the page's edge all is furniture, if nothing between speaks against it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from enum import Enum, IntEnum
from functools import cached_property
from itertools import pairwise

from rapidfuzz import fuzz

from imr.cleaning.foreign import (
    SENTENCE_END,
    begins_heading,
    ends_early,
    goes_on,
    header_block,
    is_figures,
    is_frame,
    is_prose,
    key_of,
    parts_letter,
)
from imr.cleaning.known_furniture import (
    begins_item_part,
    begins_own_part,
    concludes,
    counted_page,
    ends_with_outcome,
    holds_own_words,
    is_outcome,
    says_nothing_else,
    says_own_words,
    speaks_of_itself,
    stands_at_edges,
)
from imr.cleaning.lines import Layout, Line, layout_of

_CASE = re.compile(r"CM\d\d-\d{7}")
_DEPTH = 4  # lines at each end of a page among which its furniture is
_FILLED = 0.97  # of the characters of the longest line
_ALIKE = 85.0  # of 100: two readings of one line by OCR
_UNEXPLAINED = 2  # lines without evidence of their own that may stand between furniture and the page's edge
_MOST_PAGES = 3  # pages from which on coming back outweighs words of the letter's own


class _Evidence(IntEnum):
    """What speaks for or against a line at a page's edge."""

    OWN = 0  # begins a part of the letter or ends with an outcome
    NONE = 1
    WEAK = 2  # comes back, but might as well be a sentence of the letter's or the end of one
    STRONG = 3


class _Edge(Enum):
    """The ends of a page at which furniture stands."""

    TOP = 0
    BOTTOM = 1

    def of(self, page: range) -> range:
        """The lines of a page that stand there."""
        return page[:_DEPTH] if self is _Edge.TOP else page[-_DEPTH:]


def furniture_at_edges(
    lines: Sequence[Line], pages: Sequence[range], margins: frozenset[int], recognised: bool
) -> set[int]:
    """The numbers of the lines at the edges of pages that are furniture."""
    return _Edges(lines, pages, margins, recognised).furniture()


class _Edges:
    """The edges of a letter's pages, with what is asked of their lines more than once."""

    def __init__(
        self, lines: Sequence[Line], pages: Sequence[range], margins: frozenset[int], recognised: bool
    ) -> None:
        self.lines = lines
        self.pages = pages
        self.margins = margins
        self.recognised = recognised
        self.keys = {n: key_of(lines[n].text) for page in pages for edge in _Edge for n in edge.of(page)}
        self.by_page = {edge: [{self.keys[n] for n in edge.of(page)} for page in pages] for edge in _Edge}
        self.counts = {edge: Counter(key for keys in self.by_page[edge] for key in keys) for edge in _Edge}
        self.alike: dict[tuple[str, _Edge], int] = {}
        self.in_sentence = self._in_mid_sentence()

    def furniture(self) -> set[int]:
        """The numbers of the lines that are furniture."""
        found = set(self.in_sentence)
        for page, lines in enumerate(self.pages):
            for edge in _Edge:
                weighed = [(number, self._weight(number, page, edge)) for number in edge.of(lines)]
                if any(evidence > _Evidence.NONE for _, evidence in weighed):
                    known = [(n, _Evidence.OWN if self._is_own(n, page) else evidence) for n, evidence in weighed]
                    found.update(self._top_block(known) if edge is _Edge.TOP else self._bottom_block(known))
        return found

    # Blocks

    def _top_block(self, edge: Sequence[tuple[int, _Evidence]]) -> list[int]:
        """The lines from the page's first on that are furniture."""
        block: list[int] = []
        waiting: list[int] = []
        for number, evidence in edge:
            if evidence is _Evidence.OWN or (evidence is _Evidence.NONE and not self._may_wait(number, len(waiting))):
                break
            waiting.append(number)
            if evidence is _Evidence.STRONG or (evidence is _Evidence.WEAK and self._goes_with(number, block)):
                block, waiting = [*block, *waiting], []
        return block

    def _goes_with(self, number: int, block: Sequence[int]) -> bool:
        """Whether a line comes wherever the last one of the furniture above it does."""
        return bool(block) and self._pages_with(number, _Edge.TOP) == self._pages_with(block[-1], _Edge.TOP)

    def _bottom_block(self, edge: Sequence[tuple[int, _Evidence]]) -> list[int]:
        """The lines up to the page's last that are furniture."""
        for place, (_, evidence) in enumerate(edge):
            below = edge[place:]
            waiting = [number for number, kind in below if kind is _Evidence.NONE]
            explained = all(self._may_wait(number, before) for before, number in enumerate(waiting))
            if evidence is _Evidence.STRONG and explained and all(kind is not _Evidence.OWN for _, kind in below):
                return [number for number, _ in below]
        return []

    def _may_wait(self, number: int, waiting: int) -> bool:
        """Whether a line that nothing speaks for may be furniture because of what stands on its inner side."""
        prose = is_prose(self.lines[number].text) or self._text_below(number)[:1].islower()
        return waiting < _UNEXPLAINED and not prose

    # Evidence

    def _weight(self, number: int, page: int, edge: _Edge) -> _Evidence:
        """What speaks for a line being furniture, whether or not it is of the letter's frame."""
        line, pages = self.lines[number], self._pages_with(number, edge)
        if number in self.in_sentence or (line.start in self.margins and not is_prose(line.text)):
            return _Evidence.STRONG
        if pages < 2 and page == 0 and edge is _Edge.TOP:
            return _Evidence.NONE  # what a letter begins with is its letterhead
        count = counted_page(line.text)
        if count == page + 1 and (pages > 1 or not line.text.isdigit() or self._parts_lines(number)):
            return _Evidence.STRONG
        if count is None and self._is_known(line.text, pages):
            return _Evidence.STRONG
        if pages > 1:
            return self._weight_of_coming_back(number, pages)
        return _Evidence.STRONG if says_nothing_else(line.text) and not is_prose(line.text) else _Evidence.NONE

    def _parts_lines(self, number: int) -> bool:
        """Whether a number stands where a sentence ended, or between its halves: else it may be the end of one."""
        above = self.lines[number - 1].text if number else "."
        return SENTENCE_END.search(above) is not None or self._text_below(number)[:1].islower()

    @cached_property
    def headings(self) -> set[str]:
        """The keys of lines that come back with other figures and are the title of an item, wherever they stand."""
        alike = defaultdict(list)
        for number, key in self.keys.items():
            alike[key].append(number)
        return {
            key
            for key, numbers in alike.items()
            if len({self.lines[n].text for n in numbers}) > 1 and all(begins_heading(self.lines, n) for n in numbers)
        }

    def _is_known(self, text: str, pages: int) -> bool:
        """Whether a line's words give it away.

        A sentence of the letter's may hold a date or an office as well: what comes once must read like none.
        """
        return stands_at_edges(text) and (pages > 1 or not (text.endswith(".") or holds_own_words(text)))

    def _weight_of_coming_back(self, number: int, pages: int) -> _Evidence:
        """What it says that a line stands at the same edge of several pages."""
        text = self.lines[number].text
        if 2 * pages < len(self.pages) - 1 or self.keys[number] in self.midst[is_prose(text)] or is_figures(text):
            return _Evidence.NONE
        if self.keys[number] in self.above_letter:
            return _Evidence.STRONG
        if concludes(text) or self.keys[number] in self.headings:
            return _Evidence.NONE
        if number in self.parting or speaks_of_itself(text):
            return _Evidence.STRONG
        if goes_on(text):  # in a paragraph only its last line leaves room, and that ends a sentence
            own = SENTENCE_END.search(text) is not None or not self._ends_early(number)
        else:
            own = pages < _MOST_PAGES and text.endswith(".") and pages < len(self.pages) - 1
        own = own or (says_own_words(text) and (goes_on(text) or pages < _MOST_PAGES))
        return _Evidence.WEAK if own else _Evidence.STRONG

    def _is_own(self, number: int, page: int) -> bool:
        """Whether a line is a part of the letter's frame, which is printed once."""
        text = self.lines[number].text
        if ends_with_outcome(text):
            return text not in self.stamps
        if begins_item_part(text) or is_outcome(self._text_below(number)):
            return True
        return begins_own_part(text) and self.first_frames.get(_frame_of(text), number) >= self.pages[page].start

    @cached_property
    def above_letter(self) -> set[str]:
        """The keys of the lines that the first page has above the first of the letter's own: none is of an item."""
        top = _Edge.TOP.of(self.pages[0]) if self.pages else range(0)
        own = next((n for n in top if begins_own_part(self.lines[n].text)), top.start)
        return {self.keys[n] for n in range(top.start, own)}

    @cached_property
    def stamps(self) -> set[str]:
        """What stands at an edge of every page, as no item's outcome does."""
        texts = ({self.lines[n].text for edge in _Edge for n in edge.of(page)} for page in self.pages)
        return set.intersection(*texts) if len(self.pages) > 1 else set()

    @cached_property
    def first_frames(self) -> dict[str, int]:
        """Where each line that begins a part of the letter stands first."""
        first: dict[str, int] = {}
        for number, line in enumerate(self.lines):
            if begins_own_part(line.text):
                first.setdefault(_frame_of(line.text), number)
        return first

    def _pages_with(self, number: int, edge: _Edge) -> int:
        """On how many pages a line stands at an edge."""
        key = self.keys[number]
        if not self.recognised:
            return self.counts[edge][key]
        if (key, edge) not in self.alike:
            keys_of_pages = self.by_page[edge]
            self.alike[key, edge] = sum(
                any(fuzz.ratio(key, other) >= _ALIKE for other in keys) for keys in keys_of_pages
            )
        return self.alike[key, edge]

    @cached_property
    def midst(self) -> dict[bool, set[str]]:
        """What stands in the midst of pages, where no furniture does; for prose with the header block, else without.

        A running header may well say over again what stands in the header block.
        """
        numbers = [number for page in self.pages for number in page[_DEPTH:-_DEPTH]]
        header = header_block(self.lines)
        return {
            prose: {key_of(self.lines[number].text) for number in numbers if prose or number not in header}
            for prose in (False, True)
        }

    # Seams

    def _in_mid_sentence(self) -> set[int]:
        """The lines at seams that stand between what belongs together and are no part of it.

        Inside a paragraph every line is filled: one on which the next word had found room is of something else.
        """
        found: set[int] = set()
        for seam in (page.start for page in self.pages[1:]):
            up, down = self._short_lines(seam - 1, -1), self._short_lines(seam, 1)
            starts = [n for n in range(seam - up, seam + 1) if not self._comes_back(n - 1, _Edge.BOTTOM)]
            stops = [n for n in range(seam, seam + down + 1) if not self._comes_back(n, _Edge.TOP)]
            blocks = (range(start, stop) for start in reversed(starts) for stop in stops)
            for block in sorted(filter(None, blocks), key=len):
                if self._interrupts(block):
                    found.update(block)
                    break
        return found

    @cached_property
    def parting(self) -> set[int]:
        """The lines that come back, however long, and at a seam stand between what belongs together."""
        keys = {self.keys[n] for block in self._blocks_at_seams() if self._interrupts(block) for n in block}
        return {n for n, key in self.keys.items() if key in keys and not is_frame(self.lines[n].text)}

    def _blocks_at_seams(self) -> Iterator[range]:
        """The lines around each seam that come back, if nothing stands between them."""
        for page, below in pairwise(self.pages):
            again = [n for n in _Edge.BOTTOM.of(page) if self._pages_with(n, _Edge.BOTTOM) > 1]
            again += [n for n in _Edge.TOP.of(below) if self._pages_with(n, _Edge.TOP) > 1]
            block = range(again[0], again[-1] + 1) if again else range(0)
            if again and len(block) == len(again) and block.start <= below.start <= block.stop:
                yield block

    def _short_lines(self, first: int, step: int) -> int:
        """How many lines from one on, in one direction, end early without being the end or the beginning of a part."""
        count = 0
        while count < _DEPTH and 0 < (number := first + step * count) < len(self.lines) - 1 and self._is_short(number):
            count += 1
        return count

    def _is_short(self, number: int) -> bool:
        text = self.lines[number].text
        if len(text) > self.filled or text[0].islower() or is_frame(text):
            return False
        return self._ends_early(number)

    def _ends_early(self, number: int) -> bool:
        return ends_early(self.lines[number].text, self._text_below(number), self.layout)

    def _text_below(self, number: int) -> str:
        return self.lines[number + 1].text if number + 1 < len(self.lines) else ""

    def _interrupts(self, block: range) -> bool:
        """Whether the lines of a block part what belongs together behind them."""
        if block.start == 0 or block.stop == len(self.lines):
            return False
        # What comes back itself may not be the letter's.
        if self._comes_back(block.start - 1, _Edge.BOTTOM) or self._comes_back(block.stop, _Edge.TOP):
            return False
        return parts_letter(self.lines, block, self.layout)

    def _comes_back(self, number: int, edge: _Edge) -> bool:
        """Whether a line stands at an edge of several pages."""
        return number in self.keys and self._pages_with(number, edge) > 1

    @cached_property
    def filled(self) -> float:
        """How many characters make a line that is filled for sure."""
        return _FILLED * max((len(line.text) for line in self.lines), default=0)

    @cached_property
    def layout(self) -> Layout:
        """How the letter's lines are set."""
        return layout_of(self.lines)


def _frame_of(text: str) -> str:
    """A line of the frame as it is compared with others: a header of another case is another one."""
    case = _CASE.search(text)
    return f"{key_of(text)} {case[0] if case else ''}"
