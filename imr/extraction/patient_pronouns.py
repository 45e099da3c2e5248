"""The patient's sex by pronouns: by those that stand for the patient, not for a surgeon, a husband or an employer.

In a sentence whose subject is another person pronouns may be of that person, and so may the "He" that opens the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from imr.records import Found, Span
from imr.rules import load_rules

_WORDS_REMEMBERED = 5_000
_WORD_OR_STOP = re.compile(r"(?<!\bDr)[.;]\s|[^\W\d_][\w'\u2019/-]*")
_POSSESSIVE = re.compile(r"['\u2019]s?\Z")
_NOMINATIVE = {"he", "she"}
_BEFORE_SUBJECT = 1  # words that may open a sentence before "He": "Also he"
_LONGEST_JOINT = 10  # characters of "because" and the like
_BEFORE_KIN = 3  # words from "his" to "wife"


class Bearing(IntEnum):
    """How surely a pronoun stands for the patient; the lowest number is surest."""

    SURE = 1
    LIKELY = 2
    PERHAPS = 3
    HARDLY = 4
    NONE = 5


class Word(NamedTuple):
    """A word of a sentence: what it stands for (`patient`, `other`, `pronoun`, nothing) and how many come before it."""

    kind: str
    text: str
    span: Span
    number: int


class Pronoun(NamedTuple):
    """A pronoun with its bearing, and the number of its sentence."""

    bearing: Bearing
    span: Span
    sentence: int


def sex_of_pronouns(text: str, summary: Span) -> Found[str] | None:
    """The sex that the surest pronouns agree on, failing that those of the sentence that names the patient.

    Where another person is the subject, "he did not see her" tells the patient by the object.
    """
    sentences = list(_sentences(text, summary))
    pronouns = list(_pronouns(text, summary, sentences))
    best = min((pronoun.bearing for pronoun in pronouns), default=Bearing.NONE)
    surest = [pronoun for pronoun in pronouns if pronoun.bearing == best < Bearing.NONE]
    first = next((number for number, said in enumerate(sentences) if any(w.kind == "patient" for w in said)), -1)
    chosen = [surest, [pronoun for pronoun in surest if pronoun.sentence == first]]
    if best >= Bearing.PERHAPS:
        chosen.append([pronoun for pronoun in surest if text[slice(*pronoun.span)].lower() not in _NOMINATIVE])
    return next((found for pronouns in chosen if (found := _agreed(text, pronouns))), None)


def _agreed(text: str, pronouns: Iterable[Pronoun]) -> Found[str] | None:
    sexes: dict[str, str] = load_rules("extraction", "patient")["pronouns"]
    found = {sexes[text[slice(*pronoun.span)].lower()]: pronoun.span for pronoun in pronouns}
    if len(found) != 1:
        return None
    sex, span = found.popitem()
    return Found(sex, *span, "patient.pronouns", "inferred")


def _sentences(text: str, summary: Span) -> Iterator[list[Word]]:
    """The words of each sentence or clause that stand for somebody."""
    words: list[Word] = []
    number = 0
    for match in _WORD_OR_STOP.finditer(text, *summary):
        word = match.group()
        if word[0] in ".;":
            yield words
            words, number = [], 0
        else:
            if kind := _kind_of(word.lower()):
                words.append(Word(kind, word.lower(), Span(*match.span()), number))
            number += 1
    yield words


@lru_cache(maxsize=_WORDS_REMEMBERED)
def _kind_of(word: str) -> str:
    """Whom a word stands for, if for anybody."""
    rules = load_rules("extraction", "patient")
    if word in rules["pronouns"]:
        return "pronoun"
    bare = _POSSESSIVE.sub("", word)
    kinds = {"patient": "patient_named", "other": "other_person"}
    return next((kind for kind, name in kinds.items() if rules.pattern(name).expression.fullmatch(bare)), "")


def _pronouns(text: str, summary: Span, sentences: list[list[Word]]) -> Iterator[Pronoun]:
    """Every pronoun in order, with its bearing, which depends on whom the sentence before was about."""
    trades = _trades(text, summary)
    about = Bearing.SURE
    for number, words in enumerate(sentences):
        teller = _Sentence(text, about)
        others = [word for word in words if word.kind == "other" and word.text not in trades]
        for word in words:
            other = next((other for other in others if _is_kin(text, word, other)), None)
            if word.kind == "pronoun":
                yield Pronoun(teller.bearing_of_owner() if other else teller.bearing(word), word.span, number)
            elif word in others:
                teller.name_other()
            elif word.kind == "patient" and not other:
                teller.name_patient()
        about = teller.about


def _is_kin(text: str, word: Word, other: Word) -> bool:
    """Whether another person is said to be somebody's: "his wife", "the patient's daughter"."""
    if word.text not in ("his", "her") and not _POSSESSIVE.search(word.text):
        return False
    between = text[word.span.end : other.span.start]
    return 0 < other.number - word.number <= _BEFORE_KIN and not set(between) & set(".,:;()")


def _trades(text: str, summary: Span) -> frozenset[str]:
    """What the patient works as, among the words for other persons."""
    occupations = load_rules("extraction", "patient").pattern("occupation").expression.finditer(text, *summary)
    return frozenset(match["trade"].lower() for match in occupations)


class _Sentence:
    """Walks over the persons that a sentence names; `about` is what a "He" is that opens the next sentence."""

    def __init__(self, text: str, about: Bearing) -> None:
        self.text, self.about = text, about
        self.now: Bearing | None = None  # what a pronoun is that comes now; None before anybody was named
        self.is_of_others = True  # as long as the sentence has not named the patient

    def name_patient(self) -> None:
        """The patient is named: what follows is of the patient."""
        self.about = Bearing.SURE if self.now is None else min(self.about, Bearing.LIKELY)
        self.now = Bearing.SURE
        self.is_of_others = False

    def name_other(self) -> None:
        """Somebody else is named, as the subject if nobody was before."""
        self.about = Bearing.HARDLY if self.now is None else max(self.about, Bearing.LIKELY)
        self.now = Bearing.PERHAPS

    def bearing_of_owner(self) -> Bearing:
        """How surely the pronoun of "his wife" is the patient's."""
        return min(self.about if self.now is None else self.now, Bearing.LIKELY)

    def bearing(self, pronoun: Word) -> Bearing:
        """How surely a pronoun stands for the patient."""
        if self.now is None:
            bearing = self.about if pronoun.number <= _BEFORE_SUBJECT else min(self.about, Bearing.PERHAPS)
            self.now = min(bearing, Bearing.PERHAPS)
        else:
            bearing = self.now
            if self.is_of_others and self._goes_on(pronoun):
                return Bearing.NONE
        if bearing is Bearing.SURE:
            return bearing
        acts = load_rules("extraction", "patient").pattern("of_physician").expression
        return Bearing.NONE if acts.match(self.text, pronoun.span.start) else bearing

    def _goes_on(self, pronoun: Word) -> bool:
        """Whether somebody named before is meant, who goes on: "The surgeon waits until he is sure"."""
        joined = load_rules("extraction", "patient").pattern("of_subject").expression
        before = self.text[max(0, pronoun.span.start - _LONGEST_JOINT) : pronoun.span.start]
        return pronoun.text in ("he", "she") and joined.search(before) is not None
