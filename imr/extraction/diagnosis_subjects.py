"""Diagnoses that stand before their lead: "a lumbar strain was diagnosed", "gives gout as the diagnosis"."""

from __future__ import annotations

import re
from itertools import takewhile

from imr.extraction.diagnosis_bridge_kinds import Kind, bridge_words
from imr.extraction.diagnosis_bridge_words import Word, words_from
from imr.extraction.diagnosis_words import conditions_in, is_complaint, says_more
from imr.records import Span

_LONGEST = 240  # characters of a sentence before its lead
_SENTENCE_END = re.compile(r"(?<!\bDr)(?<!\b[A-Z])[.!?]\s+(?=[A-Z\"“])|\n")
_PART_END = re.compile(r"[;:]\s+|[\"“](?=\w)")
_QUOTED = re.compile(r"[\"“]([^\"“”]+)[\"”]\s*\Z")
_PREDICATE = {Kind.LINK, Kind.NEUTRAL, Kind.PASSED}
_IN_NAMES = {Kind.CONDITION, Kind.NAME, Kind.NEUTRAL, Kind.JOINT, Kind.COMMA}
_VERBS = {Kind.LINK, Kind.VERB}
_NAMED_AS = {"as", "among"}
_NEGATIONS = {"not", "never"}
_ARTICLES = {"a", "an", "the"}
_QUOTES = {'"', "“", "”"}
_NOUNS = {Kind.CONDITION, Kind.NAME}
_EDGES = {Kind.NEUTRAL, Kind.JOINT, Kind.COMMA, Kind.PASSED}


def list_before(text: str, before: Span, is_participle: bool = False) -> Span | None:
    """The list that is the subject of a lead right after the span, or named "as" one; None where there is none.

    `is_participle` says that no other verb need stand between: "gout diagnosed in May".
    """
    earliest = max(before.start, before.end - _LONGEST)
    ends = [match.end() for match in _SENTENCE_END.finditer(text, earliest, before.end)]
    sentence = Span(ends[-1] if ends else earliest, before.end)
    parts = [match.end() for match in _PART_END.finditer(text, *sentence) if match.group()[0] == ";"]
    words = list(words_from(text, parts[-1] if parts else sentence.start, before.end))
    predicate = list(takewhile(_is_predicate, reversed(words)))
    before_it = words[: len(words) - len(predicate)]
    if is_participle and not predicate:
        return None if before_it and before_it[-1].text in _NEGATIONS else _subject(text, before_it)
    last = _last_entry(text, before_it, {word.text for word in predicate})
    end = before_it[-1].end if before_it else sentence.start
    return _quoted(text, Span(sentence.start, end), last) or (last and _with_entries(text, sentence, last))


def _last_entry(text: str, before: list[Word], predicate: set[str]) -> Span | None:
    """What stands before a predicate: its subject, or the object that is named "as" a diagnosis."""
    if not predicate.isdisjoint(bridge_words().copulas):
        return _subject(text, before)
    return None if predicate.isdisjoint(_NAMED_AS) else _object(text, before)


def _quoted(text: str, before: Span, last: Span | None) -> Span | None:
    """The words in quotation marks that stand before the predicate, if the names found begin no earlier."""
    quoted = _QUOTED.search(text, *before)
    if quoted is None or (last and last.start < quoted.start()):
        return None
    span = Span(*quoted.span(1))
    named = conditions_in(text, span)
    return None if all(map(is_complaint, named)) else span


def _with_entries(text: str, sentence: Span, last: Span) -> Span:
    """A list with the entries before its last, which semicolons part: "gout; asthma; sciatica were diagnosed"."""
    bounds = [sentence.start, *(match.end() for match in _PART_END.finditer(text, sentence.start, last.start))]
    start = last.start
    while len(bounds) > 1 and bounds[-1] == start and text[: bounds[-1]].rstrip().endswith(";"):
        entry = Span(bounds[-2], bounds.pop())
        if not _is_entry(text, entry):
            break
        start = entry.start
    return Span(start, last.end)


def _is_entry(text: str, span: Span) -> bool:
    """Whether a part of a sentence is nothing but names of conditions, more than complaints."""
    words = [word for word in words_from(text, *span) if word.text != ";"]
    is_name = words and all(_is_of_name(words, number) for number in range(len(words)))
    return bool(is_name) and not all(map(is_complaint, conditions_in(text, span)))


def _object(text: str, words: list[Word]) -> Span | None:
    """What a verb gives, lists or names, which is right before it."""
    verbs = (number for number in range(len(words), 0, -1) if words[number - 1].kind in _VERBS)
    verb = next(verbs, None)
    return _names(text, words[verb:]) if verb else _subject(text, words)


def _is_predicate(word: Word) -> bool:
    is_part = word.kind in _PREDICATE or word.text in bridge_words().ranks or word.text.endswith("ed")
    return is_part and word.text not in _QUOTES


def _subject(text: str, words: list[Word]) -> Span | None:
    """The run of words of names at the end, without a phrase in front of it."""
    number = next((n for n in range(len(words), 0, -1) if not _is_of_name(words, n - 1) or _ends_before(words, n)), 0)
    rest, run = words[:number], words[number:]
    if rest and rest[-1].kind is Kind.STOP:
        return None
    begins_clause = len(rest) == 1 and rest[0].kind is Kind.RELATIVE  # "When seen, ..."
    if rest and (begins_clause or rest[-1].text in bridge_words().fronted):
        run = run[next((after for after, word in enumerate(run, 1) if word.kind is Kind.COMMA), 0) :]
    return _names(text, run)


def _ends_before(words: list[Word], number: int) -> bool:
    """Whether an article begins another noun: "the injury a laceration was diagnosed"."""
    return number < len(words) and words[number].text in _ARTICLES and words[number - 1].kind in _NOUNS


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
        return before.kind in _NOUNS or (before.kind is Kind.JOINT and words[max(0, number - 2)].kind in _NOUNS)
    return word.kind in _IN_NAMES or says_more(word.text)
