"""The diagnoses that the clinical case summary states as such, not symptoms or findings that it reports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from imr.extraction.diagnosis_list import conditions_in, cut_list, is_complaint
from imr.extraction.wording import any_of, distinct, entries, words
from imr.records import Found, Span
from imr.rules import load_rules

# A sentence ends at a full stop before a capital, but not after an abbreviation.
_SENTENCE_END = re.compile(
    r"[.!?](?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<!\bvs\.)(?<!\bSt\.)(?<!\bNo\.)(?<!\be\.g\.)(?<!\bi\.e\.)"
    r"(?<!\bapprox\.)[\"”')\]]*(?=\s+[\"“(]?[A-Z0-9]|\s*\Z)"
)
_FIRST_NUMBER = re.compile(r"\s*[(#]?1[.)]\s")
# In a numbered list the full stop of a number ends nothing, nor does the one before the next number.
_NUMBER_STOP = re.compile(r"(?:\A|[\s(#])\d{1,2}\Z")
_NEXT_NUMBER = re.compile(r"\s+(?:and\s+)?[(#]?\d{1,2}[.)]\s")
_SENTENCE_START = re.compile(r"[.;]\s")


class _Lead(NamedTuple):
    name: str
    asserts: str


def read_diagnoses(text: str, summary: Span) -> tuple[Found[str], ...]:
    """The patient's diagnoses in order, each once; none where the summary states none.

    Several statements in one summary are taken together.
    """
    leads = list(_leads_in(text, summary))
    stops = [match.start() for match, _ in leads[1:]] + [summary.end]
    found: list[Found[str]] = []
    for (match, lead), stop in zip(leads, stops, strict=False):
        if match.end() < stop and not _patterns("no_list")["no_list"].match(text, match.end()):
            listed = Span(match.end(), _list_end(text, match.end(), stop))
            found += _diagnoses(text, listed, lead)
    return distinct(found)


def _leads_in(text: str, summary: Span) -> Iterator[tuple[re.Match[str], _Lead]]:
    """Every place where the summary begins to state this patient's diagnoses."""
    for match in _any_lead().finditer(text, *summary):
        lead = _leads()[str(match.lastgroup)]
        if not _is_foreign(text, summary.start, match.start(), lead):
            yield match, lead


def _is_foreign(text: str, start: int, end: int, lead: _Lead) -> bool:
    """Whether the sentence denies the diagnosis, seeks it, or gives it to a relative or a picture."""
    before = _SENTENCE_START.split(text[max(start, end - 160) : end])[-1]
    return any(
        pattern.search(before)
        for name, pattern in _patterns("foreign").items()
        if name != "study" or lead.asserts == "finding"
    )


def _list_end(text: str, start: int, end: int) -> int:
    """Where the list ends: at the sentence's end or where another clause begins."""
    end = _sentence_end(text, start, end)
    stops = (pattern.search(text, start, end) for pattern in _patterns("stop").values())
    return min((match.start() for match in stops if match), default=end)


def _sentence_end(text: str, start: int, end: int) -> int:
    numbered = _FIRST_NUMBER.match(text, start, end) is not None
    for match in _SENTENCE_END.finditer(text, start, end):
        in_list = _NUMBER_STOP.search(text[start : match.start()]) or _NEXT_NUMBER.match(text, match.end(), end)
        if not (numbered and in_list):
            return match.start()
    return end


def _diagnoses(text: str, listed: Span, lead: _Lead) -> Iterator[Found[str]]:
    """The diagnoses of one list, if it holds what its lead must be followed by."""
    spans = cut_list(text, listed)
    conditions = [condition for span in spans for condition in conditions_in(text, span)]
    if lead.asserts == "treatment":
        conditions = [condition for condition in conditions if not is_complaint(condition)]
    if conditions or lead.asserts == "diagnosis":
        yield from (words(text, span, f"diagnoses.{lead.name}") for span in spans)


@cache
def _leads() -> dict[str, _Lead]:
    rules = load_rules("extraction", "diagnoses")["lead"]
    return {entry["name"]: _Lead(entry["name"], entry["asserts"]) for entry in rules}


@cache
def _any_lead() -> re.Pattern[str]:
    """All leads in one pattern, each a group of its name: the summary is walked through once."""
    return any_of({name: pattern.pattern for name, pattern in _patterns("lead").items()}, r"\b(?=[adirtu])")


@cache
def _patterns(table: str) -> dict[str, re.Pattern[str]]:
    return entries(load_rules("extraction", "diagnoses"), table)
