"""When a decision fell: its year, quarter and month, and how old the injury was by then."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc


def with_periods(decisions: pa.Table, injured: pa.ChunkedArray) -> pa.Table:
    """The decisions with what the summaries by date group them by; `injured` are the dates of injury of their cases."""
    decided = decisions["decision_date"]
    columns = {
        "decision_year": pc.year(decided).cast(pa.int16()),
        "decision_quarter": pc.floor_temporal(decided, unit="quarter").cast(pa.date32()),
        "decision_month": pc.floor_temporal(decided, unit="month").cast(pa.date32()),
        "injury_age_years": _whole_years(injured, decided).cast(pa.int16()),
    }
    for name, values in columns.items():
        decisions = decisions.append_column(name, values)
    return decisions


def _whole_years(since: pa.ChunkedArray, until: pa.ChunkedArray) -> pa.ChunkedArray:
    """Anniversaries between two dates; null without both, or where they are not in order."""
    years = pc.subtract(pc.year(until), pc.year(since))
    before = pc.less(_day_of_year(until), _day_of_year(since))
    return pc.if_else(pc.less_equal(since, until), pc.subtract(years, pc.if_else(before, 1, 0)), None)


def _day_of_year(dates: pa.ChunkedArray) -> pa.ChunkedArray:
    """A number that grows from day to day of any year alike."""
    return pc.add(pc.multiply(pc.month(dates), 31), pc.day(dates))
