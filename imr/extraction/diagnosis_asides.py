"""What stands in a list of diagnoses and names none: "as noted above", "awaiting surgery", "confirmed by MRI"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imr.extraction.diagnosis_bridge_kinds import bridge_words
from imr.extraction.diagnosis_lexicon import lexicon
from imr.extraction.diagnosis_words import Piece, is_adjective, is_condition, is_disorder

_ARTICLES = {"a", "an", "the", "his", "her"}
_PERSONS = {"him", "them", "it"}  # "admitted him"
_PLACING = {"at", "in"}


def without_asides(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces of a list but for asides, and for what an aside goes on with: "despite rest, ice and therapy"."""
    is_aside = False
    for number, piece in enumerate(pieces):
        is_aside = number > 0 and (_is_aside(piece) or (is_aside and not any(map(is_disorder, piece.words))))
        if not is_aside:
            yield piece


def _is_aside(piece: Piece) -> bool:
    """Whether a piece begins as no name does: with a conjunction, a participle of treatment or evidence, a verb."""
    known = lexicon()
    words = piece.words
    first, *further = words
    if first in known.adverbs and further:
        first, *further = further
    if first in known.asides:
        return True
    if first in _PLACING:
        return (
            "with" not in further
            and further[:1] != []
            and further[0] in _ARTICLES
            and known.says_where.isdisjoint(set(further) - _ARTICLES)
        )
    if first.endswith("ed") and further and further[0] in _ARTICLES | _PERSONS:
        return True
    if is_condition(first) or first in known.says_more or {first, " ".join(words[:2])} & known.goes_on:
        return False
    if any(map(is_disorder, words)) or (further[:1] and further[0] in known.after_participles):
        return False
    verbs = bridge_words().verbs | known.evidence
    is_doing = first.endswith("ing") and bool(further) and piece.joint == "," and not is_adjective(further[0])
    return is_doing or not verbs.isdisjoint(further)
