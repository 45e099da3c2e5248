"""Days between the dates of a case."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from imr.aggregation.outcomes import fitted
from imr.tables.declaration import TABLES

_TABLE = TABLES["processing_times"]
_QUANTILES = {"days_p25": 0.25, "days_median": 0.5, "days_p75": 0.75, "days_p95": 0.95}

STAGES = {
    "ur_denial_to_application": ("ur_denial_date", "application_received_date"),
    "application_to_assigned": ("application_received_date", "date_assigned"),
    "assigned_to_decision": ("date_assigned", "decision_date"),
    "application_to_decision": ("application_received_date", "decision_date"),
}
"""Each stage's first and last date."""

DATES = tuple(dict.fromkeys(date for dates in STAGES.values() for date in dates))


def processing_times(cases: pa.Table) -> pa.Table:
    """The rows of `processing_times` from the latest letters' `case_year` and dates.

    A stage that would end before it began is a fault of the dates, said by the letter's warnings, and counts in no
    stage. Quantiles are linear interpolations.
    """
    rows = [
        {"case_year": year.as_py(), "stage": stage, **_figures(days)}
        for year in pc.unique(cases["case_year"])
        for stage, (first, last) in STAGES.items()
        if len(days := _days(_of_year(cases, year), first, last))
    ]
    columns = {name: [row[name] for row in rows] for name in _TABLE.schema.names}
    return fitted(_TABLE, columns)


def _of_year(cases: pa.Table, year: pa.Scalar) -> pa.Table:
    years = cases["case_year"]
    return cases.filter(pc.equal(years, year) if year.is_valid else years.is_null())


def _days(cases: pa.Table, first: str, last: str) -> pa.ChunkedArray:
    days = pc.days_between(cases[first], cases[last])
    return days.filter(pc.greater_equal(days, 0))  # leaves the unknown ones out, too


def _figures(days: pa.ChunkedArray) -> dict[str, float]:
    extremes = pc.min_max(days).as_py()
    quantiles = pc.quantile(days, list(_QUANTILES.values())).to_pylist()
    return {
        "cases": len(days),
        "days_min": float(extremes["min"]),
        **dict(zip(_QUANTILES, quantiles, strict=True)),
        "days_max": float(extremes["max"]),
    }
