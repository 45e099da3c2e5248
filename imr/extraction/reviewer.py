"""What a letter says of its reviewer: the specialties and the states that license him or her.

Letters up to 2014 say it in a sentence, later ones in a block of two labelled lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from imr.dialect import one_of
from imr.extraction.remembered import remembered
from imr.extraction.wording import as_written, distinct, trim, words
from imr.records import Found, Span
from imr.rules import load_rules

_COMMA = re.compile(r"\s*[,;]\s*(?:and\s+)?")
_AND = re.compile(r"\s+(?:and|&)\s+", re.IGNORECASE)
_BETWEEN_STATES = re.compile(r"\s*[,;/](?!\s*D\.\s?C\b)\s*(?:and\s+)?|\s+(?:and|&)\s+", re.IGNORECASE)


@remembered(5_000)
def read_specialties(text: str, section: Span) -> tuple[Found[str], ...]:
    """The reviewer's specialties in the letter's order and words.

    `section` is the part that tells how the determination was made, credentials included.
    """
    spans = [(span, rule) for span, rule in _lists(text, section, "specialties")]
    found = [words(text, item, rule) for span, rule in spans for item in _cut_specialties(text, span)]
    return distinct(found or list(_professions(text, section)))


@remembered(5_000)
def read_states(text: str, section: Span) -> tuple[Found[str], ...]:
    """The USPS codes of the states that license the reviewer; a place that is no state gives none."""
    codes = _state_codes()
    found = []
    for span, rule in _lists(text, section, "states"):
        for item in _cut(text, span, _BETWEEN_STATES):
            code = codes.get(as_written(text[item.start : item.end]).casefold())
            if code:
                found.append(Found(code, item.start, item.end, rule))
    return distinct(found)


def _lists(text: str, section: Span, table: str) -> Iterator[tuple[Span, str]]:
    """Every list of specialties or states in the section, with the rule that found it; a block says it all."""
    for pattern in load_rules("extraction", "specialties").patterns(table):
        matches = list(pattern.expression.finditer(text, *section))
        yield from ((Span(*match.span("list")), f"specialties.{table}.{pattern.name}") for match in matches)
        if pattern.name == "block" and matches:
            return


def _cut(text: str, span: Span, separator: re.Pattern[str]) -> list[Span]:
    """The items of a list between its separators."""
    items, start = [], span.start
    for match in separator.finditer(text, span.start, span.end):
        items.append(trim(text, start, match.start()))
        start = match.end()
    items.append(trim(text, start, span.end))
    return [item for item in items if item.end > item.start]


def _cut_specialties(text: str, span: Span) -> Iterator[Span]:
    """Specialties between commas; an "and" parts two of them unless it belongs to a known name."""
    protected = [match.span() for match in _joined().finditer(text, span.start, span.end)]
    start = span.start
    cuts = [*_COMMA.finditer(text, span.start, span.end), *_AND.finditer(text, span.start, span.end)]
    for cut in sorted(cuts, key=lambda cut: cut.start()):
        if cut.start() < start or any(low < cut.start() < high for low, high in protected):
            continue
        if cut.re is _AND and not _names_specialty(text[start : cut.start()]):
            continue
        yield from _whole(text, start, cut.start())
        start = cut.end()
    yield from _whole(text, start, span.end)


def _names_specialty(words: str) -> bool:
    """Whether words before an "and" end with what names a specialty: "Pain Management", not "Foot"."""
    names, endings = _specialty_words()
    last = re.split(r"[\s,(-]+", words.rstrip(" .,)"))[-1].casefold()
    return last in names or last.endswith(endings)


def _whole(text: str, start: int, end: int) -> Iterator[Span]:
    item = trim(text, start, end)
    if item.end > item.start:
        yield item


def _professions(text: str, section: Span) -> Iterator[Found[str]]:
    """The reviewer's profession, where the letter names no board: "is a licensed Psychologist"."""
    match = load_rules("extraction", "specialties").pattern("profession").expression.search(text, *section)
    if match:
        yield words(text, match.span("profession"), "specialties.profession")


@cache
def _joined() -> re.Pattern[str]:
    rules = load_rules("extraction", "specialties")
    return rules.compiled(rf"\b(?:{one_of(rules['joined']).replace(' and ', ' (?:and|&) ')})\b")


@cache
def _specialty_words() -> tuple[frozenset[str], tuple[str, ...]]:
    rules = load_rules("extraction", "specialties")
    return frozenset(map(str.casefold, rules["names"])), tuple(rules["endings"])


@cache
def _state_codes() -> dict[str, str]:
    codes: dict[str, str] = load_rules("extraction", "states")["codes"]
    names = {name.rstrip(".").casefold(): code for name, code in codes.items()}
    return names | {code.casefold(): code for code in codes.values()}
