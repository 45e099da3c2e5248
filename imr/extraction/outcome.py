"""What became of a disputed item: by its heading, else by its rationale, else by the title over all items."""

from __future__ import annotations

from collections.abc import Sequence

from imr.errors import Code, UnsupportedError
from imr.extraction.requests import read_outcome_words
from imr.extraction.verdict import read_partial_verdict, read_verdict
from imr.records import Found, Span


def read_outcome(
    text: str, in_heading: Found[str] | None, rationale: Span, titles: Sequence[Span], request: str = ""
) -> Found[str]:
    """The outcome of one item; `in_heading` is what its heading says of it, if anything, `request` the item as titled.

    Raises:
        UnsupportedError: `no_decisions` when the outcome stands nowhere.
    """
    if in_heading is not None:
        return in_heading
    if partial := read_partial_verdict(text, rationale, request):
        return Found("partially_overturned", *partial[1:])
    if verdict := read_verdict(text, rationale, request):
        return Found("overturned" if verdict.value else "upheld", *verdict[1:])
    over_all = [found for title in titles if (found := read_outcome_words(text, title))]
    if not over_all:
        raise UnsupportedError(Code.NO_DECISIONS, "the outcome of a disputed item stands nowhere")
    return over_all[-1]._replace(method="inferred")
