"""Leftover personal data: whether any is there, never what it is."""

from __future__ import annotations

import re
from functools import cache

from imr.records import Span
from imr.rules import load_rules


def holds_personal_data(text: str, region: Span) -> bool:
    """Whether a part of a letter holds what redaction should have removed: birth dates, numbers, addresses."""
    return _any_pattern().search(text, *region) is not None


@cache
def _any_pattern() -> re.Pattern[str]:
    patterns = load_rules("extraction", "personal_data")["pattern"]
    return re.compile("|".join(entry["pattern"] for entry in patterns), re.IGNORECASE)
