"""The key of a drug product: a brand and its generic product under one name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from imr.text import lowered

_MARKS = re.compile(r"[®™*]")
_TOPICAL = frozenset(("Topical Analgesics",))


def product_name(name: str, ingredients: Iterable[str | None], drug_class: str | None, *, is_compound: bool) -> str:
    """The product that rows of one name are of, such as `acetaminophen/hydrocodone` for Norco.

    Its ingredients in alphabetical order; what is put on the skin and what a pharmacy mixes are products of their own.
    A product whose ingredients nobody knows is called as it is written, in lower case.
    """
    known = "/".join(sorted({ingredient for ingredient in ingredients if ingredient}))
    if is_compound:
        return f"{known} (compound)".lstrip()
    if not known:
        return lowered(_MARKS.sub(" ", name))
    return f"{known} (topical)" if drug_class in _TOPICAL else known
