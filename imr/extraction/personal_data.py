"""Leftover personal data: whether any is there, never what it is."""

from __future__ import annotations

from imr.records import Span
from imr.rules import load_rules


def holds_personal_data(text: str, region: Span) -> bool:
    """Whether a part of a letter holds what redaction should have removed: birth dates, numbers, addresses."""
    lower = text[slice(*region)].lower()  # no mark holds a blank
    wordings = load_rules("extraction", "personal_data").patterns("pattern")
    return any(wording.may_be_in(lower) and wording.expression.search(text, *region) for wording in wordings)
