"""Sentences of a text and their words, lower-cased, with misspelt and glued key words put right."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from imr.records import Span

# A sentence begins after a full stop, but not after that of a number, an initial or an abbreviation.
_SENTENCE_END = re.compile(
    r"[.!?](?:(?<!\b[A-Za-z]\.)(?<!\bDr\.)(?<!\bvs\.)(?<!\bmed\.)(?<!\b[Nn]o\.)(?<!\d\.)"
    r"|(?<=\d\.)(?=\s+[A-Z])|(?<=\b[Nn]o\.)(?=\s+[A-Z][a-z]))['\")”]*\s+"
)
_TAIL = 500  # characters in which the last sentences are looked for first
# A hyphen within a word is a blank; one between blanks, or a longer one, is a dash.
# Neither the marks of emphasis ("_not_") nor those of footnotes are letters of a word.
_LETTERS = r"[^\W_\u00b2\u00b3\u00b9\u2070-\u2079]+"
_TOKEN = re.compile(rf"{_LETTERS}(?:['\u2019]{_LETTERS})?|[,;:.?!()\u2013\u2014]|--+|(?<=\s)-(?=\s)")
_APOSTROPHE = re.compile("['\u2019]")
_DASHES = frozenset("\u2013\u2014-")
_LONGEST = 2_000  # characters of a sentence that are read, from its end
_MOST_EDITS = 2
_REMEMBERED = 20_000


class Words(NamedTuple):
    """Words and marks in lower case, and where each stands."""

    words: list[str]
    spans: list[tuple[int, int]]


def sentences_backwards(text: str, region: Span) -> Iterator[Span]:
    """The sentences of a region, the last first, white space after them included; of endless ones the end."""
    upper = region.end
    for lower in (max(region.start, region.end - _TAIL), region.start):
        ends = [match.end() for match in _SENTENCE_END.finditer(text, lower, upper)]
        for end in reversed(ends):
            if end < upper:
                yield Span(max(end, upper - _LONGEST), upper)
                upper = end
    if upper > region.start:
        yield Span(max(region.start, upper - _LONGEST), upper)


class Spelling:
    """Puts key words right: those that a slip of up to two letters spoilt, and those glued to a word before them."""

    def __init__(
        self, known: Collection[str], misspelt: Sequence[str], glued: Sequence[str], glue: Sequence[str]
    ) -> None:
        self._known = frozenset(known)
        self._misspelt = misspelt
        self._glued = frozenset(glued)
        self._glue = glue
        self._parts_of = lru_cache(maxsize=_REMEMBERED)(self._find_parts)

    def read(self, text: str, start: int, end: int) -> Words:
        """The words and marks of `text[start:end]`; parts of one token share its letters."""
        known, parts_of = self._known, self._parts_of
        words: list[str] = []
        spans: list[tuple[int, int]] = []
        for match in _TOKEN.finditer(text, start, end):
            token, span = match.group(), match.span()
            # Within a sentence "May" is the month.
            if token != "May" or span[0] == start:
                token = token.lower()
            parts = () if token in known else parts_of(token)
            if not parts:
                words.append(token)
                spans.append(span)
                continue
            first = span[0]
            for part, length in parts:
                words.append(part)
                spans.append((first, first + length))
                first += length
        return Words(words, spans)

    def _find_parts(self, token: str) -> tuple[tuple[str, int], ...]:
        """What is meant by a token, with the lengths of the parts; nothing where it is one word that stays as it is."""
        if token[0] in _DASHES:
            return (("-", len(token)),)
        if cut := _APOSTROPHE.search(token):
            return tuple(_around_apostrophe(token, cut.start()))
        if (key := self._meant(token)) is not None:
            return ((key, len(token)),)
        return tuple(self._split(token))

    def _split(self, token: str) -> Iterator[tuple[str, int]]:
        for part in self._glue:
            if token.startswith(part) and (rest := tuple(self._tail(token[len(part) :]))):
                yield part, len(part)
                yield from rest
                return

    def _tail(self, token: str) -> Iterator[tuple[str, int]]:
        if token in self._glued:
            yield token, len(token)
        elif (key := self._meant(token)) is not None:
            yield key, len(token)
        else:
            yield from self._split(token)

    def _meant(self, token: str) -> str | None:
        for key in self._misspelt:
            if token[:1] == key[0] and OSA.distance(token, key, score_cutoff=_MOST_EDITS) <= _MOST_EDITS:
                return key
        return None


def _around_apostrophe(token: str, cut: int) -> Iterator[tuple[str, int]]:
    """The parts of "isn't" ("is", "n't") or of "surgeon's" ("surgeon", "'s"), with their lengths."""
    if token.endswith("t") and cut == len(token) - 2 and token[cut - 1] == "n":
        cut -= 1
    if cut:
        yield token[:cut], cut
    yield token[cut:].replace("\u2019", "'"), len(token) - cut
