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
# Longest name of a diagnosis that stands as a sentence, and what makes a real sentence of it.
_LONGEST_BARE = 80
_SAYS = re.compile(
    r"\b(?:is|are|was|were|has|have|had|he|she|his|her|the|this|patient|worker|will|may|not|no|\w{3,}ed|exam\w*|plan|MRI)\b",
    re.IGNORECASE,
)
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
    listed = text[:start].rstrip().endswith(":")
    matches = list(_SENTENCE_END.finditer(text, start, end))
    ends = [*(match.start() for match in matches[1:]), end]
    for match, next_end in zip(matches, ends, strict=False):
        in_list = _NUMBER_STOP.search(text[start : match.start()]) or _NEXT_NUMBER.match(text, match.end(), end)
        goes_on = listed and _is_bare_diagnosis(text, Span(match.end(), next_end))
        if not (numbered and in_list) and not goes_on:
            return match.start()
    return end


def _is_bare_diagnosis(text: str, sentence: Span) -> bool:
    """Whether a sentence names a condition and says nothing of it: after a colon, a list may be of such."""
    short = 0 < sentence.end - sentence.start < _LONGEST_BARE
    return short and not _SAYS.search(text, *sentence) and bool(conditions_in(text, sentence))


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
