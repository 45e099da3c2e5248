"""Which printed lines are page furniture: running headers and footers, page numbers, stamps, fax lines.

Furniture is told by its words (`known_furniture`), by its place on the page, by coming back on other pages, and by
standing where a letter cannot go on: between the halves of a sentence, or between an outcome and the label after it.
It is looked for in blocks at the edges of pages; in a text without pages, in blocks that come back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum, IntEnum
from functools import cached_property
from itertools import takewhile

from rapidfuzz import fuzz

from imr.cleaning.known_furniture import (
    bare_number,
    begins_item_part,
    begins_own_part,
    ends_with_outcome,
    holds_own_words,
    says_nothing_else,
    stands_anywhere,
    stands_at_edges,
)
from imr.cleaning.lines import Layout, Line, by_page, layout_of, printed_width
from imr.cleaning.reflow import any_of

_DEPTH = 4  # lines at each end of a page among which its furniture is
_ROOM = 0.9  # of the width: a line that leaves more ends early
_ALIKE = 85.0  # of 100: two readings of one line by OCR
_UNEXPLAINED = 2  # lines without evidence of their own that may stand between furniture and the page's edge
_MOST_PAGES = 3  # pages from which on coming back outweighs words of the letter's own
_FIGURES = re.compile(r"\d+")
_ADDRESSES = ("http:", "https:", "www.")
_SENTENCE_END = re.compile(r"[.?!:;][\"”')]*$")


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


def without_furniture(lines: Sequence[Line], margins: frozenset[int], *, recognised: bool) -> list[Line]:
    """The lines that belong to the letter; what follows furniture stands as if there had been none.

    `margins` are the offsets of lines that a PDF sets apart in a page's margins, `recognised` says that OCR read the
    lines, so that furniture comes back with other mistakes.
    """
    unknown = _without(lines, {number for number, line in enumerate(lines) if stands_anywhere(line.text)})
    return _without(unknown, _Letter(unknown, margins, recognised).furniture())


def _without(lines: Sequence[Line], furniture: set[int]) -> list[Line]:
    """The lines that are not among the `furniture`, of which the numbers are given."""
    if not furniture:
        return list(lines)
    kept: list[Line] = []
    starts_page = cut = False
    for number, line in enumerate(lines):
        if number in furniture:
            starts_page, cut = starts_page or line.starts_page, True
            continue
        if cut:
            line = line._replace(starts_page=starts_page or line.starts_page, gap=0, after_white=False)
        kept.append(line)
        starts_page = cut = False
    return kept


class _Letter:
    """The lines of one letter, with what is asked of them more than once."""

    def __init__(self, lines: Sequence[Line], margins: frozenset[int], recognised: bool) -> None:
        self.lines = lines
        self.margins = margins
        self.recognised = recognised
        self.pages = by_page(lines)

    def furniture(self) -> set[int]:
        """The numbers of the lines that are furniture."""
        found = self._at_edges() if len(self.pages) > 1 or self.margins else self._coming_back()
        return found | set(self._after_outcomes())

    @cached_property
    def layout(self) -> Layout:
        return layout_of(self.lines)

    # Edges of pages

    def _at_edges(self) -> set[int]:
        found = self._in_mid_sentence()
        for page, lines in enumerate(self.pages):
            top, bottom = (
                [(number, self._evidence(number, page, edge, found)) for number in edge.of(lines)] for edge in _Edge
            )
            found |= {*self._top_block(top), *self._bottom_block(bottom)}
        return found

    def _top_block(self, edge: Sequence[tuple[int, _Evidence]]) -> list[int]:
        """The lines from the page's first on that are furniture."""
        block: list[int] = []
        waiting: list[int] = []
        for number, evidence in edge:
            if evidence is _Evidence.OWN or (evidence is _Evidence.NONE and not self._may_wait(number, waiting)):
                break
            waiting.append(number)
            if evidence is _Evidence.STRONG or (evidence is _Evidence.WEAK and self._goes_with(number, block)):
                block, waiting = [*block, *waiting], []
        return block

    def _goes_with(self, number: int, block: Sequence[int]) -> bool:
        """Whether a line comes wherever the last one of the furniture above it does."""
        pages = {self._pages_with(_key(self.lines[n].text), _Edge.TOP) for n in (number, *block[-1:])}
        return bool(block) and len(pages) == 1

    def _bottom_block(self, edge: Sequence[tuple[int, _Evidence]]) -> list[int]:
        """The lines up to the page's last that are furniture."""
        for place, (_, evidence) in enumerate(edge):
            below = edge[place:]
            waiting = [number for number, kind in below if kind is _Evidence.NONE]
            if (
                evidence is _Evidence.STRONG
                and all(kind is not _Evidence.OWN for _, kind in below)
                and all(self._may_wait(number, waiting[1:]) for number in waiting)
            ):
                return [number for number, _ in below]
        return []

    def _may_wait(self, number: int, waiting: Sequence[int]) -> bool:
        """Whether a line that nothing speaks for may be furniture because of what stands on its inner side."""
        below = self.lines[number + 1].text if number + 1 < len(self.lines) else ""
        prose = _is_prose(self.lines[number].text) or below[:1].islower()
        return not prose and len(waiting) < _UNEXPLAINED

    def _evidence(self, number: int, page: int, edge: _Edge, in_sentence: set[int]) -> _Evidence:
        line = self.lines[number]
        if self._is_own(number, page):
            return _Evidence.OWN
        if number in in_sentence or line.start in self.margins:
            return _Evidence.STRONG
        pages = self._pages_with(_key(line.text), edge)
        if pages < 2 and page == 0 and number in _Edge.TOP.of(self.pages[0]):
            return _Evidence.NONE  # what a letter begins with is its letterhead
        count = bare_number(line.text)
        # A sentence of the letter's may hold a date or an office as well: what comes once must read like none.
        own = pages < 2 and (line.text.endswith(".") or holds_own_words(line.text))
        if count == page + 1 or (count is None and not own and stands_at_edges(line.text)):
            return _Evidence.STRONG
        if pages > 1:
            return self._evidence_of_coming_back(number, pages)
        return _Evidence.STRONG if not _is_prose(line.text) and says_nothing_else(line.text) else _Evidence.NONE

    def _evidence_of_coming_back(self, number: int, pages: int) -> _Evidence:
        """What it says that a line stands at the same edge of several pages."""
        text = self.lines[number].text
        if 2 * pages < len(self.pages) - 1 or _key(text) in self._inside[_is_prose(text)] or _ends_with_figures(text):
            return _Evidence.NONE
        if _goes_on(text):  # in a paragraph only its last line leaves room, and that ends a sentence
            word = self.lines[number + 1].text.partition(" ")[0] if number + 1 < len(self.lines) else ""
            own = holds_own_words(text) or _SENTENCE_END.search(text) or not self._ends_early(text, word)
        else:
            own = pages < _MOST_PAGES and (
                holds_own_words(text) or (text.endswith(".") and pages < len(self.pages) - 1)
            )
        return _Evidence.WEAK if own else _Evidence.STRONG

    def _is_own(self, number: int, page: int) -> bool:
        """Whether a line is a part of the letter's frame, which is printed once."""
        text = self.lines[number].text
        if ends_with_outcome(text) or begins_item_part(text):
            return True
        if not begins_own_part(text):
            return False
        key = _key(text)
        return not any(_key(line.text) == key for line in self.lines[: self.pages[page].start])

    def _pages_with(self, key: str, edge: _Edge) -> int:
        """On how many pages a line stands at an edge."""
        if not self.recognised:
            return self._edge_counts[edge][key]
        return sum(any(fuzz.ratio(key, other) >= _ALIKE for other in keys) for keys in self._edge_keys[edge])

    @cached_property
    def _edge_keys(self) -> dict[_Edge, list[set[str]]]:
        return {edge: [{_key(self.lines[n].text) for n in edge.of(page)} for page in self.pages] for edge in _Edge}

    @cached_property
    def _edge_counts(self) -> dict[_Edge, Counter[str]]:
        return {edge: Counter(key for keys in pages for key in keys) for edge, pages in self._edge_keys.items()}

    @cached_property
    def _inside(self) -> dict[bool, set[str]]:
        """What stands in the midst of pages, where no furniture does; without the header block, and with it for prose.

        A running header may well say over again what stands in the header block.
        """
        midst = [number for page in self.pages for number in page[_DEPTH:-_DEPTH]]
        header = self._header()
        return {
            prose: {_key(self.lines[number].text) for number in midst if prose or number not in header}
            for prose in (False, True)
        }

    def _in_mid_sentence(self) -> set[int]:
        """The lines at seams that stand between the halves of a sentence and are no part of it."""
        found: set[int] = set()
        for seam in (page.start for page in self.pages[1:]):
            blocks = ((seam - up, seam + down) for up in range(_DEPTH) for down in range(_DEPTH) if up + down > 0)
            for start, end in sorted(blocks, key=lambda block: block[1] - block[0]):
                if start > 0 and end < len(self.lines) and self._interrupts(start, end):
                    found.update(range(start, end))
                    break
        return found

    def _interrupts(self, start: int, end: int) -> bool:
        """Whether the lines from `start` to `end` part a sentence that goes on behind them, and are none of it.

        Inside a paragraph every line is filled: one on which the next word had found room is of something else.
        """
        above, below = self.lines[start - 1].text, self.lines[end]
        if self.layout.flowed or not self._leaves_off(above, below.text, self.lines[end - 1].text):
            return False
        words = [line.text.partition(" ")[0] for line in self.lines[start + 1 : end + 1]]
        texts = [line.text for line in self.lines[start:end]]
        return not any(map(self._is_frame, range(start, end))) and all(
            not text[0].islower() and self._ends_early(text, word) for text, word in zip(texts, words, strict=True)
        )

    def _leaves_off(self, above: str, below: str, last: str) -> bool:
        """Whether a sentence goes on from one line to another, or a finished one is followed by an item's label.

        A sentence goes on from a filled line only. What stands before a label ends with a full stop; a line without one
        that follows it is of something else. A title in capitals goes on in capitals.
        """
        if _SENTENCE_END.search(above):
            return begins_item_part(below) and not _SENTENCE_END.search(last)
        if above.isupper() and any_of("section_title").match(above):
            return below.isupper() and not last.isupper() and not begins_own_part(below)
        return below[0].islower() and not self._ends_early(above, below.partition(" ")[0])

    def _ends_early(self, text: str, next_word: str) -> bool:
        return text[-1] not in "-/" and printed_width(f"{text} {next_word}") <= _ROOM * self.layout.width

    # Texts without pages

    def _coming_back(self) -> set[int]:
        """Lines that stand more than once in the text and, somewhere, where the letter cannot hold them."""
        keys = [_key(line.text) for line in self.lines]
        counts = Counter(keys)
        header = self._header()
        candidates = [n for n, key in enumerate(keys) if counts[key] > 1 and n not in header and not self._is_frame(n)]
        blocks = [block for block in _runs(candidates) if len(block) <= _DEPTH and self._is_whole(block)]
        # A sentence of the letter's that stands twice may stand beside furniture once: the shortest blocks tell.
        said = [{keys[number] for number in block} for block in blocks]
        shortest: dict[str, int] = {}
        for lines in sorted(said, key=len):
            for key in lines:
                shortest.setdefault(key, len(lines))
        foreign = {
            key
            for block, lines in zip(blocks, said, strict=True)
            if self._parts_a_sentence(block) and all(shortest[key] == len(lines) for key in lines)
            for key in lines
        }
        foreign.update(keys[number] for number in self._at_ends(candidates))
        return {number for number in candidates if keys[number] in foreign} | self._counting()

    def _at_ends(self, candidates: Sequence[int]) -> Iterator[int]:
        """Those with which the text begins or ends, if they read like no sentence.

        A letter has no lines of its own there that it says again elsewhere.
        """
        found = set(candidates)
        numbers = range(len(self.lines))
        for inwards in (numbers[:_DEPTH], numbers[: -1 - _DEPTH : -1]):
            yield from takewhile(lambda n: n in found and not _is_prose(self.lines[n].text), inwards)

    def _header(self) -> range:
        """The lines of the header block, in which a number or date may stand alone."""
        starts = (n for n, line in enumerate(self.lines) if begins_own_part(line.text))
        titles = (n for n, line in enumerate(self.lines) if any_of("section_title").match(line.text))
        return range(next(starts, 0), next(titles, 0))

    def _counting(self) -> set[int]:
        """Lines that are nothing but a number and count the pages of the text: 1, 2, 3 ..."""
        header = self._header()
        bare = [(n, count) for n, line in enumerate(self.lines) if (count := bare_number(line.text)) is not None]
        counts = [count for n, count in bare if n not in header]
        counting = len(counts) > 1 and counts == list(range(counts[0], counts[0] + len(counts))) and counts[0] <= 2
        return {n for n, _ in bare if n not in header} if counting else set()

    def _is_frame(self, number: int) -> bool:
        text = self.lines[number].text
        return ends_with_outcome(text) or begins_own_part(text)

    def _is_whole(self, block: range) -> bool:
        """Whether a block ends with what it says: what fills its last line goes on in the next one."""
        first, last = self.lines[block.start].text, self.lines[block.stop - 1].text
        following = self.lines[block.stop].text.partition(" ")[0] if block.stop < len(self.lines) else ""
        ends = _SENTENCE_END.search(last) is not None or self._ends_early(last, following)
        return not first[0].islower() and ends

    def _parts_a_sentence(self, block: range) -> bool:
        """Whether a block parts a sentence."""
        if not block.start or block.stop == len(self.lines):
            return False
        above, last, below = (self.lines[number].text for number in (block.start - 1, block.stop - 1, block.stop))
        return self._leaves_off(above, below, last)

    # Between an outcome and the label after it

    def _after_outcomes(self) -> Iterator[int]:
        for number, line in enumerate(self.lines):
            if ends_with_outcome(line.text):
                yield from self._before_label(number)

    def _before_label(self, outcome: int) -> range:
        after = range(outcome + 1, min(outcome + 2 + _DEPTH, len(self.lines)))
        for number in after:
            text = self.lines[number].text
            if any_of("item_label").match(text):
                return range(outcome + 1, number)
            if ends_with_outcome(text) or begins_own_part(text):
                break
        return range(0)


def _key(text: str) -> str:
    """A line as it is compared with others: figures, dates and numbers are alike.

    Of a line that is nothing else the marks and letters between the figures tell: a year is no case number.
    """
    words = text.split()
    folded = " ".join(words)
    if not _FIGURES.search(folded):
        return folded
    masked = " ".join("#" if _FIGURES.search(word) else word for word in words)
    return masked if any(map(str.isalpha, masked)) else _FIGURES.sub("0", folded)


def _is_prose(text: str) -> bool:
    """Whether a line reads like a part of the letter's sentences."""
    return _goes_on(text) or text.endswith(".") or holds_own_words(text)


def _ends_with_figures(text: str) -> bool:
    """Whether a line is the end of a sentence and holds no word of it: the pages of a citation, or a quantity."""
    return _SENTENCE_END.search(text) is not None and not any(map(str.isalpha, text))


def _goes_on(text: str) -> bool:
    """Whether a line begins in the midst of a sentence."""
    return text[0].islower() and not text.startswith(_ADDRESSES)


def _runs(numbers: Sequence[int]) -> list[range]:
    """The numbers as runs of consecutive ones."""
    runs: list[range] = []
    for number in numbers:
        if runs and runs[-1].stop == number:
            runs[-1] = range(runs[-1].start, number + 1)
        else:
            runs.append(range(number, number + 1))
    return runs
