"""What others have published of the whole programme, beside what the lake's own letters say of the same years."""

from __future__ import annotations

from typing import Any, NamedTuple

from imr.report.figures import Published, published
from imr.report.measured import MeasuredLake

OURS = "outcomes_by_year"
"""The figure that has our side."""


class Beside(NamedTuple):
    """A published year, and ours: another population, of which we say how many letters and decisions it has."""

    published: Published
    letters: int
    decisions: int
    overturned_share: float | None
    low: float | None
    high: float | None


def beside_published(lake: MeasuredLake) -> list[Beside]:
    """A row for each published figure, in order."""
    ours: dict[int, dict[str, Any]] = {
        row["decision_year"]: row
        for measured in lake.figures
        if measured.figure.name == OURS
        for row in measured.rows.to_pylist()
    }
    nothing = {"letters": 0, "decisions": 0, "overturned_share": None, "low": None, "high": None}
    return [Beside(row, *(ours.get(row.year, nothing)[name] for name in nothing)) for row in published()]
