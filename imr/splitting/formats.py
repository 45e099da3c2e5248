"""The letter formats as data, and which of them a letter has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from imr.errors import Code, UnsupportedError
from imr.literals import Finder
from imr.rules import load_rules

Presence = Literal["required", "expected", "optional"]
Holding = Literal["items", "headings", "bodies", "entries"]


@dataclass(frozen=True, slots=True, eq=False)  # each is there once
class Part:
    """One titled part of a format; `opening` is the fixed sentence that may follow the title.

    `holds` says which side of the disputed items stands in it, if any; `item_title` is the title that an item's part
    gets from its entry there. `size` is the usual least and greatest length of the part, in characters.
    """

    section: str
    title: Finder
    opening: Finder | None
    presence: Presence
    size: tuple[int, int] | None
    holds: Holding | None
    item_title: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """A label inside a disputed item, the title its part gets and the part's usual length in characters.

    One that is `counted` is printed once for every item and never otherwise.
    """

    title: str
    pattern: Finder
    size: tuple[int, int] | None
    counted: bool


@dataclass(frozen=True, slots=True, eq=False)
class ItemForm:
    """How a disputed item stands in a letter.

    A heading that ends with its outcome is found by `heading_end`, and by `heading_start` where it begins in a fixed
    way; `heading_alone` is one that needs no label after it. A heading that is an entry of a list is cut out of it by
    `heading`. `body_start` begins an item's labelled parts where they do not follow its heading; `boilerplate` is
    printed with every item.
    """

    heading: re.Pattern[str] | None
    heading_start: Finder | None
    heading_end: Finder | None
    heading_alone: Finder | None
    body_start: Finder | None
    labels: tuple[Label, ...]
    boilerplate: tuple[Finder, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LetterFormat:
    """One format: how it is recognised, its parts in order and the form of its items."""

    name: str
    recognised_by: Finder
    parts: tuple[Part, ...]
    item: ItemForm


@cache
def item_titles(letter_format: LetterFormat) -> frozenset[str]:
    """The titles of the parts that every disputed item has beside its heading."""
    entries = {part.item_title for part in letter_format.parts if part.item_title}
    return frozenset(entries | {label.title for label in letter_format.item.labels})


@cache
def usual_sizes(letter_format: LetterFormat) -> dict[tuple[bool, str], tuple[int, int]]:
    """The usual least and greatest length of an item's parts, by their titles, and of all others by their kinds."""
    parts = {(False, part.section): part.size for part in letter_format.parts if not part.holds}
    labels = {(True, label.title): label.size for label in letter_format.item.labels}
    return {key: size for key, size in (parts | labels).items() if size}


@cache
def letter_formats() -> tuple[LetterFormat, ...]:
    """All formats, in the order in which they are tried."""
    return tuple(_letter_format(entry) for entry in load_rules("splitting", "formats")["format"])


def recognise(text: str) -> LetterFormat:
    """The format of a letter: of those whose title it holds, the one of which it has most parts.

    Raises:
        UnsupportedError: `unknown_format`; `several_letters` where all that another format requires is there, too.
    """
    recognised = [letter_format for letter_format in letter_formats() if letter_format.recognised_by.search(text)]
    if len(recognised) > 1:  # one form may name another, in a running header or a list of records
        best = max(recognised, key=lambda letter_format: sum(bool(p.title.search(text)) for p in letter_format.parts))
        if any(_stands_in(text, other) for other in recognised if other is not best):
            raise UnsupportedError(Code.SEVERAL_LETTERS, "the parts of letters of two forms are there")
        return best
    if recognised:
        return recognised[0]
    raise UnsupportedError(Code.UNKNOWN_FORMAT, "no title of any known letter form was found")


def _stands_in(text: str, letter_format: LetterFormat) -> bool:
    """Whether a text has all parts that a format requires, each with its title at the beginning of a line, and the
    labels that each of its items has: a title alone may be named by a letter of another format.
    """
    required = [part for part in letter_format.parts if part.presence == "required"]
    labels = [label for label in letter_format.item.labels if label.counted]
    return all(label.pattern.search(text) for label in labels) and all(
        any(match.start() == 0 or text[match.start() - 1] == "\n" for match in part.title.finditer(text))
        for part in required
    )


def _letter_format(entry: dict[str, Any]) -> LetterFormat:
    parts = tuple(
        Part(
            part["section"],
            _finder(part),
            _finder(part["opening"]) if "opening" in part else None,
            part["presence"],
            _size(part),
            part.get("holds"),
            part.get("title"),
        )
        for part in entry["part"]
    )
    return LetterFormat(entry["name"], _finder(entry["recognised_by"]), parts, _item_form(entry["item"]))


def _item_form(entry: dict[str, Any]) -> ItemForm:
    labels = tuple(
        Label(label["title"], _finder(label), _size(label), label.get("counted", False))
        for label in entry.get("label", ())
    )
    follows = "|".join(label.pattern.expression.pattern for label in labels)
    heading, start, end, alone, body = (
        _finder(entry[key], follows) if key in entry else None
        for key in ("heading", "heading_start", "heading_end", "heading_alone", "body_start")
    )
    cut = heading.expression if heading else None
    return ItemForm(cut, start, end, alone, body, labels, tuple(map(_finder, entry.get("boilerplate", ()))))


def _finder(entry: dict[str, Any], follows: str = "") -> Finder:
    """The expression of an entry; with `label_follows`, only where one of the item's labels does."""
    pattern = load_rules("splitting", "formats").pattern_of(entry)
    if "label_follows" in entry:
        return Finder(re.compile(f"{pattern.source}(?={follows})", pattern.flags))
    return pattern.finder


def _size(entry: dict[str, Any]) -> tuple[int, int] | None:
    return (entry["size"][0], entry["size"][1]) if "size" in entry else None
