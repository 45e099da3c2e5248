"""The cases that the imitation of the search tool lists: sample letters, with an index entry that says the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from typing import NamedTuple

from imr.synthetic.compose import FIRST_YEAR, YEARS, compose
from imr.synthetic.letter import SyntheticLetter, printed
from imr.synthetic.pdf import pdf_of

SEED = 1_212

_SPELT = {
    "Imaging/Radiology": "Imaging * Radiology",
    "Physical Therapy/Occupational Therapy": "Physical Therapy/Occupational Therapy (PT/OT)",
    "Benzodiazepines": "Benzodiazepine(s)",
    "Calcium Channel Blocker": "Calcium Cannel Blocker",
}
"""Names that the search tool spells in its own way."""

_OUTCOMES = {"upheld": "Uphold", "overturned": "Overturn", "mixed": "Partial Overturn"}


class Item(NamedTuple):
    """One disputed item as the tool lists it."""

    category: str
    subcategory: str
    outcome: str


class DocketCase(NamedTuple):
    """One case as the tool lists it, and its letter."""

    number: str
    outcome: str
    decided: dt.date
    injured: str
    received: str
    specialty: str
    items: tuple[Item, ...]
    letter: SyntheticLetter

    @property
    def path(self) -> str:
        """Where the letter is on the site."""
        return f"/dwc/imr/Decisions/{self.decided.year}/{self.number}.pdf"

    def pdf(self) -> bytes:
        """The letter's file."""
        return pdf_of(self.letter)


def docket(year: int, days: list[dt.date], count: int, seed: int = SEED) -> list[DocketCase]:
    """Some cases of one application year, decided on the given days in turn; newest first, as the tool lists them."""
    letters = _letters(year, seed)
    cases = [_case(_decided_on(next(letters), day)) for _, day in zip(range(count), cycle(days), strict=False)]
    return sorted(cases, key=lambda case: (case.decided, case.number), reverse=True)


def _letters(year: int, seed: int) -> Iterator[SyntheticLetter]:
    number = year - FIRST_YEAR
    while True:
        letter = compose(seed, number)
        if letter.header:
            yield letter
        number += YEARS


def _decided_on(letter: SyntheticLetter, day: dt.date) -> SyntheticLetter:
    """The same letter with all its dates moved, so that it was decided on a day."""
    assert letter.header is not None
    by = day - letter.header.decision_date
    dates = {name: value + by for name, value in letter.header._asdict().items() if isinstance(value, dt.date)}
    return replace(letter, header=letter.header._replace(**dates))


def _case(letter: SyntheticLetter) -> DocketCase:
    header, decisions = letter.header, letter.truth.decisions
    assert header is not None
    outcomes = {decision.outcome for decision in decisions}
    items = tuple(
        Item(
            decision.treatment_category,
            _SPELT.get(decision.treatment_subcategory, decision.treatment_subcategory),
            _OUTCOMES[decision.outcome],
        )
        for decision in decisions
    )
    return DocketCase(
        header.case_number,
        _OUTCOMES[outcomes.pop() if len(outcomes) == 1 else "mixed"],
        header.decision_date,
        printed(header.date_of_injury),
        printed(header.application_received),
        letter.truth.reviewer_specialties[0],
        items,
        letter,
    )
