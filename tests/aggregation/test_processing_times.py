from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr.aggregation.processing_times import DATES, STAGES, processing_times
from imr.tables.declaration import TABLES

_DAY = dt.date(2017, 3, 1)
_SCHEMA = pa.schema([("case_year", pa.int16()), *((name, pa.date32()) for name in DATES)])


def _after(days: int) -> dt.date:
    return _DAY + dt.timedelta(days)


def _times(*cases: dict[str, Any]) -> list[dict[str, Any]]:
    return processing_times(pa.Table.from_pylist(list(cases), schema=_SCHEMA)).to_pylist()


def _lags(*days: int, year: int | None = 2017) -> list[dict[str, Any]]:
    return [{"case_year": year, "date_assigned": _DAY, "decision_date": _after(lag)} for lag in days]


def test_each_stage_runs_between_its_own_dates() -> None:
    dates = {
        "ur_denial_date": _DAY,
        "application_received_date": _after(10),
        "date_assigned": _after(13),
        "decision_date": _after(33),
    }
    rows = _times({"case_year": 2017, **dates})
    assert {row["stage"]: row["days_median"] for row in rows} == {
        "ur_denial_to_application": 10.0,
        "application_to_assigned": 3.0,
        "assigned_to_decision": 20.0,
        "application_to_decision": 23.0,
    }


def test_figures_are_linear_quantiles() -> None:
    (row,) = _times(*_lags(40, 10, 30, 20))
    assert row == {
        "case_year": 2017,
        "stage": "assigned_to_decision",
        "cases": 4,
        "days_min": 10.0,
        "days_p25": 17.5,
        "days_median": 25.0,
        "days_p75": 32.5,
        "days_p95": pytest.approx(38.5),
        "days_max": 40.0,
    }


@pytest.mark.parametrize(
    ("cases", "counted"),
    [
        pytest.param(_lags(5, -1, 7), 2, id="ends before it begins"),
        pytest.param(_lags(0), 1, id="same day"),
        pytest.param([*_lags(5), {"case_year": 2017, "decision_date": _DAY}], 1, id="one date unknown"),
    ],
)
def test_only_cases_with_both_dates_in_order_count(cases: list[dict[str, Any]], counted: int) -> None:
    (row,) = _times(*cases)
    assert row["cases"] == counted


def test_a_stage_without_cases_has_no_row() -> None:
    assert _times({"case_year": 2017, "decision_date": _DAY}, *_lags(-3)) == []


def test_years_come_in_order_and_the_unknown_one_last() -> None:
    rows = _times(*_lags(1, year=None), *_lags(2, year=2019), *_lags(3, year=2014))
    assert [(row["case_year"], row["days_max"]) for row in rows] == [(2014, 3.0), (2019, 2.0), (None, 1.0)]


@settings(deadline=None)
@given(st.lists(st.integers(0, 2000), min_size=1, max_size=60))
def test_quantiles_are_those_of_numpy(days: list[int]) -> None:
    (row,) = _times(*_lags(*days))
    names = ["days_min", "days_p25", "days_median", "days_p75", "days_p95", "days_max"]
    assert [row[name] for name in names] == pytest.approx(list(np.quantile(days, [0, 0.25, 0.5, 0.75, 0.95, 1])))


def test_stages_are_those_of_the_declaration() -> None:
    (declared,) = (column.values for column in TABLES["processing_times"].columns if column.name == "stage")
    assert tuple(STAGES) == declared
