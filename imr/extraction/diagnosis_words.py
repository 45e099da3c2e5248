"""The words of which names of diagnoses are made: conditions, complaints, parts of the body, sides and degrees.

Beside our own vocabulary there is what the names of ICD-10-CM tell (`rules/icd_10_cm.toml`).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, NamedTuple

from imr.extraction.wording import compiled, one_of
from imr.rules import load_rules

# "muscle(s)" is one word.
_WORD = re.compile(r"([^\s,;:()\[\]\"“”]+)(?:\((?:e?s|e)\))?", re.IGNORECASE)
_LEVEL = re.compile(
    r"[CTLS]\d{1,2}(?:[-/\u2013]\s?[CTLS]?\d{1,2})*|[A-TV-Z]\d\d(?:\.\w{1,4})?|\d[\d.x/-]*", re.IGNORECASE
)
_WORDS_REMEMBERED = 20_000


class Lexicon(NamedTuple):
    """Closed sets of words in lower case, by what they do in the name of a diagnosis. See the rule file."""

    doubts: frozenset[str]
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
    own: dict[str, list[str]] = _rules()["words"]
    listed = {name: frozenset(" ".join(text.split()).split("; ")) for name, text in _published().items()}
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
        tails=listed["tails"] | words["course"],
        says_where=where,
        says_more=more | words["course"],
    )


class Piece(NamedTuple):
    """A piece of a list, its words, and what joins it to the piece before: "", ",", "and", ",and" and the like."""

    start: int
    end: int
    joint: str
    words: tuple[str, ...]

    def joined(self, other: Piece) -> Piece:
        """This piece with one that follows it."""
        return self._replace(end=other.end, words=self.words + other.words)


def words_in(text: str, start: int, end: int) -> tuple[str, ...]:
    """The words of a span in lower case; one empty word where there is none."""
    return tuple([word.strip(".'") for word in _WORD.findall(text[start:end].casefold())]) or ("",)


def word_spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the words of `words_in` stand."""
    return [match.span() for match in _WORD.finditer(text, start, end)]


def is_level(word: str) -> bool:
    """Whether a word is a level of the spine, a number or a code."""
    return _LEVEL.fullmatch(word) is not None


@lru_cache(maxsize=_WORDS_REMEMBERED)
def says_more(word: str) -> bool:
    """Whether a word says where, which side or how much, but names no condition."""
    return word in lexicon().says_more or is_level(word) or (is_adjective(word) and not is_condition(word))


def is_adjective(word: str) -> bool:
    """Whether a word needs a noun after it, as far as its ending tells."""
    return word in lexicon().adjectives or word_ending("adjective_endings").search(word, 2) is not None


@lru_cache(maxsize=_WORDS_REMEMBERED)
def is_condition(word: str) -> bool:
    """Whether a word names a condition or a complaint."""
    known = word in lexicon().conditions or word in lexicon().complaints
    parts = re.split(r"[/-]", word)[1:]
    return known or any(map(is_condition, parts)) or word_ending("endings").search(word, 1) is not None


def is_complaint(condition: str) -> bool:
    """Whether a word of `conditions_in` is what a patient reports rather than a physician diagnoses."""
    return condition in lexicon().complaints


def conditions_in(text: str, span: tuple[int, int]) -> list[str]:
    """The words of a span that name conditions or complaints, lower case."""
    found = [word for word in words_in(text, *span) if is_condition(word)]
    return found + [match.group().casefold() for match in plain_names("names").finditer(text, *span)]


@cache
def plain_names(kind: str) -> re.Pattern[str]:
    """The phrases of a kind: "names" of conditions, "phrases" that hold an "and" of their own, what "goes_on"."""
    return compiled(rf"\b(?:{one_of(_rules()['words'][kind])})\b")


@cache
def word_ending(kind: str) -> re.Pattern[str]:
    """The ends of words of a kind: "endings" of conditions, "adjective_endings", or of "procedures"."""
    return re.compile(rf"(?:{one_of(_rules()['words'][kind])})\Z")


@cache
def entry_patterns(table: str) -> dict[str, re.Pattern[str]]:
    """The compiled patterns of one table of the rule file, by their names, in the file's order."""
    return {entry["name"]: pattern_of(entry["pattern"]) for entry in _rules()[table]}


def pattern_of(expression: str) -> re.Pattern[str]:
    """An expression of the rule file with its named parts put in."""
    parts: dict[str, str] = _rules()["part"]
    while named := re.search(r"\{([a-z_]+)\}", expression):
        expression = expression.replace(named.group(), parts[named.group(1)])
    return compiled(expression)


def _rules() -> dict[str, Any]:
    return load_rules("extraction", "diagnoses")


def _published() -> dict[str, Any]:
    return load_rules("extraction", "icd_10_cm")
