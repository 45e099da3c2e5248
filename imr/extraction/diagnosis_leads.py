"""Where a summary begins to state this patient's diagnoses: "was diagnosed with", "Assessment:", "is treated for"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from imr.extraction.diagnosis_bridge import Way, list_after
from imr.extraction.diagnosis_subjects import list_before
from imr.extraction.diagnosis_words import entry_patterns
from imr.records import Span
from imr.rules import Pattern, load_rules

_SENTENCE_START = re.compile(r"[.;]\s")
# "gout diagnosed in May", but not "in error", nor "in May was ruled out"
_TELLS_WHEN = re.compile(
    r"\s+(?:on|in|at|during|after)\s(?!error\b)"
    r"(?![^.;]{0,60}\b(?:(?:was|were)\s+(?:later\s+|since\s+)?(?:not|never|ruled|rejected|excluded|refuted)|mistaken)\b)"
)
_MIDDLE = "|"  # between what stands before a lead and the lead
# How far back in the sentence a lead's own words and those that deny it may stand.
_LONGEST_BEFORE = 60
_LONGEST_FOREIGN = 160


class Lead(NamedTuple):
    """One kind of lead: the words it is known by, how much its list must hold (`asserts`), how it leads there."""

    name: str
    asserts: str
    before: re.Pattern[str] | None
    pattern: re.Pattern[str]
    way: Way


class Led(NamedTuple):
    """A lead in the text: where it begins, where its list does, and where that ends if it stands before the lead."""

    lead: Lead
    start: int
    end: int
    list_end: int | None = None


def leads_in(text: str, summary: Span) -> list[Led]:
    """The leads of a summary that have a list, in order, but for those of somebody else, of a picture, or denied."""
    found: list[Led] = []
    for start, leads in _marked(text, summary):
        if not found or start >= found[-1].end:
            found += (led for led in _first(text, summary, start, leads) if not _is_foreign(text, summary.start, led))
    return found


def _marked(text: str, summary: Span) -> list[tuple[int, tuple[Lead, ...]]]:
    """The places where a mark begins a word, in order, with the leads that may begin there."""
    lower = text[summary.start : summary.end].lower()
    places: list[tuple[int, tuple[Lead, ...]]] = []
    for mark, leads in _leads().items():
        place = lower.find(mark)
        while place >= 0:
            if place == 0 or not lower[place - 1].isalnum():
                places.append((summary.start + place, leads))
            place = lower.find(mark, place + 1)
    return sorted(places, key=lambda marked: marked[0])


def _first(text: str, summary: Span, start: int, leads: tuple[Lead, ...]) -> Iterator[Led]:
    """The first of the leads that stands at a place, if one does and has a list."""
    for lead in leads:
        match = lead.pattern.match(text, start, summary.end)
        earliest = max(summary.start, start - _LONGEST_BEFORE)
        if match and (lead.before is None or lead.before.search(text, earliest, start)):
            led = _led(text, summary, lead, match)
            if led:
                yield led
            return


def _led(text: str, summary: Span, lead: Lead, match: re.Match[str]) -> Led | None:
    """A lead with its list, which stands after it or, as its subject, before it."""
    if not match.group():
        return Led(lead, match.start(), match.end())
    beginning = list_after(text, match.end(), summary.end, lead.way)
    if beginning and (beginning.is_named or lead.asserts == "diagnosis"):
        return Led(lead, match.start(), beginning.at)
    is_participle = lead.name == "diagnosed" and _TELLS_WHEN.match(text, match.end(), summary.end) is not None
    before = Span(summary.start, match.start())
    subject = list_before(text, before, is_participle) if lead.name in ("diagnoses", "diagnosed") else None
    return Led(lead, subject.start, subject.start, subject.end) if subject else None


def _is_foreign(text: str, start: int, led: Led) -> bool:
    """Whether the sentence denies the diagnosis, seeks it, or gives it to a relative or a picture."""
    before = _SENTENCE_START.split(text[max(start, led.start - _LONGEST_FOREIGN) : led.start])[-1]
    foreign = entry_patterns("foreign").values()
    if any(pattern.search(before) for pattern in foreign):
        return True
    pictures = entry_patterns("picture").values() if led.lead.asserts == "finding" else ()
    return any(pattern.search(before + _MIDDLE + text[led.start : led.end]) for pattern in pictures)


@cache
def _leads() -> dict[str, tuple[Lead, ...]]:
    """The leads by their marks, in the file's order."""
    marked: dict[str, list[Lead]] = {}
    for pattern in load_rules("extraction", "diagnoses").patterns("lead"):
        lead = _lead(pattern)
        for mark in pattern.marks:
            marked.setdefault(mark, []).append(lead)
    return {mark: tuple(leads) for mark, leads in marked.items()}


def _lead(pattern: Pattern) -> Lead:
    links = frozenset(pattern.values["links"])
    way = Way(links, pattern.values.get("unknown"), bridged=bool(links) and "for" not in links)
    return Lead(pattern.name, pattern.values["asserts"], pattern.before, pattern.expression, way)
