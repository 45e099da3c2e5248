"""Where a heading begins that nothing but its place in the text tells from the rationale before it."""

from __future__ import annotations

import re

from imr.records import Span

_SENTENCE_END = re.compile(r"[.?!][)\"”]?\s+(?=[\"“(]?[A-Z0-9])")
# A verdict ends a rationale even where its full stop was lost.
_VERDICT = re.compile(
    r"\b(?:is|are|was|were)\s+(?:not\s+)?medically\s+necessary(?:\s+and\s+appropriate)?\.?\s+(?=[A-Z0-9])"
)
_PARTIAL_FIRST = re.compile(
    r"\b(?:was|is)\s+the\s+original\s+request\s*\.|\b(?:was|were)\s+(?:originally\s+)?(?:requested|asked\s+for|submitted)\s*\."
    r"|\bThe\s+original\s+request\s+(?:was|is)\s+for\b",
    re.IGNORECASE,
)
_PARTIAL_GOES_ON = re.compile(
    r"The\s+(?:remaining\s+IMR|original\s+request|(?:\w+\s+)?(?:portion|part|remainder)\s+of\s+the\s+original\s+request)\b",
    re.IGNORECASE,
)
_PROSE = re.compile(r"\b(?:is|was|are|were|be|been|has|have|not|cannot)\b")
_DECIDED = re.compile(
    r"\b(?:[Dd]enial|[Dd]ecisions?|[Dd]etermination|[Dd]enied|was|were|had|said|found|stated|read|reads)\b"
)
_REST = re.compile(r"[a-z#%&+,;/)\]-]")
_UNFINISHED = re.compile(
    r"(?:[,;&/+(\[-]|\b(?:a|an|the|and|or|of|for|with|without|to|in|on|at|by|from|per|via|plus|x))$"
)
_ENDS_SENTENCE = (".", "?", "!", ":", '."', ".”", ".)")


def heading_start(text: str, after: int, end: int) -> int:
    """Where the heading that ends at `end` begins; whatever stands before it from `after` on is a rationale.

    A heading begins a paragraph; where the line break that says so was lost, it follows the last full sentence. The
    partly authorised form holds full sentences itself, so its beginning is that of its first.
    """
    start = _title_start(text, after, end)
    if _PARTIAL_GOES_ON.match(text, start, end) and (first := _last(_PARTIAL_FIRST, text, after, end)):
        return _title_start(text, after, first.start())
    return start


def is_prose(text: str, heading: Span) -> bool:
    """Whether the words of a heading are of a sentence that says what somebody else decided."""
    return bool(_DECIDED.search(text, *heading)) and not _PARTIAL_GOES_ON.search(text, *heading)


def last_sentence_end(text: str, after: int, end: int) -> int:
    """Where the last sentence ends that begins behind `after`; `after` itself where none does before `end`."""
    sentence = _last(_SENTENCE_END, text, after, end)
    return sentence.end() if sentence else after


def _title_start(text: str, after: int, end: int) -> int:
    start = max(text.rfind("\n", after, end) + 1, after)
    while start > after and _goes_on(text, after, start, end):
        start = max(text.rfind("\n", after, start - 1) + 1, after)
    if verdict := _last(_VERDICT, text, start, end):
        start = verdict.end()
    sentence = _last(_SENTENCE_END, text, start, end)
    return sentence.end() if sentence and _PROSE.search(text, start, sentence.start()) else start


def _goes_on(text: str, after: int, start: int, end: int) -> bool:
    """Whether the line at `start` evidently is the rest of the one above it: clean text has joined its soft wraps, so
    that a line is a paragraph unless its words say otherwise.
    """
    above = text[max(text.rfind("\n", after, start - 1) + 1, after) : start].rstrip()
    if not above or above.endswith(_ENDS_SENTENCE):
        return False
    return bool(_REST.match(text, start, end) or _UNFINISHED.search(above)) or above.count("(") > above.count(")")


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    matches = list(pattern.finditer(text, start, end))
    return matches[-1] if matches else None
