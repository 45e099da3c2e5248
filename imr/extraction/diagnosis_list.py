"""A list of diagnoses taken apart into single ones.

Commas and "and" part diagnoses, but also the words of one ("sprain of the muscle, tendon, and joint of the
hip", "cervical and lumbar spine strain", "radiculopathy, lumbosacral region"). So the list is cut at
all of them, and pieces that name no condition of their own are put back to the one they belong to.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise, takewhile
from typing import NamedTuple

from imr.extraction.wording import compiled, entries, one_of, trim
from imr.records import Span
from imr.rules import load_rules

_WORD = re.compile(r"[^\s,;:()\[\]\"“”]+")
# Semicolons and full stops always part, and so do numbers where the list begins with one; nothing is put together
# across them.
_SEMICOLON = re.compile(r"\s*;\s*(?:[Aa]nd\s+)?|(?<=[a-z)])(?<!\bvs)(?<!\bDr)(?<!\bSt)(?<!\bNo)\.\s+(?=[A-Z])")
_NUMBER = re.compile(r"[\s,.;]*(?:\band\s+)?(?:(?<=\s)|(?<=[:,;.]))[(#]?\d{1,2}[.)]\s+|\s*;\s*", re.IGNORECASE)
_FIRST_NUMBER = re.compile(r"\s*[(#]?1[.)]\s+")
_SOFT = re.compile(
    r"\s*,\s*(?:(?:and|as well as|along with|plus)\s+)?|\s+(?:and|as well as|along with|plus)\s+"
    r"|\s+(?=(?:rule[\s-]+out|r/o)\s)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\([^()]*\)")
_PREPOSITION = re.compile(r"\b(?:of|in|to|at|on|involving|affecting)\s", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:(?:an?|the|his|her|also|both)\s+)+", re.IGNORECASE)
_LEVEL = re.compile(
    r"[CTLS]\d{1,2}(?:[-/\u2013]\s?[CTLS]?\d{1,2})*|[A-TV-Z]\d\d(?:\.\w{1,4})?|\d[\d.x/-]*", re.IGNORECASE
)
_LONGEST_NAME = 12  # words from a side to its condition
_WORDS_REMEMBERED = 20_000
_EDGE = " \t\n\f.,;:\"“”'"


class _Item(NamedTuple):
    """A piece of a list and whether a bare "and", without a comma, leads to it."""

    start: int
    end: int
    bare_and: bool


def cut_list(text: str, listed: Span) -> list[Span]:
    """The single diagnoses of a list, in order, without leading articles."""
    spans: list[Span] = []
    numbered = _FIRST_NUMBER.match(text, *listed)
    start = numbered.end() if numbered else listed.start
    for cut in [*(_NUMBER if numbered else _SEMICOLON).finditer(text, start, listed.end), None]:
        end = cut.start() if cut else listed.end
        spans += _put_together(text, _pieces(text, start, end))
        start = cut.end() if cut else end
    tidy = (_tidy(text, span) for span in spans)
    return [span for span in tidy if span.end > span.start and not _is_empty(text, span)]


def conditions_in(text: str, span: tuple[int, int]) -> list[str]:
    """The words of a span that name conditions or complaints, lower case."""
    return [word for word in _words(text, *span) if _is_condition(word)] + [
        match.group().casefold() for match in _names().finditer(text, *span)
    ]


def is_complaint(condition: str) -> bool:
    """Whether a word of `conditions_in` is what a patient reports rather than a physician diagnoses."""
    return condition in _vocabulary("complaints")


def _pieces(text: str, start: int, end: int) -> list[_Item]:
    """The list cut at every separator outside of brackets, and where a new side begins a new condition."""
    hidden = [match.span() for pattern in (_BRACKETS, _phrases()) for match in pattern.finditer(text, start, end)]
    items, bare_and = [], False
    for cut in [*_SOFT.finditer(text, start, end), None]:
        if cut and any(low < cut.start() < high for low, high in hidden):
            continue
        items += _at_new_side(text, _Item(start, cut.start() if cut else end, bare_and))
        if cut:
            start, bare_and = cut.end(), cut.group().split() == ["and"]
    return [item for item in items if text[item.start : item.end].strip(_EDGE)]


def _at_new_side(text: str, item: _Item) -> list[_Item]:
    """ "right hip strain left knee contusion" names two conditions although nothing parts them."""
    found = list(_WORD.finditer(text, item.start, item.end))
    words = [match.group().casefold() for match in found]
    items = [item]
    for place, (before, word) in enumerate(pairwise(words), 1):
        if word in _vocabulary("sides") and _is_condition(before) and _leads_to_condition(words[place:]):
            items[-1] = items[-1]._replace(end=found[place - 1].end())
            items.append(_Item(found[place].start(), item.end, False))
    return items


def _leads_to_condition(words: list[str]) -> bool:
    """Whether nothing but places and degrees stands before the first condition."""
    before = list(takewhile(lambda word: not _is_condition(word), words[:_LONGEST_NAME]))
    return 0 < len(before) < min(len(words), _LONGEST_NAME) and all(map(_is_fragment_word, before))


def _put_together(text: str, items: list[_Item]) -> list[Span]:
    """Join the pieces that name no condition to the piece before or after them."""
    whole: list[Span] = []
    waiting: int | None = None
    for number, item in enumerate(items):
        following = items[number + 1] if number + 1 < len(items) else None
        if waiting is None and whole and _goes_back(text, whole[-1], item, following):
            whole[-1] = Span(whole[-1].start, item.end)
        elif _is_fragment(text, item) and following:
            waiting = item.start if waiting is None else waiting
        elif _is_fragment(text, item) and whole:
            whole[-1] = Span(whole[-1].start, item.end)  # places to the end: nothing follows that they could be of
        else:
            whole.append(Span(item.start if waiting is None else waiting, item.end))
            waiting = None
    return whole


def _goes_back(text: str, before: Span, item: _Item, following: _Item | None) -> bool:
    """Whether a piece says more of the diagnosis before it."""
    words = _words(text, item.start, item.end)
    if not _is_fragment(text, item):
        if _pattern("cause", "cause").match(text, item.start, item.end):
            return True
        return _are_twins(_words(text, *before), words, after_and=item.bare_and)
    if words[0] in ("rule", "r/o", "possible", "probable", "suspected"):
        return False
    if following is None or _is_open(text, before):
        return True
    needs_noun = not any(word in _vocabulary("nouns", "qualifiers") or _LEVEL.fullmatch(word) for word in words)
    next_words = _words(text, following.start, following.end)
    if set(words) <= _vocabulary("sides"):
        return not (following.bare_and and next_words[0] in _vocabulary("sides"))
    if set(words) <= _vocabulary("degrees"):
        return not following.bare_and
    if needs_noun:
        return False
    if _after_preposition(text, before):
        return True
    if set(words) & _vocabulary("sides"):
        return next_words[0] not in _vocabulary("sides") or not following.bare_and
    return bool(set(words) & _vocabulary("qualifiers")) or bool(_LEVEL.fullmatch(words[0]))


def _are_twins(before: list[str], words: list[str], *, after_and: bool) -> bool:
    """Two conditions with the rest of their name in common: "cervical sprain and strain"."""
    twins = _vocabulary("twins" if after_and else "close_twins")
    both = before[-1] in twins and words[0] in twins
    return both and ((len(words) == 1) != (len(before) == 1))


def _is_open(text: str, span: Span) -> bool:
    """Whether a name still waits for its noun: "sprain of the cervical"."""
    last = _words(text, *span)[-1]
    waits_for_noun = last in _vocabulary("adjectives", "links")
    return waits_for_noun or (last in _vocabulary("sides") and _after_preposition(text, span))


def _after_preposition(text: str, span: Span) -> bool:
    """Whether the name goes on after its condition with a place: "contusion of face"."""
    places = list(_PREPOSITION.finditer(text, *span))
    return bool(places) and not conditions_in(text, (places[-1].end(), span.end))


def _is_fragment(text: str, item: _Item) -> bool:
    """Whether a piece names places, sides or degrees only, and no condition."""
    span = (item.start, item.end)
    return all(map(_is_fragment_word, _words(text, *span))) and not _names().search(text, *span)


@lru_cache(maxsize=_WORDS_REMEMBERED)
def _is_fragment_word(word: str) -> bool:
    kinds = ("opening", "degrees", "sides", "adjectives", "nouns", "qualifiers", "links")
    return word in _vocabulary(*kinds) or _LEVEL.fullmatch(word) is not None


@lru_cache(maxsize=_WORDS_REMEMBERED)
def _is_condition(word: str) -> bool:
    named = word in _vocabulary("conditions", "complaints")
    return (
        named or any(_is_condition(part) for part in re.split(r"[/-]", word)[1:]) or _ending().search(word) is not None
    )


def _words(text: str, start: int, end: int) -> list[str]:
    return [match.group().strip(".'").casefold() for match in _WORD.finditer(text, start, end)] or [""]


def _tidy(text: str, span: Span) -> Span:
    """The span without quotation marks, articles and what follows a diagnosis without being part of it."""
    start, end = trim(text, *span, edge=_EDGE)
    article = _ARTICLE.match(text, start, end)
    start = article.end() if article else start
    trailer = _pattern("trailer", "trailer").search(text, start, end)
    return trim(text, start, trailer.start() if trailer else end, edge=_EDGE)


def _is_empty(text: str, span: Span) -> bool:
    empty = _pattern("empty", "no_diagnosis").fullmatch(text, *span)
    return empty is not None or not any(letter.isalpha() for letter in text[span.start : span.end])


@cache
def _pattern(table: str, name: str) -> re.Pattern[str]:
    return entries(load_rules("extraction", "diagnoses"), table)[name]


@cache
def _vocabulary(*kinds: str) -> frozenset[str]:
    words: dict[str, list[str]] = load_rules("extraction", "diagnoses")["words"]
    return frozenset(word for kind in kinds for word in words[kind])


@cache
def _names() -> re.Pattern[str]:
    return compiled(rf"\b(?:{one_of(load_rules('extraction', 'diagnoses')['words']['names'])})\b")


@cache
def _phrases() -> re.Pattern[str]:
    return compiled(rf"\b(?:{one_of(load_rules('extraction', 'diagnoses')['words']['phrases'])})\b")


@cache
def _ending() -> re.Pattern[str]:
    return re.compile(rf"\w(?:{one_of(load_rules('extraction', 'diagnoses')['words']['endings'])})\Z")
