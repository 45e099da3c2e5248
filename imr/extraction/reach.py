"""How far into a part of a letter its readers look, so that no text makes more work than its length.

Each reach is at least twice, mostly five times, what the longest such part known to be printed needs. A part that is
longer is kept whole in its column; amounts, names, citations and diagnoses are read from its beginning.
"""

from __future__ import annotations

from imr.records import Span

TITLE = 1_000
"""Characters of a disputed item's title."""

SLOT = 10_000
"""Characters of what one side says of its guidelines."""

SUMMARY = 30_000
"""Characters of a clinical case summary in which diagnoses are looked for."""


def within(span: tuple[int, int], reach: int) -> Span:
    """The span up to the reach of its reader."""
    start, end = span
    return Span(start, min(end, start + reach))
