"""The words of which names of diagnoses are made: conditions, complaints, parts of the body, sides and degrees."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from imr.dialect import either_case, one_of
from imr.extraction.diagnosis_lexicon import diagnosis_rules, lexicon, word_ending

# "muscle(s)" is one word.
_WORD = re.compile(r"([^\s,;:()\[\]\"“”]+)(?:\((?:[Ee]?[Ss]|[Ee])\))?")
_LEVEL = re.compile(
    r"[CTLS]\d{1,2}(?:[-/\u2013]\s?[CTLS]?\d{1,2})*|[A-TV-Z]\d\d(?:\.\w{1,4})?|\d[\d.x/-]*", re.IGNORECASE
)
_WORDS_REMEMBERED = 20_000


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
    conditions, complaints = lexicon().conditions, lexicon().complaints
    known = word in conditions or word in complaints or (word[-1:] == "s" and word[:-1] in conditions)
    parts = re.split(r"[/-]", word)[1:]
    return known or any(map(is_condition, parts)) or word_ending("endings").search(word, 1) is not None


def is_complaint(condition: str) -> bool:
    """Whether a word of `conditions_in` is what a patient reports rather than a physician diagnoses."""
    return condition in lexicon().complaints


def is_disorder(word: str) -> bool:
    """Whether a word names a condition, and neither a complaint nor an operation."""
    return is_condition(word) and not is_complaint(word) and not word_ending("procedures").search(word)


def conditions_in(text: str, span: tuple[int, int]) -> list[str]:
    """The words of a span that name conditions or complaints, lower case."""
    found = [word for word in words_in(text, *span) if is_condition(word)]
    return found + [match.group().casefold() for match in condition_names().finditer(text, *span)]


@cache
def condition_names() -> re.Pattern[str]:
    """The names of conditions that are told by more than one word."""
    return diagnosis_rules().compiled(r"\b{words.names}\b")


@cache
def joined_names() -> re.Pattern[str]:
    """The names that hold an "and" of their own, where nothing is parted."""
    tails = (tail for tail in lexicon().tails if " and " in tail)
    rules = diagnosis_rules()
    return rules.compiled(rf"\b(?:{one_of([*rules['words']['phrases'], *tails], either_case)})\b")


@cache
def entry_patterns(table: str) -> dict[str, re.Pattern[str]]:
    """The expressions of one table of the rule file, by their names, in the file's order."""
    return {pattern.name: pattern.expression for pattern in diagnosis_rules().patterns(table)}
