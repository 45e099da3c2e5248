"""Diagnoses that stand before their lead: "a lumbar strain was diagnosed", "gives gout as the diagnosis"."""

from __future__ import annotations

import re
from itertools import takewhile

from imr.extraction.diagnosis_bridge_kinds import Kind, bridge_words
from imr.extraction.diagnosis_bridge_words import Word, words_from
from imr.extraction.diagnosis_words import conditions_in, is_complaint, says_more
from imr.records import Span

_LONGEST = 240  # characters of a sentence before its lead
_SENTENCE_END = re.compile(r"(?<!\bDr)(?<!\b[A-Z])[.!?]\s+(?=[A-Z\"“])|;\s+|\n")
_PREDICATE = {Kind.LINK, Kind.NEUTRAL, Kind.PASSED}
_IN_NAMES = {Kind.CONDITION, Kind.NAME, Kind.NEUTRAL, Kind.JOINT, Kind.COMMA}
_VERBS = {Kind.LINK, Kind.VERB}
_EDGES = {Kind.NEUTRAL, Kind.JOINT, Kind.COMMA, Kind.PASSED}


def list_before(text: str, before: Span) -> Span | None:
    """The list that is the subject of a lead right after the span, or named "as" one; None where there is none."""
    earliest = max(before.start, before.end - _LONGEST)
    ends = [match.end() for match in _SENTENCE_END.finditer(text, earliest, before.end)]
    words = list(words_from(text, ends[-1] if ends else earliest, before.end))
    predicate = list(takewhile(_is_predicate, reversed(words)))
    before_it = words[: len(words) - len(predicate)]
    if any(word.text in bridge_words().copulas for word in predicate):
        return _subject(text, before_it)
    return _object(text, before_it) if any(word.text in {"as", "among"} for word in predicate) else None


def _object(text: str, words: list[Word]) -> Span | None:
    """What a verb gives, lists or names, which is right before it."""
    verbs = (number for number in range(len(words), 0, -1) if words[number - 1].kind in _VERBS)
    verb = next(verbs, None)
    return _names(text, words[verb:]) if verb else _subject(text, words)


def _is_predicate(word: Word) -> bool:
    return word.kind in _PREDICATE or word.text in bridge_words().ranks or word.text.endswith("ed")


def _subject(text: str, words: list[Word]) -> Span | None:
    """The run of words of names at the end, without a phrase in front of it."""
    number = next((n for n in range(len(words), 0, -1) if not _is_of_name(words, n - 1)), 0)
    rest, run = words[:number], words[number:]
    if rest and rest[-1].kind is Kind.STOP:
        return None
    if rest and rest[-1].text in bridge_words().fronted:
        run = run[next((after for after, word in enumerate(run, 1) if word.kind is Kind.COMMA), 0) :]
    return _names(text, run)


def _names(text: str, run: list[Word]) -> Span | None:
    """The names in a run of words, if they are more than complaints."""
    while run and run[0].kind in _EDGES:
        run = run[1:]
    span = Span(run[0].start, run[-1].end) if run else None
    return span if span and not all(map(is_complaint, conditions_in(text, span))) else None


def _is_of_name(words: list[Word], number: int) -> bool:
    """Whether a word may stand in names of conditions: one that is known from none, right after one that is."""
    word, before = words[number], words[max(0, number - 1)]
    if word.kind is Kind.OTHER:
        return before.kind in {Kind.NAME, Kind.CONDITION}
    return word.kind in _IN_NAMES or says_more(word.text)
