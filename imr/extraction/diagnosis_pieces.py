"""Whether a piece of a list of diagnoses says more of the one before it, or is one of its own.

A piece may be mere places, sides and degrees; what ICD-10-CM writes after a comma or on the other side of an "and";
an operation that "status post" tells of; or a cause.
"""

from __future__ import annotations

import re
from itertools import takewhile

from imr.extraction.diagnosis_lexicon import lexicon
from imr.extraction.diagnosis_operations import is_its_place, tells_of_operation
from imr.extraction.diagnosis_pairs import are_twins, is_cause, shares_noun
from imr.extraction.diagnosis_words import (
    Piece,
    condition_names,
    conditions_in,
    is_adjective,
    is_condition,
    is_level,
    says_more,
)
from imr.records import Span

_SHARED = {"all", "both", "each"}
_PREPOSITION = re.compile(r"\b(?:of|in|to|at|on|involving|affecting)\s", re.IGNORECASE)


def says_only_more(text: str, piece: Piece) -> bool:
    """Whether a piece names places, sides or degrees only, and no condition."""
    return all(map(says_more, piece.words)) and not condition_names().search(text, piece.start, piece.end)


def is_detail(text: str, piece: Piece) -> bool:
    """Whether what stands after a comma names nothing by itself, or only what may be behind the diagnosis before it."""
    if piece.joint != "," or says_only_more(text, piece):
        return False
    return piece.words[0] in lexicon().ruling_out or not conditions_in(text, Span(piece.start, piece.end))


def belongs_before(text: str, before: Piece, piece: Piece, following: list[Piece]) -> bool:
    """Whether a piece says more of the diagnosis before it."""
    if not says_only_more(text, piece):
        return (
            _goes_on(piece)
            or _is_place_with_more(before, piece)
            or are_twins(before, piece)
            or shares_noun(before, piece)
            or is_cause(text, before, piece)
            or tells_of_operation(text, before, piece)
        )
    if piece.words[0] in lexicon().doubts:
        return False
    return not following or _is_open(text, before) or not _waits(text, before, piece, following)


def _is_place_with_more(before: Piece, piece: Piece) -> bool:
    """Whether a place of the diagnosis before has something with it: "stenosis, lumbar region with claudication"."""
    causes = lexicon().causes
    place = list(takewhile(lambda word: word not in causes, piece.words))
    if not place or len(place) == len(piece.words) or not all(map(says_more, place)):
        return False
    if "and" in piece.joint:
        return is_level(before.words[-1]) and all(map(is_level, place))
    return piece.joint == "," and place[-1] in lexicon().qualifiers


def _goes_on(piece: Piece) -> bool:
    """Whether the name before goes on: "not elsewhere classified", "single episode", "aggravated by work"."""
    if "," in piece.joint and " ".join(piece.words) in lexicon().tails:
        return True
    first, *further = piece.words
    if piece.joint != "," or is_condition(first):
        return False
    if first == "unspecified":
        return not any(map(is_condition, further))
    if first in lexicon().tails and all(map(says_more, further)):
        return not is_adjective(piece.words[-1])
    return _tells_more(piece.words)


def _tells_more(said: tuple[str, ...]) -> bool:
    """Whether words after a comma tell more of the name before it: "due to work", "worse by night", "reducible"."""
    words = lexicon()
    said = said[1:] if said[0] in _SHARED and len(said) > 1 else said
    first, second = said[0], " ".join(said[1:2])
    if first in words.goes_on or f"{first} {second}" in words.goes_on:
        return True
    done = first.endswith("ed") and first not in words.of_treatment
    if len(said) > 2 and second in words.after_participles and (done or first in words.like_participles):
        return True
    alone = len(said) == 1 or (len(said) == 2 and (first.endswith("ly") or first == "well"))
    return alone and said[-1].endswith(tuple(words.quality_endings)) and said[-1] not in words.of_treatment


def _waits(text: str, before: Piece, piece: Piece, following: list[Piece]) -> bool:
    """Whether places, sides or degrees belong to the condition that follows: "hip strain, neck and back pain"."""
    words, further = lexicon(), following[0]
    if set(piece.words) <= words.sides:
        return further.joint == "and" and further.words[0] in words.sides
    if set(piece.words) <= words.degrees:
        is_second = before.words[-1] in words.degrees | words.qualifiers  # "single episode, moderate and gout"
        return further.joint == "and" and not is_second
    if _goes_on(piece) or set(piece.words) & words.qualifiers:
        return False
    goal = _goal(text, following)
    if goal is None:
        return False
    if any(map(is_level, piece.words)):
        name = takewhile(lambda word: word not in words.causes, goal.words)
        return is_level(goal.words[0]) and any(map(is_condition, name))
    if is_adjective(piece.words[-1]):
        return is_adjective(goal.words[0]) or goal.words[0] in words.says_where
    alike = goal.words[0] in words.says_where | words.degrees
    if goal.words[0] in words.sides and not _says_where(goal.words[1:]):
        return False  # "left foot and left equinus contracture"
    return alike and not _after_preposition(text, before) and not is_its_place(text, before, piece)


def _says_where(words: tuple[str, ...]) -> bool:
    """Whether a place stands before the first condition."""
    return any(word in lexicon().says_where for word in takewhile(lambda word: not is_condition(word), words))


def _goal(text: str, following: list[Piece]) -> Piece | None:
    """The first piece with a condition, if an "and" joins the places before it to it."""
    between = list(takewhile(lambda other: says_only_more(text, other), following))
    goal = following[len(between)] if len(between) < len(following) else None
    if goal and goal.joint == ",and" and any(other.joint == "and" for other in between):
        return None  # "..., thoracic and lumbar spine, and hip strain"
    return goal if goal and "and" in goal.joint else None


def _is_open(text: str, piece: Piece) -> bool:
    """Whether a name still waits for its noun: "sprain of the cervical"."""
    last = piece.words[-1]
    waits_for_noun = last in lexicon().adjectives or last in lexicon().links
    return waits_for_noun or (last in lexicon().sides and _after_preposition(text, piece))


def _after_preposition(text: str, piece: Piece) -> bool:
    """Whether the name goes on after its condition with a place: "contusion of face"."""
    places = list(_PREPOSITION.finditer(text, piece.start, piece.end))
    return bool(places) and not conditions_in(text, Span(places[-1].end(), piece.end))
