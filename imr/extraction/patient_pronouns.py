"""The patient's sex by pronouns: by those that stand for the patient, not for a surgeon, a husband or an employer.

In a sentence whose subject is another person pronouns may be of that person, and so may the "He" that opens the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from imr.records import Found, Span
from imr.rules import Rules, load_rules

_SENTENCE = re.compile(r"(?:[^.;]|\.(?!\s)|(?<=\bDr)\.)+")
_OPENING = re.compile(r"\s*(?:\w+,?\s+)?\Z")  # "Also " before the subject of a sentence


class Bearing(IntEnum):
    """How surely a pronoun stands for the patient; the lowest number is surest."""

    SURE = 1
    LIKELY = 2
    PERHAPS = 3
    HARDLY = 4
    NONE = 5


class Pronoun(NamedTuple):
    """A pronoun with its bearing, and the number of its sentence."""

    bearing: Bearing
    span: tuple[int, int]
    sentence: int


class Mention(NamedTuple):
    """A word for somebody: for the patient, for another person, or a pronoun, which "his wife" has as well."""

    start: int
    is_patient: bool = False
    is_other: bool = False
    pronoun: tuple[int, int] | None = None


def sex_of_pronouns(text: str, summary: Span) -> Found[str] | None:
    """The sex that the surest pronouns agree on; where these do not, those of the sentence that names the patient."""
    pronouns = list(_pronouns(text, summary))
    best = min((pronoun.bearing for pronoun in pronouns), default=Bearing.NONE)
    surest = [pronoun for pronoun in pronouns if pronoun.bearing == best < Bearing.NONE]
    first = _first_naming(text, summary)
    return _agreed(text, surest) or _agreed(text, (pronoun for pronoun in surest if pronoun.sentence == first))


def _agreed(text: str, pronouns: Iterable[Pronoun]) -> Found[str] | None:
    sexes: dict[str, str] = load_rules("extraction", "patient")["pronouns"]
    found = {sexes[text[slice(*pronoun.span)].casefold()]: pronoun.span for pronoun in pronouns}
    if len(found) != 1:
        return None
    sex, span = found.popitem()
    return Found(sex, *span, "patient.pronouns", "inferred")


def _first_naming(text: str, summary: Span) -> int:
    """The number of the first sentence that names the patient, or -1."""
    named = load_rules("extraction", "patient").pattern("patient_named").expression
    sentences = enumerate(_SENTENCE.finditer(text, *summary))
    return next((number for number, sentence in sentences if named.search(text, *sentence.span())), -1)


def _pronouns(text: str, summary: Span) -> Iterator[Pronoun]:
    """Every pronoun in order, with its bearing, which depends on whom the sentence before was about."""
    trades = _trades(text, summary)
    about = Bearing.SURE
    for number, sentence in enumerate(_SENTENCE.finditer(text, *summary)):
        teller = _Sentence(text, sentence.start(), about)
        for mention in _mentions(text, Span(*sentence.span()), trades):
            bearing = teller.bearing(mention)
            if bearing and mention.pronoun:
                yield Pronoun(bearing, mention.pronoun, number)
        about = teller.about


class _Sentence:
    """Walks over the persons that a sentence mentions; `about` is what "He" is that opens the next sentence."""

    def __init__(self, text: str, start: int, about: Bearing) -> None:
        self.text, self.start, self.about = text, start, about
        self.now: Bearing | None = None  # what a pronoun is that comes now; None before anybody was named

    def bearing(self, mention: Mention) -> Bearing | None:
        """How surely a pronoun stands for the patient; None for what is no pronoun."""
        if mention.is_patient:
            self.about = Bearing.SURE if self.now is None else self.about
            self.now = Bearing.SURE
            return None
        if not mention.is_other:
            return self._of_pronoun(mention.start)
        of_whom = self.about if self.now is None else self.now
        self.about = Bearing.HARDLY if self.now is None else max(self.about, Bearing.LIKELY)
        self.now = Bearing.PERHAPS
        return min(of_whom, Bearing.LIKELY)

    def _of_pronoun(self, start: int) -> Bearing:
        if self.now is None:
            opens = _OPENING.match(self.text, self.start, start) is not None
            bearing = self.about if opens else min(self.about, Bearing.PERHAPS)
            self.now = min(bearing, Bearing.PERHAPS)
        else:
            bearing = self.now
        acts = load_rules("extraction", "patient").pattern("of_physician").expression
        is_act = bearing > Bearing.SURE and acts.match(self.text, start) is not None
        return Bearing.NONE if is_act else bearing


def _mentions(text: str, sentence: Span, trades: frozenset[str]) -> list[Mention]:
    """The persons that a sentence mentions, in order; the patient's own trade is none beside."""
    rules = load_rules("extraction", "patient")
    found = [Mention(match.start(), is_patient=True) for match in _all(rules, "patient_named", text, sentence)]
    taken: set[tuple[int, int]] = set()
    for match in _all(rules, "other_person", text, sentence):
        if match["role"].casefold() not in trades:
            whose = match.span("whose")
            taken.add(whose)
            found.append(Mention(match.start(), is_other=True, pronoun=whose if whose[0] >= 0 else None))
    pronouns = (match.span() for match in _all(rules, "pronoun", text, sentence))
    found += [Mention(span[0], pronoun=span) for span in pronouns if span not in taken]
    return sorted(found, key=lambda mention: mention.start)


def _all(rules: Rules, name: str, text: str, span: Span) -> Iterator[re.Match[str]]:
    return rules.pattern(name).expression.finditer(text, *span)


def _trades(text: str, summary: Span) -> frozenset[str]:
    """What the patient works as, among the words for other persons."""
    rules = load_rules("extraction", "patient")
    return frozenset(match["trade"].casefold() for match in _all(rules, "occupation", text, summary))
