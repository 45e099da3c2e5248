"""Furniture among the first and last lines of pages.

Each line at an edge is weighed: what speaks for it, and whether it is part of the frame that every letter has. From the
innermost line that is furniture to the page's edge all is furniture, if nothing between speaks against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import IntEnum
from functools import cached_property
from itertools import pairwise

from rapidfuzz import fuzz

from imr.cleaning.foreign import is_frame, key_of, parts_letter
from imr.cleaning.known_furniture import (
    begins_item_part,
    begins_own_part,
    counted_page,
    ends_with_outcome,
    holds_own_words,
    says_nothing_else,
    speaks_of_itself,
    stands_at_edges,
)
from imr.cleaning.lines import Layout, Line, layout_of, printed_width

_DEPTH = 4  # lines at each end of a page among which its furniture is
_ROOM = 0.9  # of the width: a line that leaves more ends early
_FILLED = 0.97  # of the characters of the longest line
_ALIKE = 85.0  # of 100: two readings of one line by OCR
_UNEXPLAINED = 2  # lines without evidence of their own that may stand between furniture and the page's edge
_BY_CHANCE = 2  # blanks in a line that two pages may end with by chance
_MOST_PAGES = 3  # pages from which on coming back outweighs words of the letter's own


class _Evidence(IntEnum):
    """What speaks for or against a line at a page's edge."""

    OWN = 0  # begins a part of the letter or ends with an outcome
    NONE = 1
    WEAK = 2  # comes back, but might as well be a sentence of the letter's or the end of one
    STRONG = 3


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
        self.by_page = [{n: key_of(lines[n].text) for n in {*page[:_DEPTH], *page[-_DEPTH:]}} for page in pages]
        self.keys = {number: key for keys in self.by_page for number, key in keys.items()}
        self.counts = Counter(key for keys in self.by_page for key in set(keys.values()))
        self.in_sentence = self._in_mid_sentence()
        self.parting = self._coming_back_at_seams()

    def furniture(self) -> set[int]:
        """The numbers of the lines that are furniture."""
        found: set[int] = set(self.in_sentence)
        for page, lines in enumerate(self.pages):
            for edge, block_of in ((lines[:_DEPTH], self._top_block), (lines[-_DEPTH:], self._bottom_block)):
                weighed = [(number, self._weight(number, page)) for number in edge]
                if any(evidence > _Evidence.NONE for _, evidence in weighed):
                    found.update(block_of([(n, _Evidence.OWN if self._is_own(n, page) else e) for n, e in weighed]))
        return found

    def _top_block(self, edge: Sequence[tuple[int, _Evidence]]) -> list[int]:
        """The lines from the page's first on that are furniture."""
        block: list[int] = []
        waiting: list[int] = []
        for number, evidence in edge:
            if evidence is _Evidence.OWN or (evidence is _Evidence.NONE and not self._may_wait(number, len(waiting))):
                break
            waiting.append(number)
            if evidence is _Evidence.STRONG or (evidence is _Evidence.WEAK and block):
                block, waiting = [*block, *waiting], []
        return block

    def _bottom_block(self, edge: Sequence[tuple[int, _Evidence]]) -> list[int]:
        """The lines up to the page's last that are furniture."""
        for place, (_, evidence) in enumerate(edge):
            below = edge[place:]
            waiting = [number for number, kind in below if kind is _Evidence.NONE]
            explained = all(self._may_wait(number, place) for place, number in enumerate(waiting))
            if evidence is _Evidence.STRONG and explained and all(kind is not _Evidence.OWN for _, kind in below):
                return [number for number, _ in below]
        return []

    def _may_wait(self, number: int, waiting: int) -> bool:
        """Whether a line that nothing speaks for may be furniture because of what stands on its inner side."""
        text = self.lines[number].text
        return waiting < _UNEXPLAINED and not (text[0].islower() or text.endswith(".") or holds_own_words(text))

    def _weight(self, number: int, page: int) -> _Evidence:
        """What speaks for a line being furniture, whatever it says."""
        line, pages = self.lines[number], self._pages_with(number)
        if number in self.in_sentence or line.start in self.margins:
            return _Evidence.STRONG
        if pages < 2 and page == 0 and number in self.pages[0][:_DEPTH]:
            return _Evidence.NONE  # what a letter begins with is its letterhead
        count = counted_page(line.text)
        if count == page + 1 or (count is None and stands_at_edges(line.text)):
            return _Evidence.STRONG
        if pages < 2:
            return _Evidence.STRONG if says_nothing_else(line.text) else _Evidence.NONE
        if pages >= _MOST_PAGES or speaks_of_itself(line.text) or number in self.parting:
            return _Evidence.STRONG
        own = holds_own_words(line.text) or (self.keys[number][0].islower() and not self._is_everywhere(number))
        return _Evidence.WEAK if own else _Evidence.STRONG

    def _is_everywhere(self, number: int) -> bool:
        """Whether a line stands on every page and is too long to come back by chance."""
        return self._pages_with(number) == len(self.pages) and self.keys[number].count(" ") >= _BY_CHANCE

    def _is_own(self, number: int, page: int) -> bool:
        """Whether a line is a part of the letter's frame, which is printed once."""
        text = self.lines[number].text
        if ends_with_outcome(text) or begins_item_part(text):
            return True
        key = self.keys[number]
        return begins_own_part(text) and not any(
            key_of(line.text) == key for line in self.lines[: self.pages[page].start]
        )

    def _pages_with(self, number: int) -> int:
        """On how many pages a line stands at an edge."""
        key = self.keys[number]
        if not self.recognised:
            return self.counts[key]
        return sum(any(fuzz.ratio(key, other) >= _ALIKE for other in keys.values()) for keys in self.by_page)

    def _in_mid_sentence(self) -> set[int]:
        """The lines at seams that stand between the halves of a sentence and are no part of it.

        Inside a paragraph every line is filled: one on which the next word had found room is of something else.
        """
        found: set[int] = set()
        for seam in (page.start for page in self.pages[1:]):
            up, down = self._short_lines(seam - 1, -1), self._short_lines(seam, 1)
            blocks = (range(seam - above, seam + below) for above in range(up + 1) for below in range(down + 1))
            for block in sorted(filter(None, blocks), key=len):
                if self._interrupts(block):
                    found.update(block)
                    break
        return found

    def _coming_back_at_seams(self) -> set[int]:
        """The lines that come back, however long, and at a seam stand between what belongs together."""
        found: set[int] = set()
        for page, below in pairwise(self.pages):
            again = [n for n in [*page[-_DEPTH:], *below[:_DEPTH]] if self._pages_with(n) > 1]
            block = range(again[0], again[-1] + 1) if again else range(0)
            if len(block) == len(again) and self._touches(block, below.start) and self._interrupts(block):
                found.update(n for n in again if not is_frame(self.lines[n].text))
        keys = {self.keys[n] for n in found}
        return {n for n, key in self.keys.items() if key in keys} if keys else set()

    def _touches(self, block: range, seam: int) -> bool:
        return bool(block) and block.start <= seam <= block.stop

    def _short_lines(self, first: int, step: int) -> int:
        """How many lines from one on, in one direction, end early without being the end or the beginning of a part."""
        count = 0
        while count < _DEPTH and 0 < (number := first + step * count) < len(self.lines) - 1 and self._is_short(number):
            count += 1
        return count

    def _is_short(self, number: int) -> bool:
        text, following = self.lines[number].text, self.lines[number + 1].text.partition(" ")[0]
        if len(text) > self.filled or text[0].islower() or text[-1] in "-/" or is_frame(text):
            return False
        return printed_width(f"{text} {following}") <= _ROOM * self.layout.width

    def _interrupts(self, block: range) -> bool:
        """Whether the lines of a block part a sentence that goes on behind them."""
        if block.start == 0 or block.stop == len(self.lines) or self.layout.flowed:
            return False
        return parts_letter(self.lines, block)

    @cached_property
    def filled(self) -> float:
        """How many characters make a line that is filled for sure."""
        return _FILLED * max((len(line.text) for line in self.lines), default=0)

    @cached_property
    def layout(self) -> Layout:
        """How the letter's lines are set."""
        return layout_of(self.lines)
