from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.errors import Code, ListingError
from imr.sources.dwc.search import Search, parse_search, windows
from imr.sources.kinds import missing_sources

FIRST, LAST = dt.date(2017, 1, 1), dt.date(2017, 1, 31)
DAYS = st.dates(dt.date(2013, 1, 1), dt.date(2030, 1, 1))


@pytest.mark.parametrize(
    ("address", "search"),
    [
        pytest.param("dwc://?decided=2017-01-01..2017-01-31", Search(FIRST, LAST), id="days"),
        pytest.param("dwc:?decided=2017-01-01..2017-01-31", Search(FIRST, LAST), id="without slashes"),
        pytest.param("dwc:///?decided=2017-01-01..2017-01-31", Search(FIRST, LAST), id="with three"),
        pytest.param("DWC://?decided=2017-01-01..2017-01-31", Search(FIRST, LAST), id="in capitals"),
        pytest.param("dwc://?decided=2017-01-01", Search(FIRST, FIRST), id="one day"),
        pytest.param("dwc://?decided=2017-01-01..", Search(FIRST, None), id="since a day"),
        pytest.param(
            "dwc://?decided=2017-01-01..&outcome=Overturned&specialty=Pain%20Management&category=Injection",
            Search(FIRST, None, "Overturned", "Pain Management", "Injection"),
            id="only some letters",
        ),
        pytest.param("dwc://?decided=2017-01-01&specialty=", Search(FIRST, FIRST), id="nothing asked"),
    ],
)
def test_an_address_stands_for_a_search(address: str, search: Search) -> None:
    assert parse_search(address) == search


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("dwc://", id="no days"),
        pytest.param("dwc://?decided=", id="empty"),
        pytest.param("dwc://?decided=2017", id="a year"),
        pytest.param("dwc://?decided=..2017-01-31", id="no first day"),
        pytest.param("dwc://?decided=2017-02-30", id="no day of the calendar"),
        pytest.param("dwc://?decided=2017-01-012017-01-31", id="no dots"),
        pytest.param("dwc://?decided=2017-01-31..2017-01-01", id="backwards"),
        pytest.param("dwc://?decided=2017-01-01&decided=2017-01-02", id="twice"),
        pytest.param("dwc://?decided=2017-01-01&injured=2016-01-01", id="unknown field"),
        pytest.param("dwc://?decided=2017-01-01&outcome=denied", id="unknown outcome"),
        pytest.param("dwc://elsewhere.example/?decided=2017-01-01", id="a host"),
        pytest.param("dwc://?decided=2017-01-01#part", id="a fragment"),
    ],
)
def test_any_other_address_is_refused_with_an_example(address: str) -> None:
    with pytest.raises(ListingError, match="decided=2017-01-01") as caught:
        parse_search(address)
    assert caught.value.code == Code.UNKNOWN_SOURCE
    with pytest.raises(ListingError):
        missing_sources([address])  # the command says so before it starts


def test_searches_that_differ_in_days_alone_want_the_same() -> None:
    one, other = Search(FIRST, LAST, "Mixed", None, "surgery"), Search(LAST, None, "mixed", None, "Surgery")
    assert one.wanted == other.wanted
    assert Search(FIRST, LAST).wanted != one.wanted != Search(FIRST, LAST, None, "mixed", "surgery").wanted


@given(DAYS, st.integers(-3, 60))
def test_windows_are_all_the_days_once_in_calendar_weeks(first: dt.date, more: int) -> None:
    last = first + dt.timedelta(days=more)
    found = list(windows(first, last))
    days = [
        window.first + dt.timedelta(days=n) for window in found for n in range((window.last - window.first).days + 1)
    ]
    assert days == [first + dt.timedelta(days=n) for n in range(max(0, more + 1))]
    assert all(window.first.weekday() == 0 for window in found[1:])
    assert all(window.last.weekday() == 6 for window in found[:-1])
