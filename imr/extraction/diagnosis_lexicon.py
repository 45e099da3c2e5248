"""The vocabulary of names of diagnoses: our own, and what the names of ICD-10-CM tell (`rules/icd_10_cm.toml`)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from imr.dialect import one_of
from imr.rules import Rules, load_rules
from imr.text import fold


class Lexicon(NamedTuple):
    """Closed sets of words in lower case, by what they do in the name of a diagnosis. See the rule file."""

    doubts: frozenset[str]
    ruling_out: frozenset[str]
    opening: frozenset[str]
    degrees: frozenset[str]
    course: frozenset[str]
    sides: frozenset[str]
    adjectives: frozenset[str]
    nouns: frozenset[str]
    qualifiers: frozenset[str]
    links: frozenset[str]
    causes: frozenset[str]
    caused: frozenset[str]
    effects: frozenset[str]
    goes_on: frozenset[str]
    like_participles: frozenset[str]
    after_participles: frozenset[str]
    of_treatment: frozenset[str]
    asides: frozenset[str]
    adverbs: frozenset[str]
    evidence: frozenset[str]
    quality_endings: frozenset[str]
    complaints: frozenset[str]
    twins: frozenset[str]
    close_twins: frozenset[str]
    conditions: frozenset[str]
    pairs: frozenset[str]
    tails: frozenset[str]
    says_where: frozenset[str]
    says_more: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """The vocabulary, read once per process."""
    own: dict[str, list[str]] = diagnosis_rules()["words"]
    listed = {name: frozenset(fold(text).split("; ")) for name, text in _published().items()}
    words = {name: frozenset(own[name]) for name in Lexicon._fields if name in own}
    conditions = words.pop("conditions") | listed["conditions"]
    adjective = word_ending("adjective_endings")
    places = listed["places"] - conditions - words["nouns"]
    words["adjectives"] |= {word for word in places if adjective.search(word)}
    words["nouns"] |= places - words["adjectives"]
    where = words["adjectives"] | words["nouns"] | words["sides"]
    more = where | words["doubts"] | words["opening"] | words["degrees"] | words["qualifiers"] | words["links"]
    return Lexicon(
        **words,
        conditions=conditions,
        pairs=listed["pairs"],
        tails=listed["tails"] | words["course"] | frozenset(own["unions"]),
        says_where=where,
        says_more=more | words["course"],
    )


@cache
def word_ending(kind: str) -> re.Pattern[str]:
    """The ends of words of a kind: "endings" of conditions, "adjective_endings", or of "procedures"."""
    return re.compile(rf"(?:{one_of(diagnosis_rules()['words'][kind])})\Z")


def diagnosis_rules() -> Rules:
    """The rules by which diagnoses are told."""
    return load_rules("extraction", "diagnoses")


def _published() -> dict[str, Any]:
    return load_rules("extraction", "icd_10_cm")
