"""The drug list as data: names, what they contain, and the wordings around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from imr.extraction.vocabulary import Vocabulary
from imr.rules import load_rules

_WORDS_REMEMBERED = 5_000


class DrugName(NamedTuple):
    """What one name of the list stands for."""

    ingredients: tuple[str, ...]
    drug_class: str
    rule: str
    is_repaired: bool
    is_generic: bool


@cache
def drug_names() -> dict[str, DrugName]:
    """Every name of the list, misspellings included, by its lower-case spelling."""
    names = dict(_listed())
    for written, meant in load_rules("extraction", "drugs")["misspelt"].items():
        names[written] = names[meant.lower()]._replace(rule="misspelt", is_repaired=True)
    return names


def _listed() -> Iterator[tuple[str, DrugName]]:
    for drug_class, drugs in load_rules("extraction", "drugs")["class"].items():
        for key, brands in drugs.items():
            ingredients = tuple(part.strip().lower() for part in key.split(",") if part.strip())
            if key and "," not in key:
                yield key.lower(), DrugName(ingredients, drug_class, "generic_name", False, True)
            for brand in brands:
                yield brand.lower(), DrugName(ingredients, drug_class, "brand_name", False, False)


@cache
def catalogue() -> Vocabulary[DrugName]:
    """The list ready to be looked for."""
    return Vocabulary(drug_names())


@cache
def known_combinations() -> frozenset[frozenset[str]]:
    """The sets of ingredients that are sold as one product."""
    return frozenset(frozenset(name.ingredients) for name in drug_names().values() if len(name.ingredients) > 1)


@cache
def wording(name: str) -> re.Pattern[str]:
    """One pattern of a drug's surroundings."""
    return load_rules("extraction", "drugs").pattern("wording", name).expression


@cache
def _stems() -> tuple[str, ...]:
    """The endings by which a generic name that no list knows is told, the longest first."""
    return tuple(sorted(load_rules("extraction", "drugs")["stems"], key=len, reverse=True))


@lru_cache(maxsize=_WORDS_REMEMBERED)
def stem_class(word: str) -> str | None:
    """The class that the ending of a generic name stands for; None for a word that ends like no such name."""
    classes: dict[str, str] = load_rules("extraction", "drugs")["stems"]
    return next((classes[stem] for stem in _stems() if word.endswith(stem)), None)
