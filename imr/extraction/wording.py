"""How the rules of this step are written, and how words of the letter become values.

In rule data a blank stands for any white space: the clean text breaks a line where the page broke it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from imr.extraction.text import fold
from imr.records import Found, Span

# "self- directed" is one word that the line end broke; "pre- and post-operative" is two.
_BROKEN = re.compile(r"(?<=\w)- (?!(?:and|or|to)\b)(?=\w)")
_EDGE = " \t\n\f.,;:"


def compiled(pattern: str, *, ignore_case: bool = True) -> re.Pattern[str]:
    """The pattern of a rule entry, its blanks matching any white space."""
    return re.compile(pattern.replace(" ", r"\s+"), re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def one_of(names: Iterable[str]) -> str:
    """An alternation of plain names, the longest first, so that no name hides one that begins with it."""
    return "|".join(re.escape(name).replace(r"\ ", " ") for name in sorted(names, key=len, reverse=True))


def by_first_letter(names: Iterable[str], *, either_case: bool = False) -> str:
    """An alternation of plain names, grouped by their first letters: most words of a text then fail at one letter.

    The first letter must be written as it is in the name, unless it may be of either case.
    """
    rests: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        rests[f"[{name[0].upper()}{name[0].lower()}]" if either_case else name[0]].append(name[1:])
    return "|".join(f"(?-i:{first})(?:{one_of(rest)})" for first, rest in rests.items())


def filled(pattern: str, named: Mapping[str, str]) -> str:
    """The pattern with `{name}` replaced by the named part of an expression; parts may hold parts named before them."""
    for name, part in reversed(list(named.items())):
        pattern = pattern.replace(f"{{{name}}}", part)
    return pattern


def entries(rules: dict[str, Any], table: str) -> dict[str, re.Pattern[str]]:
    """The compiled patterns of one table of entries, by their names, in the file's order."""
    named = rules.get("named", {})
    return {entry["name"]: compiled(filled(entry["pattern"], named)) for entry in rules[table]}


class Marked(NamedTuple):
    """A pattern with the `marks` without one of which no text can hold it, so that most texts are spared it.

    Marks are looked for in lower-case text with its white space folded.
    """

    name: str
    marks: tuple[str, ...]
    pattern: re.Pattern[str]

    def may_be_in(self, lower: str) -> bool:
        """Whether the pattern is worth trying on a text whose `lowered` form is given."""
        for mark in self.marks:
            if mark in lower:
                return True
        return not self.marks


def lowered(text: str) -> str:
    """The form of a text in which marks are looked for."""
    return " ".join(text.lower().split())


def marked(entry: dict[str, Any], pattern: re.Pattern[str] | None = None) -> Marked:
    """One rule entry with its marks, if it has any; `pattern` is its compiled form where that needs more than this."""
    return Marked(entry["name"], tuple(entry.get("marks", ())), pattern or compiled(entry["pattern"]))


def any_of(patterns: Mapping[str, str], opening: str = r"\b(?=\w)") -> re.Pattern[str]:
    """One pattern that tells by its group's name which of the patterns matched, the first that does.

    `opening` says where any of them may begin, which spares trying them all everywhere else.
    """
    groups = {name: re.sub(r"\(\?P<\w+>", "(?:", pattern) for name, pattern in patterns.items()}
    choice = "|".join(f"(?P<{name}>{pattern})" for name, pattern in groups.items())
    return re.compile(f"(?:{opening})(?:{choice})", re.IGNORECASE | re.DOTALL)


def as_written(text: str) -> str:
    """The words of `text` with white space folded and words that a line end broke joined again."""
    folded = fold(text)
    return _BROKEN.sub("-", folded) if "- " in folded else folded


def trim(text: str, start: int, end: int, edge: str = _EDGE) -> Span:
    """The span without white space and loose punctuation at its ends."""
    while start < end and text[start] in edge:
        start += 1
    while end > start and text[end - 1] in edge:
        end -= 1
    return Span(start, end)


def words(text: str, span: tuple[int, int], rule: str) -> Found[str]:
    """The folded words of a span as a value."""
    return Found(as_written(text[span[0] : span[1]]), span[0], span[1], rule)


def distinct(found: Iterable[Found[str]]) -> tuple[Found[str], ...]:
    """The first mention of every value, in order."""
    first: dict[str, Found[str]] = {}
    for item in found:
        first.setdefault(item.value.casefold(), item)
    return tuple(first.values())
