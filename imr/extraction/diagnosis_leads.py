"""Where a summary begins to state this patient's diagnoses: "was diagnosed with", "Assessment:", "is treated for"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from imr.extraction.diagnosis_words import entry_patterns
from imr.records import Span
from imr.rules import Pattern, load_rules

_SENTENCE_START = re.compile(r"[.;]\s")
# How far back in the sentence a lead's own words and those that deny it may stand.
_LONGEST_BEFORE = 60
_LONGEST_FOREIGN = 160


class Led(NamedTuple):
    """A lead in the text and where it begins; the list begins at `end`."""

    lead: Pattern
    start: int
    end: int

    @property
    def asserts(self) -> str:
        """How much its list must hold, as the rule file has it."""
        return str(self.lead.values["asserts"])


def leads_in(text: str, summary: Span) -> list[Led]:
    """The leads of a summary in order, but for those of somebody else, of a picture, or denied."""
    found: list[Led] = []
    for start, leads in _marked(text, summary):
        if not found or start >= found[-1].end:
            found += (led for led in _first(text, summary, start, leads) if not _is_foreign(text, summary.start, led))
    return found


def _marked(text: str, summary: Span) -> list[tuple[int, tuple[Pattern, ...]]]:
    """The places where a mark begins a word, in order, with the leads that may begin there."""
    lower = text[summary.start : summary.end].lower()
    places: list[tuple[int, tuple[Pattern, ...]]] = []
    for mark, leads in _leads().items():
        place = lower.find(mark)
        while place >= 0:
            if place == 0 or not lower[place - 1].isalnum():
                places.append((summary.start + place, leads))
            place = lower.find(mark, place + 1)
    return sorted(places, key=lambda marked: marked[0])


def _first(text: str, summary: Span, start: int, leads: tuple[Pattern, ...]) -> Iterator[Led]:
    """The first of the leads that stands at a place, if one does."""
    for lead in leads:
        match = lead.expression.match(text, start, summary.end)
        if match and (
            lead.before is None or lead.before.search(text, max(summary.start, start - _LONGEST_BEFORE), start)
        ):
            yield Led(lead, start, match.end())
            return


def _is_foreign(text: str, start: int, led: Led) -> bool:
    """Whether the sentence denies the diagnosis, seeks it, or gives it to a relative or a picture."""
    before = _SENTENCE_START.split(text[max(start, led.start - _LONGEST_FOREIGN) : led.start])[-1]
    return any(
        pattern.search(before)
        for name, pattern in entry_patterns("foreign").items()
        if name != "study" or led.asserts == "finding"
    )


@cache
def _leads() -> dict[str, tuple[Pattern, ...]]:
    """The leads by their marks, in the file's order."""
    marked: dict[str, list[Pattern]] = {}
    for lead in load_rules("extraction", "diagnoses").patterns("lead"):
        for mark in lead.marks:
            marked.setdefault(mark, []).append(lead)
    return {mark: tuple(leads) for mark, leads in marked.items()}
