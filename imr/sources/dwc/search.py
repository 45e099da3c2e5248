"""What the search tool is queried for: days of decision, and which of their letters are wanted."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from imr.errors import Code, ListingError

SCHEME = "dwc"
EXAMPLE = "dwc://?decided=2017-01-01..2017-01-31"
OUTCOMES = ("upheld", "overturned", "mixed")

_DAY = r"\d{4}-\d{2}-\d{2}"
_DECIDED = re.compile(rf"({_DAY})(\.\.)?({_DAY})?")
_WANTED = ("outcome", "specialty", "category")
_DAYS_IN_A_WEEK = 7


class Window(NamedTuple):
    """Some days, first and last included, that are queried together."""

    first: dt.date
    last: dt.date

    @property
    def name(self) -> str:
        """The days as text, fit for a file's name."""
        return f"{self.first}..{self.last}"


class Crawl(NamedTuple):
    """A search that was listed whole: which letters were wanted, and the days."""

    wanted: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class Search:
    """Decisions of the days from `first` to `last`, or to the present day where `last` is None.

    `outcome` (`upheld`, `overturned`, `mixed`), `specialty` and `category` say which of the letters of these days are
    wanted, letter case aside; the index of the days is taken whole in any case.
    """

    first: dt.date
    last: dt.date | None
    outcome: str | None = None
    specialty: str | None = None
    category: str | None = None

    @property
    def wanted(self) -> str:
        """Which letters are wanted, as text: searches that differ in nothing but days have the same."""
        chosen = ((name, getattr(self, name)) for name in _WANTED)
        return "&".join(f"{name}={value.lower()}" for name, value in chosen if value)


def parse_search(address: str) -> Search:
    """The search that a `dwc:` address stands for.

    Raises:
        ListingError: `unknown_source`.
    """
    parts = urlsplit(address)
    given = parse_qsl(parts.query, keep_blank_values=True)
    fields = dict(given)
    if parts.scheme != SCHEME or parts.netloc or parts.path.strip("/") or parts.fragment or len(fields) < len(given):
        raise _unknown("it has parts of another kind, or one twice")
    if strange := fields.keys() - {"decided", *_WANTED}:
        raise _unknown(f"it knows nothing of: {', '.join(sorted(strange))}")
    if (outcome := fields.get("outcome")) and outcome.lower() not in OUTCOMES:
        raise _unknown(f"an outcome is one of: {', '.join(OUTCOMES)}")
    first, last = _days(fields.get("decided", ""))
    return Search(first, last, **{name: fields.get(name) or None for name in _WANTED})


def windows(first: dt.date, last: dt.date) -> Iterator[Window]:
    """The days from first to last in calendar weeks, so that a search begun on another day has the same windows."""
    while first <= last:
        sunday = first + dt.timedelta(days=_DAYS_IN_A_WEEK - 1 - first.weekday())
        yield Window(first, min(sunday, last))
        first = sunday + dt.timedelta(days=1)


def _days(decided: str) -> tuple[dt.date, dt.date | None]:
    match = _DECIDED.fullmatch(decided)
    try:
        first, dots, last = match.groups() if match else ("", None, None)
        days = dt.date.fromisoformat(first), dt.date.fromisoformat(last) if last else None
    except ValueError as error:
        raise _unknown("decided is a day, two days with .. between them, or a day and .. for all days since") from error
    if (last and not dots) or (days[1] and days[1] < days[0]):
        raise _unknown("decided has its last day before its first, or no .. between the two")
    return (days[0], days[1]) if dots else (days[0], days[0])


def _unknown(why: str) -> ListingError:
    return ListingError(Code.UNKNOWN_SOURCE, f"a search of the DWC is written as {EXAMPLE}; {why}")
