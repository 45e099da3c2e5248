"""The search tool's names for categories and outcomes, in the words of this project's tables."""

from __future__ import annotations

from functools import cache
from typing import Literal

from imr.rules import load_rules
from imr.text import fold


def outcome(listed: str, of: Literal["case", "item"]) -> str | None:
    """An outcome in the tables' words; None for a word that is not known."""
    return _outcomes(of).get(_bare(listed))


def category(listed: str) -> str | None:
    """A category's name as the tables write it, as listed where they have no such name; None for an empty cell."""
    return _categories().get(_bare(listed), _plain(listed))


def subcategory(listed: str, of_category: str | None) -> str | None:
    """The same for a subcategory or drug class of a category as `category` names it."""
    return _subcategories(of_category).get(_bare(listed), _plain(listed))


@cache
def _outcomes(of: str) -> dict[str, str]:
    return {_bare(listed): word for listed, word in load_rules("sources.dwc", "categories")["outcomes"][of].items()}


@cache
def _categories() -> dict[str, str]:
    rules = load_rules("sources.dwc", "categories")
    names = {name: name for name in rules["categories"]} | rules["also"]["categories"]
    return {_bare(listed): name for listed, name in names.items()}


@cache
def _subcategories(of_category: str | None) -> dict[str, str]:
    rules = load_rules("sources.dwc", "categories")
    ours: list[str] = rules["categories"].get(of_category, [])
    names = {name: name for name in ours} | {k: v for k, v in rules["also"]["subcategories"].items() if v in ours}
    return {_bare(listed): name for listed, name in names.items()}


def _bare(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


def _plain(listed: str) -> str | None:
    """A listed name without the stars that part or close it."""
    return fold(listed.replace("*", " ")) or None
