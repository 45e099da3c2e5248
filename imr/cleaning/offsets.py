"""The offset map: from a place in the clean text back to the raw text it was read from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from imr.records import CleanText, Span

_LINE_END = re.compile(r"[\n\r\x0b\f\x1c-\x1e\x85\u2028\u2029]")


class CleanTextBuilder:
    """Builds clean text from copied raw slices and literals, and the map as it goes.

    A literal stands for the raw text it replaces: each of its characters maps to the start of that gap.
    """

    def __init__(self, raw: str) -> None:
        self._raw = raw
        self._parts: list[str] = []
        self._length = 0
        self._clean: list[int] = []
        self._offsets: list[int] = []
        self._ahead: int | None = None  # of raw text before clean text, since the last entry

    def copy(self, start: int, end: int) -> None:
        """Take `raw[start:end]` over as it stands."""
        if end > start:
            self._enter(start)
            self._parts.append(self._raw[start:end])
            self._length += end - start

    def literal(self, text: str, raw_offset: int) -> None:
        """Write `text` in place of raw text that begins at `raw_offset`."""
        for character in text:
            self._enter(raw_offset)
            self._parts.append(character)
            self._length += 1

    def build(self, raw_page_starts: Sequence[int]) -> CleanText:
        """The clean text with its map, and the clean offsets at which its pages begin."""
        page_starts = tuple(self._clean_offset(start) for start in raw_page_starts)
        return CleanText("".join(self._parts), page_starts, tuple(self._clean), tuple(self._offsets))

    def _clean_offset(self, raw_offset: int) -> int:
        """The first clean offset that was read from `raw_offset` or later."""
        entry = bisect_right(self._offsets, raw_offset) - 1
        if entry < 0:
            return 0
        following = self._clean[entry + 1] if entry + 1 < len(self._clean) else self._length
        return min(self._clean[entry] + raw_offset - self._offsets[entry], following)

    def _enter(self, raw_offset: int) -> None:
        if (ahead := raw_offset - self._length) != self._ahead:
            self._ahead = ahead
            self._clean.append(self._length)
            self._offsets.append(raw_offset)


def raw_span(clean: CleanText, start: int, end: int) -> Span:
    """The raw span that the clean span `[start, end)` was read from."""
    first = _raw_offset(clean, start)
    return Span(first, _raw_offset(clean, end - 1) + 1 if end > start else first)


def places(
    clean: CleanText, starts: Sequence[int | None], ends: Sequence[int | None]
) -> list[tuple[int | None, int | None, int | None]]:
    """The raw span of each of many clean spans, and its page; no place for what stands nowhere.

    The same as `raw_span` and `page_of` give for each, without calls: there are dozens of values in a letter.
    """
    # Only an empty map has no entry at or before an offset: then clean text and raw text are one.
    entries, offsets = (clean.map_clean, clean.map_raw) if clean.map_clean else ((0,), (0,))
    found: list[tuple[int | None, int | None, int | None]] = []
    for start, end in zip(starts, ends, strict=True):
        if start is None or end is None:
            found.append((None, None, None))
            continue
        entry = bisect_right(entries, start) - 1
        first = last = offsets[entry] + start - entries[entry]
        if end > start:
            entry = bisect_right(entries, end - 1) - 1
            last = offsets[entry] + end - entries[entry]
        found.append((first, last, bisect_right(clean.page_starts, start) or 1))
    return found


def cut_lines(raw: str, clean: CleanText) -> list[tuple[int, str]]:
    """The printed lines that cleaning left out, page furniture, each run of them with the clean offset it stood at."""
    ends = [*clean.map_clean[1:], len(clean.text)]
    entries = zip(clean.map_clean, ends, clean.map_raw, strict=False)  # an empty text has an end and no entry
    copied = [(start, offset, offset + end - start) for start, end, offset in entries]
    cut, done = [], 0
    for place, start, end in [*copied, (len(clean.text), len(raw), len(raw))]:
        # What is left out before the next line end was edited inside a line that stayed; a joint stands for a line end.
        inside = done > 0 and not _LINE_END.match(raw, done - 1)
        pieces = _LINE_END.split(raw[done:start])[inside:]
        if lines := [line.strip() for line in pieces if line.strip()]:
            cut.append((place, "\n".join(lines)))
        done = max(done, end)
    return cut


def _raw_offset(clean: CleanText, offset: int) -> int:
    entries = clean.map_clean
    entry = bisect_right(entries, offset) - 1
    # Only an empty map has no entry at or before an offset: then clean text and raw text are one.
    return clean.map_raw[entry] + offset - entries[entry] if entry >= 0 else offset


def page_of(page_starts: Sequence[int], offset: int) -> int:
    """The page, counted from 1, on which a clean offset stands."""
    return bisect_right(page_starts, offset) or 1
