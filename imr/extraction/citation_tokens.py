"""The words that a statement is cut at: sources, topics, sections, pages, and what may stand between citations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from imr.extraction.wording import Marked, any_of, by_first_letter, compiled, entries, lowered, marked
from imr.rules import load_rules

_AND = re.compile(r",? (?:\\&|and) ")


@cache
def entries_of(table: str) -> dict[str, re.Pattern[str]]:
    """The compiled patterns of one table of the guideline rules."""
    return entries(load_rules("extraction", "guidelines"), table)


@cache
def marked_of(table: str) -> tuple[Marked, ...]:
    """The patterns of a table with the marks without which no text holds them."""
    rules = load_rules("extraction", "guidelines")[table]
    return tuple(marked(entry, entries_of(table)[entry["name"]]) for entry in rules)


def either_of(table: str) -> str:
    """One expression for all patterns of a table."""
    return "|".join(pattern.pattern for pattern in entries_of(table).values())


def is_prose(text: str, start: int, end: int) -> bool:
    """Whether a text may say more than the form's stock sentences: most slots do not, and cost less to read."""
    return _prose().may_be_in(lowered(text[start:end]))


@cache
def _prose() -> Marked:
    return Marked("prose", tuple(load_rules("extraction", "guidelines")["prose_words"]), re.compile(""))


@cache
def tokens(prose: bool) -> re.Pattern[str]:
    """Everything a citation may be cut at, tried in this order at every place; the group's name is the token's kind."""
    source = entries_of("source")
    publishers = _names(load_rules("extraction", "guidelines")["publishers"])
    kinds = {"standing": either_of("standing"), "reason": _reasons(), "aside": either_of("aside")} if prose else {}
    kinds |= {"remark": f"{either_of('remark')}|{_remarks()}"}
    kinds |= {table: either_of(table) for table in ("tail", "stop", "sections", "pages", "separator")}
    names = "|".join(source[name].pattern for name in ("ODG", "ACOEM", "MTUS"))
    kinds["source"] = rf"(?=[oamct])(?:{names})"
    kinds |= {"web": source["web"].pattern, "topic": topic_names().pattern, "publisher": rf"\b(?:{publishers})"}
    return any_of(kinds, r"\b(?=\w)|(?=[,;.(])")


@cache
def following() -> re.Pattern[str]:
    """What begins another citation after a separator; the group's name is its kind."""
    kinds = {
        "topic_of_year": rf"(?:{_names(_topics())})(?:\s+guidelines?)?,?\s+\(?(?:19|20)\d\d\b",
        "topic": topic_names().pattern,
        "odg_chapter": _odg_chapter(),
        "organization": entries_of("following")["organization"].pattern,
        "other": entries_of("following")["dated"].pattern,
        "chapter": entries_of("following")["chapter"].pattern,
        "work": entries_of("following")["work"].pattern,
    }
    return any_of(kinds, "")


@cache
def topic_names() -> re.Pattern[str]:
    """The names of the MTUS's topics that say so without a year."""
    plain = load_rules("extraction", "guidelines")["plain_words"]
    return compiled(rf"\b(?:{_names((name for name in _topics() if name not in plain), either_case=True)})(?!\w)")


def _reasons() -> str:
    reasons = by_first_letter(load_rules("extraction", "guidelines")["reasons"], either_case=True)
    return rf"\b(?:{reasons})\b".replace(" ", r"\s+")


def _remarks() -> str:
    remarks = by_first_letter(load_rules("extraction", "guidelines")["remarks"])
    return rf"\.\s+(?=(?:{remarks})\b)".replace(" ", r"\s+")


@cache
def chapter_name() -> re.Pattern[str]:
    """The name of a chapter of the ODG."""
    return re.compile(rf"\b{_odg_chapter()}", re.IGNORECASE)


def _odg_chapter() -> str:
    names = load_rules("extraction", "guidelines")["odg_chapters"]
    notes = r"(?:\s*\([^()]*\))?"
    called = rf"(?:{_names(names, either_case=True)}){notes}\s+(?:chapter|section)\b"
    return rf"(?:{called}|(?:{_names(names)}){notes}(?=\s*(?:[,;:/.]|\Z|\s[-\u2013])))"


def _topics() -> list[str]:
    """The names of the MTUS's topics: the closed list, and how letters call them besides."""
    return [*load_rules("extraction", "mtus_topics")["topics"], *load_rules("extraction", "guidelines")["topics"]]


def _names(names: Iterable[str], *, either_case: bool = False) -> str:
    """An alternation of names in which "and" may be "&", with or without a comma before it."""
    return _AND.sub(",? (?:&|and) ", by_first_letter(names, either_case=either_case)).replace(" ", r"\s+")
