"""What two pieces on either side of an "and" have in common: a name, a noun, or what brought them about."""

from __future__ import annotations

from itertools import takewhile

from imr.extraction.diagnosis_lexicon import lexicon
from imr.extraction.diagnosis_words import (
    Piece,
    entry_patterns,
    is_adjective,
    is_complaint,
    is_condition,
    says_more,
)


def lacks_noun(piece: Piece, following: Piece) -> bool:
    """Whether a piece shares the noun of the next one: "vivid visual and auditory hallucinations"."""
    waits = is_adjective(piece.words[-1]) and not any(map(is_condition, piece.words))
    return waits and following.joint == "and" and is_adjective(following.words[0])


def shares_noun(before: Piece, piece: Piece) -> bool:
    """Whether places that "with" brings in wait for a noun: "cyst with facet and foraminal narrowing"."""
    words = lexicon()
    brought = list(takewhile(lambda word: word not in words.effects and word != "with", reversed(before.words)))
    waits = 0 < len(brought) < len(before.words) and all(map(says_more, brought))
    return waits and piece.joint == "and" and (piece.words[0] in words.nouns or is_adjective(piece.words[0]))


def are_twins(before: Piece, piece: Piece) -> bool:
    """Two conditions with the rest of their name in common: "cervical sprain and strain"."""
    words, last, first = lexicon(), before.words[-1], piece.words[0]
    if piece.joint == "and" and not {last, first} <= words.twins:
        return f"{last} and {first}" in words.pairs or f"{first} and {last}" in words.pairs
    twins = words.twins if piece.joint == "and" else words.close_twins
    return {last, first} <= twins and (_length(piece) == 1) != (len(before.words) == 1)


def _length(piece: Piece) -> int:
    """The words of a name up to "with" or "due to", but for how much, how long and on which side."""
    words = lexicon()
    name = takewhile(lambda word: word not in words.causes, piece.words)
    return sum(word not in words.opening | words.degrees | words.qualifiers for word in name)


def is_cause(text: str, before: Piece, piece: Piece) -> bool:
    """Whether a piece tells where the diagnosis before it came from: "insomnia secondary to pain and anxiety"."""
    if entry_patterns("cause")["cause"].match(text, piece.start, piece.end):
        return True
    words = lexicon()
    last = list(takewhile(lambda word: word not in words.causes | words.effects, reversed(before.words)))
    if piece.joint != "and" or len(last) == len(before.words):
        return False
    named = [word for word in last if is_condition(word)]
    told = before.words[-len(last) - 1] in words.effects or (named and all(map(is_complaint, named)))
    return bool(told) and piece.words[0] in words.complaints | words.caused and all(map(says_more, piece.words[1:]))
