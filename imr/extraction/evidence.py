"""Keeps, for every value that goes into a record, the words it came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from imr.records import Evidence, Found

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Notes:
    """The provenance of one record: each `take` hands the bare value on and notes where it stands."""

    table: str
    decision_number: int | None
    item_number: int | None
    rows: list[Evidence]

    def take(self, column: str, found: Found[T] | None) -> T | None:
        """The value of `found`, noted as the evidence of a column; None stays None and leaves no note."""
        return None if found is None else self.need(column, found)

    def need(self, column: str, found: Found[T]) -> T:
        """The value of a column that is never null, noted."""
        value, start, end, rule, method = found
        self.rows.append(
            Evidence(
                self.table,
                self.decision_number,
                self.item_number,
                column,
                value if isinstance(value, str) else as_text(value),
                start,
                end,
                method,
                rule,
            )
        )
        return value

    def flag(self, column: str, found: Found[bool] | None) -> bool:
        """A truth value that is false where the letter says nothing; only what it says is noted."""
        return False if found is None else self.need(column, found)

    def take_all(self, column: str, found: Iterable[Found[T]]) -> tuple[T, ...]:
        """The values of a list column, each noted on its own, in order."""
        return tuple([self.need(column, item) for item in found])

    def take_from_file_name(self, column: str, value: str | None) -> str | None:
        """A value that the letter itself does not print, noted without a span."""
        if value is not None:
            self.rows.append(Evidence(self.table, None, None, column, value, None, None, "file_name", "file_name"))
        return value


@dataclass(frozen=True, slots=True)
class EvidenceLog:
    """Collects the provenance of one letter."""

    rows: list[Evidence] = field(default_factory=list)

    def of(self, table: str, decision_number: int | None = None, item_number: int | None = None) -> Notes:
        """The notes of one record of a table."""
        return Notes(table, decision_number, item_number, self.rows)


def as_text(value: object) -> str:
    """A value as the provenance table writes it: ISO dates, lower-case truth values, a pair with a slash."""
    match value:
        case bool():
            return "true" if value else "false"
        case dt.date():
            return value.isoformat()
        case tuple():
            return " / ".join(map(str, value))
        case _:
            return str(value)
