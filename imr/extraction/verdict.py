"""What a rationale itself concludes: whether this item is medically necessary.

The last conclusion of the rationale's own wins. A sentence on the earlier review, on what guidelines ask in
general or on what somebody believes is not its own, nor is the stock advice on weaning that may follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from imr.extraction.wording import entries
from imr.records import Found, Span
from imr.rules import load_rules

# A sentence begins after a full stop, but not after that of a number, an initial or an abbreviation.
_SENTENCE_END = re.compile(r"(?<!\b[A-Za-z])(?<!\bDr)(?<!\bvs)(?<!\b[Nn]o)(?<!\d)[.!?]['\")”]*\s+|\d[.!?]\s+(?=[A-Z])|;\s+")


def read_verdict(text: str, rationale: Span) -> Found[bool] | None:
    """Whether the rationale finds the item medically necessary; None where it never concludes."""
    starts = _sentence_starts(text, rationale)
    for tier in ("conclusion", "leaning"):
        own = [found for found in _verdicts(text, rationale, tier) if _is_own(text, found, starts, tier)]
        if own:
            return max(own, key=lambda found: (found.end, found.start))
    return None


def _verdicts(text: str, rationale: Span, tier: str) -> Iterator[Found[bool]]:
    """Every wording of a verdict; of two that overlap the denying one is meant."""
    taken: list[tuple[int, int]] = []
    for entry in sorted(load_rules("extraction", "verdicts")[tier], key=lambda entry: entry["necessary"]):
        for match in _patterns(tier)[entry["name"]].finditer(text, *rationale):
            if not any(match.start() < high and low < match.end() for low, high in taken):
                taken.append(match.span())
                yield Found(entry["necessary"], *match.span(), f"verdicts.{entry['name']}")


def _is_own(text: str, found: Found[bool], starts: list[int], tier: str) -> bool:
    """Whether the words around a verdict leave it to the reviewer and to this request."""
    start = max(begin for begin in starts if begin <= found.start)
    if _patterns("conditional")["conditional"].match(text, found.end):
        return False
    if tier == "leaning" and not _patterns("own")["own"].search(text, start, found.end):
        return False
    return not any(pattern.search(text[start : found.start]) for pattern in _patterns("foreign").values())


def _sentence_starts(text: str, rationale: Span) -> list[int]:
    return [rationale.start, *(match.end() for match in _SENTENCE_END.finditer(text, *rationale))]


@cache
def _patterns(table: str) -> dict[str, re.Pattern[str]]:
    return entries(load_rules("extraction", "verdicts"), table)
