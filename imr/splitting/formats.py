"""The letter formats as data, and which of them a letter has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from imr.errors import Code, UnsupportedError
from imr.rules import load_rules

Presence = Literal["required", "expected", "optional"]


@dataclass(frozen=True, slots=True)
class Part:
    """One titled part of a format; `opening` is the fixed sentence that may follow the title.

    `size` is the usual least and greatest length of the part, in characters.
    """

    section: str
    title: re.Pattern[str]
    opening: re.Pattern[str] | None
    presence: Presence
    size: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Label:
    """A label inside a disputed item, the title its part gets and the part's usual length in characters."""

    title: str
    pattern: re.Pattern[str]
    size: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class ItemForm:
    """How a disputed item stands in a letter: a heading that ends with its outcome, then labelled parts."""

    heading_end: re.Pattern[str]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class LetterFormat:
    """One format: how it is recognised, its parts in order and the form of its items, if we read it."""

    name: str
    recognised_by: re.Pattern[str]
    parts: tuple[Part, ...]
    item: ItemForm | None


@cache
def letter_formats() -> tuple[LetterFormat, ...]:
    """All formats, in the order in which they are tried."""
    return tuple(_letter_format(entry) for entry in load_rules("splitting", "formats")["format"])


def recognise(text: str) -> LetterFormat:
    """The format of a letter that we read.

    Raises:
        UnsupportedError: `unknown_format`, or `unsupported_format` for a format that is known by name only.
    """
    for letter_format in letter_formats():
        if letter_format.recognised_by.search(text):
            if letter_format.item is None:
                raise UnsupportedError(
                    Code.UNSUPPORTED_FORMAT, f"letters of the form {letter_format.name} are not read"
                )
            return letter_format
    raise UnsupportedError(Code.UNKNOWN_FORMAT, "no title of any known letter form was found")


def _letter_format(entry: dict[str, Any]) -> LetterFormat:
    parts = tuple(
        Part(
            part["section"],
            re.compile(part["pattern"]),
            re.compile(rf"\s*{part['opening']}", re.IGNORECASE) if "opening" in part else None,
            part["presence"],
            _size(part),
        )
        for part in entry.get("part", ())
    )
    item = _item_form(entry["item"]) if entry["supported"] else None
    return LetterFormat(entry["name"], re.compile(entry["recognised_by"]), parts, item)


def _item_form(entry: dict[str, Any]) -> ItemForm:
    labels = tuple(Label(label["title"], re.compile(label["pattern"]), _size(label)) for label in entry["label"])
    any_label = "|".join(label.pattern.pattern for label in labels)
    return ItemForm(re.compile(rf"{entry['outcome']}(?={any_label})"), labels)


def _size(entry: dict[str, Any]) -> tuple[int, int] | None:
    return (entry["size"][0], entry["size"][1]) if "size" in entry else None
