"""Leftover personal data: whether any is there, never what it is."""

from __future__ import annotations

import re
from functools import cache

from imr.extraction.wording import Marked, marked
from imr.records import Span
from imr.rules import load_rules


def holds_personal_data(text: str, region: Span) -> bool:
    """Whether a part of a letter holds what redaction should have removed: birth dates, numbers, addresses."""
    lower = text[slice(*region)].lower()  # no mark holds a blank
    return any(wording.may_be_in(lower) and wording.pattern.search(text, *region) for wording in _patterns())


@cache
def _patterns() -> tuple[Marked, ...]:
    entries = load_rules("extraction", "personal_data")["pattern"]
    return tuple(marked(entry, re.compile(entry["pattern"], re.IGNORECASE)) for entry in entries)
