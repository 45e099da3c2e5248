"""The words that a statement is cut at: sources, topics, sections, pages, and what may stand between citations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from imr.dialect import either_case, in_its_case, one_of
from imr.rules import Rules, load_rules
from imr.text import lowered

_AND = re.compile(r",? (?:\\&|and) ")


@cache
def entries_of(table: str) -> dict[str, re.Pattern[str]]:
    """The expressions of one table of the guideline rules, by their names."""
    return {pattern.name: pattern.expression for pattern in guideline_rules().patterns(table)}


def guideline_rules() -> Rules:
    """The grammar of a guideline slot."""
    return load_rules("extraction", "guidelines")


def either_of(table: str) -> str:
    """One expression for all patterns of a table."""
    return "|".join(pattern.source for pattern in guideline_rules().patterns(table))


def is_prose(text: str, start: int, end: int) -> bool:
    """Whether a text may say more than the form's stock sentences: most slots do not, and cost less to read."""
    lower = lowered(text[start:end])
    return any(map(lower.__contains__, guideline_rules()["prose_words"]))


@cache
def tokens(prose: bool) -> re.Pattern[str]:
    """Everything a citation may be cut at, tried in this order at every place; the group's name is the token's kind."""
    rules = guideline_rules()
    kinds = {kind: either_of(kind) for kind in ("standing", "reason", "aside")} if prose else {}
    kinds |= {"remark": rf"{either_of('remark')}|\. (?=(?:{one_of(rules['remarks'], in_its_case)})\b)"}
    kinds |= {table: either_of(table) for table in ("tail", "stop", "sections", "pages", "separator")}
    names = "|".join(rules.pattern("source", name).source for name in ("ODG", "ACOEM", "MTUS"))
    kinds["source"] = rf"(?=[oamct])(?:{names})"
    kinds |= {"web": rules.pattern("source", "web").source, "topic": topic_names().pattern}
    kinds["publisher"] = rf"\b(?:{_names(rules['publishers'])})"
    return any_of(kinds, r"\b(?=\w)|(?=[,;.(])")


@cache
def following() -> re.Pattern[str]:
    """What begins another citation after a separator; the group's name is its kind."""
    kinds = {
        "topic_of_year": rf"(?:{_names(_topics())})(?: guidelines?)?,? \(?(?:19|20)\d\d\b",
        "topic": topic_names().pattern,
        "odg_chapter": _odg_chapter(),
        **{
            kind: entries_of("following")[kind].pattern
            for kind in ("organization", "author", "dated", "chapter", "work")
        },
    }
    return any_of(kinds, "")


def any_of(kinds: Mapping[str, str], opening: str) -> re.Pattern[str]:
    """One expression that tells by its group's name which kind it found, the first that stands there.

    `opening` says where any of them may begin, which spares trying them all everywhere else.
    """
    groups = {name: re.sub(r"\(\?P<\w+>", "(?:", kind) for name, kind in kinds.items()}
    choice = "|".join(f"(?P<{name}>{kind})" for name, kind in groups.items())
    return guideline_rules().compiled(f"(?:{opening})(?:{choice})")


@cache
def topic_names() -> re.Pattern[str]:
    """The names of the MTUS's topics that say so without a year."""
    rules = guideline_rules()
    names = (name for name in _topics() if name not in rules["plain_words"])
    return rules.compiled(rf"\b(?:{_names(names, either_case)})(?!\w)")


@cache
def chapter_name() -> re.Pattern[str]:
    """The name of a chapter of the ODG."""
    return guideline_rules().compiled(rf"\b{_odg_chapter()}")


def _odg_chapter() -> str:
    names = guideline_rules()["odg_chapters"]
    notes = r"(?: ?\([^()]*\))?"
    called = rf"(?:{_names(names, either_case)}){notes} (?:chapter|section)\b"
    return rf"(?:{called}|(?:{_names(names)}){notes}(?= ?(?:[,;:/.]|\Z|\s[-\u2013])))"


def _topics() -> list[str]:
    """The names of the MTUS's topics: the closed list, and how letters call them besides."""
    return [*load_rules("extraction", "mtus_topics")["topics"], *guideline_rules()["topics"]]


def _names(names: Iterable[str], first_letter: Callable[[str], str] = in_its_case) -> str:
    """An expression for names in which "and" may be "&", with or without a comma before it."""
    return _AND.sub(",? (?:&|and) ", one_of(names, first_letter))
