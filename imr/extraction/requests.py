"""An item's heading: what is disputed, what was asked for and authorised before, and the outcome if it gives one."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from imr.extraction.text import fold
from imr.records import Found, Span
from imr.rules import load_rules

_TITLE_END = re.compile(
    r"(?:,?\s+(?:(?:is|are|was|were)/?)+)?(?:\s+(?:considered|deemed|found)(?:\s+to\s+be)?)?\s*:?\s*\Z"
)


class Request(NamedTuple):
    """What one heading says. `title` spans the whole heading without its outcome."""

    title: Span
    disputed: Found[str]
    original: Found[str] | None
    authorized: Found[str] | None
    outcome: Found[str] | None


def read_request(text: str, heading: Span) -> Request:
    """Read a heading, which ends with its outcome or, in a plain list of items, gives none."""
    outcome = read_outcome_words(text, heading)
    title = Span(heading.start, _title_end(text, heading.start, outcome.start) if outcome else heading.end)
    for name, pattern in _forms():
        if match := pattern.fullmatch(text, *title):
            parts = {
                key: Found(fold(value), *match.span(key), name) for key, value in match.groupdict().items() if value
            }
            return Request(title, parts["disputed"], parts.get("original"), parts.get("authorized"), outcome)
    # Only an outcome without any title before it gets here.
    return Request(title, Found("", *title, "no_title"), None, None, outcome)


def read_outcome_words(text: str, region: Span) -> Found[str] | None:
    """The last outcome words of a heading or title: what is disputed may hold some itself."""
    found = ((value, match) for value, pattern in _outcomes() for match in pattern.finditer(text, *region))
    last = max(found, key=lambda found: (found[1].end(), -found[1].start()), default=None)
    return Found(last[0], *last[1].span(), "outcome_word") if last else None


def _title_end(text: str, start: int, end: int) -> int:
    match = _TITLE_END.search(text[start:end])
    return start + match.start() if match else end


@cache
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    forms = load_rules("extraction", "requests")["form"]
    return tuple((form["name"], re.compile(form["pattern"], re.IGNORECASE | re.DOTALL)) for form in forms)


@cache
def _outcomes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    outcomes = load_rules("extraction", "requests")["outcome"]
    return tuple((outcome["value"], re.compile(outcome["pattern"])) for outcome in outcomes)
