"""What became of a disputed item: by its heading, else by its rationale, else by the title over all items."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from re import Pattern

from imr.errors import Code, UnsupportedError
from imr.extraction.requests import read_outcome_words
from imr.extraction.verdict import read_verdict
from imr.extraction.wording import entries
from imr.records import Found, Span
from imr.rules import load_rules


def read_outcome(text: str, in_heading: Found[str] | None, rationale: Span, titles: Sequence[Span]) -> Found[str]:
    """The outcome of one item; `in_heading` is what its heading says of it, if anything.

    Raises:
        UnsupportedError: `no_decisions` when the outcome stands nowhere.
    """
    if in_heading is not None:
        return in_heading
    if partial := _read_partial(text, rationale):
        return partial
    if verdict := read_verdict(text, rationale):
        return Found("overturned" if verdict.value else "upheld", *verdict[1:])
    over_all = [found for title in titles if (found := read_outcome_words(text, title))]
    if not over_all:
        raise UnsupportedError(Code.NO_DECISIONS, "the outcome of a disputed item stands nowhere")
    return over_all[-1]._replace(method="inferred")


def _read_partial(text: str, rationale: Span) -> Found[str] | None:
    for name, pattern in _partial().items():
        if match := pattern.search(text, *rationale):
            return Found("partially_overturned", *match.span(), f"requests.{name}")
    return None


@cache
def _partial() -> dict[str, Pattern[str]]:
    return entries(load_rules("extraction", "requests"), "partial")
