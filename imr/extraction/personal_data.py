"""Leftover personal data: whether any is there, never what it is."""

from __future__ import annotations

import re
from functools import cache

from imr.records import Span
from imr.rules import load_rules


def holds_personal_data(text: str, region: Span) -> bool:
    """Whether a part of a letter holds what redaction should have removed: birth dates, numbers, addresses."""
    lower = text[slice(*region)].lower()
    return any(
        any(mark in lower for mark in marks) and pattern.search(text, *region) is not None
        for marks, pattern in _patterns()
    )


@cache
def _patterns() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    """Each pattern behind the marks without which it cannot match: most letters have none of them."""
    patterns = load_rules("extraction", "personal_data")["pattern"]
    return tuple((tuple(entry["marks"]), re.compile(entry["pattern"], re.IGNORECASE)) for entry in patterns)
