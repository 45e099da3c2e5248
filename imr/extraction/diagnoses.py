"""The diagnoses that the clinical case summary states as such, not symptoms or findings that it reports."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from imr.extraction.diagnosis_end import end_before_lead, end_of_lines, end_of_list
from imr.extraction.diagnosis_leads import Led, leads_in
from imr.extraction.diagnosis_list import cut_list
from imr.extraction.diagnosis_words import conditions_in, is_complaint, words_in
from imr.extraction.reach import SUMMARY, within
from imr.extraction.wording import distinct, words
from imr.records import Found, Span


def read_diagnoses(text: str, summary: Span) -> tuple[Found[str], ...]:
    """The patient's diagnoses in order, each once; none where the summary states none.

    Several statements in one summary are taken together.
    """
    summary = within(summary, SUMMARY)
    leads = leads_in(text, summary)
    stops = [end_before_lead(text, led, following) for led, following in pairwise(leads)] + [summary.end]
    found: list[Found[str]] = []
    for led, stop in zip(leads, stops, strict=False):
        if led.end < stop:
            found += _not_known(found, list(_diagnoses(text, led, stop)))
    return distinct(found)


def _not_known(known: list[Found[str]], further: list[Found[str]]) -> Iterator[Found[str]]:
    """The diagnoses of a further statement, but for those that say less of one known: "sciatica", "left sciatica"."""
    said = [set(words_in(item.value, 0, len(item.value))) for item in known]
    for item in further:
        if not any(words >= set(words_in(item.value, 0, len(item.value))) for words in said):
            yield item


def _diagnoses(text: str, led: Led, stop: int) -> Iterator[Found[str]]:
    """The diagnoses of one list, if it holds what its lead must be followed by."""
    lines_end = None if led.list_end else end_of_lines(text, led, stop)
    end = led.list_end or lines_end or end_of_list(text, led, stop)
    spans = cut_list(text, Span(led.end, end), by_line=lines_end is not None)
    if led.lead.asserts != "diagnosis":
        conditions = [condition for span in spans for condition in conditions_in(text, span)]
        if led.lead.asserts == "treatment":
            conditions = [condition for condition in conditions if not is_complaint(condition)]
        if not conditions:
            return
    yield from (words(text, span, f"diagnoses.{led.lead.name}") for span in spans)
