"""The body parts as data: their names, and the wordings that say how they are meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from imr.extraction.vocabulary import Vocabulary
from imr.records import Span
from imr.rules import load_rules


class BodyPart(NamedTuple):
    """What a name stands for: the parts of the vocabulary, the side it implies, whether it needs confirming, and
    whether another name beside it says better what is meant. A discipline needs its part named by the rationale.
    """

    parts: tuple[str, ...]
    side: str | None = None
    is_back: bool = False
    is_weak: bool = False
    is_discipline: bool = False


class Mention(NamedTuple):
    """A part of the vocabulary, the words that name it, and the rule that found them."""

    part: str
    start: int
    end: int
    rule: str


@cache
def part_names() -> Vocabulary[BodyPart]:
    """All names of body parts, ready to be looked for."""
    rules = load_rules("extraction", "body_parts")
    names = dict.fromkeys(rules["ignored"], BodyPart(()))
    names |= dict.fromkeys(rules["back"]["names"], BodyPart((rules["back"]["meant"],), is_back=True))
    names |= {name: BodyPart(tuple(parts)) for name, parts in rules["several"].items()}
    names |= {name: BodyPart((part,), is_weak=True) for name, part in rules["weak"].items()}
    for part, disciplines in rules["discipline"].items():
        names |= dict.fromkeys(disciplines, BodyPart((part,), is_weak=True, is_discipline=True))
    for part, spelt in rules["part"].items():
        names |= {name: BodyPart((part,), rules["side_of"].get(name)) for name in spelt}
    return Vocabulary(names)


@cache
def part_pattern(name: str) -> re.Pattern[str]:
    """One pattern of the rule file: a way to write levels or sides, or what surrounds a part."""
    return load_rules("extraction", "body_parts").pattern("pattern", name).expression


@cache
def rationale_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What stands before a part's name where a rationale says whom or what the item is for."""
    patterns = load_rules("extraction", "body_parts").patterns("rationale")
    return tuple((pattern.name, pattern.expression) for pattern in patterns)


@cache
def part_words(name: str) -> frozenset[str]:
    """A closed set of body parts, subcategories or other words, by its name in the rule file."""
    return frozenset(load_rules("extraction", "body_parts")["vocabulary"][name])


@cache
def any_word(name: str) -> re.Pattern[str]:
    """One pattern for all words of such a set, their plurals included."""
    return load_rules("extraction", "body_parts").compiled(rf"\b{{vocabulary.{name}}}s?\b")


def spinal_levels(text: str, span: Span) -> Iterator[tuple[tuple[str, ...], tuple[int, int]]]:
    """The regions of the spine by their levels, and where these stand.

    A range is of both regions where it reaches further than to the next vertebra.
    """
    regions: dict[str, str] = load_rules("extraction", "body_parts")["region"]
    for match in part_pattern("levels").finditer(text, *span):
        written = re.sub(r"\s", "", match.group())
        last = match["last"] if match["last"] and written not in part_words("junctions") else written[0]
        yield tuple(dict.fromkeys((regions[written[0]], regions[last]))), match.span()
