"""Whom a letter is about: age, sex, places of injury and the dates of the claim. No name is ever made."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from imr.synthetic.letter import printed
from imr.synthetic.seeded_random import SeededRandom, Weighted
from imr.synthetic.wording import Region, regions, words

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
SIDES = Weighted(("left", "right", "bilateral", ""), (45, 45, 7, 3))
OLD_CLAIM = 14  # years; the oldest injury a letter tells of
SITES = Weighted((1, 2, 3), (55, 32, 13))


class Site(NamedTuple):
    """A region of this patient and its side ("" for regions that have none or where none is named)."""

    region: Region
    side: str

    @property
    def flank(self) -> str:
        """The side as it stands before a noun: "left " or nothing."""
        return f"{self.side} " if self.side else ""


class Dates(NamedTuple):
    """The days of a claim, in order of time."""

    injury: dt.date
    visit: dt.date
    rfa: dt.date
    ur_denial: dt.date
    application: dt.date
    assigned: dt.date
    decision: dt.date


@dataclass(frozen=True, slots=True)
class Patient:
    """The person of a letter. `worker` is the noun the reviewer uses; `date_style` how the summary writes dates."""

    age: int | None
    sex: str
    worker: str
    sites: tuple[Site, ...]
    date_style: int

    def day(self, day: dt.date) -> str:
        """A date in the summary's style."""
        if self.date_style == 0:
            return printed(day)
        if self.date_style == 1:
            return f"{day.month}-{day.day}-{day.year}"
        return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


@cache
def _region_table() -> Weighted[Region]:
    found = regions().values()
    return Weighted(found, [region.weight for region in found])


def sites_of(rng: SeededRandom) -> tuple[Site, ...]:
    """One to three regions, each once; only joints and limbs have a side."""
    found: dict[str, Site] = {}
    for _ in range(rng.weigh(SITES)):
        region = rng.weigh(_region_table())
        found[region.key] = Site(region, rng.weigh(SIDES) if region.plural else "")
    return tuple(found.values())


def patient_of(rng: SeededRandom) -> Patient:
    """A person of working age or a little beyond."""
    return Patient(
        age=None if rng.chance(0.02) else 21 + int((rng.roll() + rng.roll()) * 26),
        sex="male" if rng.chance(0.55) else "female",
        worker=rng.pick(words("summaries", "people")["workers"]),
        sites=sites_of(rng),
        date_style=rng.between(0, 2),
    )


def dates_of(rng: SeededRandom, year: int, age: int | None, expedited: bool) -> Dates:
    """The days of a claim whose application was received in `year`.

    An expedited review takes days, not weeks; nobody was hurt at work before the age of 18.
    """
    application = dt.date(year, 1, 2) + dt.timedelta(rng.between(0, 360))
    ur_denial = application - dt.timedelta(rng.between(4, 30))
    rfa = ur_denial - dt.timedelta(rng.between(3, 12))
    visit = rfa - dt.timedelta(rng.between(0, 20))
    years_at_work = OLD_CLAIM if age is None else min(OLD_CLAIM, age - 18)
    injury = visit - dt.timedelta(40 + int(365 * years_at_work * rng.roll() ** 2))
    assigned = application + dt.timedelta(rng.between(0, 1) if expedited else rng.between(2, 9))
    decision = assigned + dt.timedelta(rng.between(2, 5) if expedited else rng.between(21, 33))
    return Dates(injury, visit, rfa, ur_denial, application, assigned, decision)
