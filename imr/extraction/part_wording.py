"""The words around a body part in a rationale: its phrase, its sentence, and whether the request names it at all."""

from __future__ import annotations

import re
from functools import lru_cache

from imr.extraction.part_list import any_word, part_pattern, part_words
from imr.records import Span

# A page may break within a sentence: a line's end is none by itself.
_SENTENCE_ENDS = (". ", "? ", "! ", ".\n", "?\n", "!\n")
_WORD_BEFORE = re.compile(r"([\w'\u2019-]+)\s+\Z")
_LONGEST_WORD = 20
_NAMING_NEAR = 60
_LONGEST_IDIOM = 40


def phrase_start(text: str, floor: int, start: int) -> int:
    """Where the phrase begins that ends in a part's name: before its articles, sides and other qualifying words."""
    while match := _WORD_BEFORE.search(text, max(floor, start - _LONGEST_WORD), start):
        if match[1].lower().replace("\u2019", "'") not in part_words("qualifiers"):
            break
        start = match.start()
    return start


def sentence_at(text: str, position: int, span: Span) -> Span:
    """The sentence of a span in which a position lies."""
    before = ((text.rfind(end, span.start, position), len(end)) for end in _SENTENCE_ENDS)
    after = (text.find(end, position, span.end) for end in _SENTENCE_ENDS)
    start = max((found + length for found, length in before if found >= 0), default=span.start)
    return Span(start, min((found + 1 for found in after if found >= 0), default=span.end))


def is_idiom(text: str, name: Span) -> bool:
    """Whether the name of a part stands for none: "a second pair of trained hands", "fell ten feet"."""
    window = Span(max(0, name.start - _LONGEST_IDIOM), min(len(text), name.end + _LONGEST_IDIOM))
    found = part_pattern("idiom").finditer(text, *window)
    return any(match.start() < name.end and name.start < match.end() for match in found)


@lru_cache(maxsize=32)
def is_quoted(sentence: str) -> bool:
    """Whether a sentence quotes what guidelines say of anybody's treatment."""
    return bool(part_pattern("guideline_sentence").search(sentence))


def leaves_part_unnamed(text: str, rationale: Span) -> bool:
    """Whether a rationale says that the request names no body part."""
    return any(
        _is_unnamed(text, Span(*noun.span()), sentence_at(text, noun.start(), rationale))
        for noun in any_word("unnamed").finditer(text, *rationale)
    )


def _is_unnamed(text: str, noun: Span, sentence: Span) -> bool:
    near = Span(max(sentence.start, noun.start - _NAMING_NEAR), min(sentence.end, noun.end + _NAMING_NEAR))
    if part_pattern("no_before").search(text, near.start, noun.start) or part_pattern("unsaid").search(text, *near):
        return True
    return bool(part_pattern("denial").search(text, *near)) and bool(part_pattern("naming").search(text, *near))
