"""A synthetic letter: its words in order, where it breaks by force, and what it says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, NamedTuple

from imr.evaluation.labels import LetterLabel

Layout = Literal["plain", "spread"]
Role = Literal["heading", "body", "issue", "slot"]


class Piece(NamedTuple):
    """One paragraph. `lead` is its bold beginning; a newline in `text` is a forced line break."""

    role: Role
    text: str
    lead: str = ""


class Header(NamedTuple):
    """The two-column table at the top of a letter."""

    case_number: str
    date_assigned: dt.date
    date_of_injury: dt.date
    decision_date: dt.date
    ur_denial_date: dt.date
    priority: str
    application_received: dt.date


@dataclass(frozen=True, slots=True)
class SyntheticLetter:
    """One composed letter.

    `name` is the stem of its file: the case number, or an invented hash where the letter prints none.
    `layout` is the look its text has as a .txt file.
    """

    name: str
    case_number: str | None
    header: Header | None
    layout: Layout
    content: tuple[Piece, ...]
    truth: LetterLabel


def printed(day: dt.date) -> str:
    """A date as the form prints it, MM/DD/YYYY."""
    return f"{day.month:02}/{day.day:02}/{day.year}"
