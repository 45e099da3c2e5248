"""Header blocks whose cells an extractor gives column by column, in whatever order."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.header import Header, read_header
from imr.records import Span
from imr.warnings import WarningCode

LABELS = ("Date Assigned:", "Decision Date:", "Date of Injury:", "UR Denial Date:", "Application\nReceived:")
NAMES = ("date_assigned", "decision_date", "date_of_injury", "ur_denial_date", "application_received_date")
DATES = ("03/09/2016", "04/02/2016", "5/6/2014", "02/11/2016", "03/01/2016")
LEFT = ["Case Number:", *LABELS[:2], "Priority:", "", "CM16-9000001", *DATES[:2], "Expedited", ""]


def header(text: str) -> Header:
    return read_header(text, Span(0, len(text)))


def printed(read: Header) -> dict[str, str]:
    """The dates as the header prints them."""
    return {name: f"{date.value.month}/{date.value.day}/{date.value.year}" for name, date in read.dates.items()}


def as_read(*dates: str) -> dict[str, str]:
    values = [dt.datetime.strptime(date, "%m/%d/%Y") for date in dates]
    return {name: f"{day.month}/{day.day}/{day.year}" for name, day in zip(NAMES, values, strict=True)}


ORDERS = {
    "labels-first-in-both-columns": [*LEFT, *LABELS[2:], "", *DATES[2:]],
    "right-column-by-cells": [*LEFT, LABELS[2], DATES[2], f"{LABELS[3]}   {DATES[3]}", "Application", DATES[4], "Received:"],
    "right-column-mixed-up": [*LEFT, DATES[2], LABELS[2], f"{LABELS[3]}   {DATES[3]}", DATES[4], LABELS[4]],
    "all-labels-first": ["Case Number:", *LABELS, "Priority:", "CM16-9000001", *DATES, "Expedited"],
    "all-values-first": ["CM16-9000001", *DATES, "Expedited", "Case Number:", *LABELS, "Priority:"],
    "values-row-by-row-above-labels-by-column": [
        "CM16-9000001", DATES[0], DATES[2], DATES[1], DATES[3], "Expedited", DATES[4], "Case Number:", *LABELS, "Priority:",
    ],
    "each-value-above-its-label": [
        "CM16-9000001", "Case Number:", *(half for pair in zip(DATES, LABELS, strict=True) for half in pair), "Expedited", "Priority:",
    ],
    "beside-one-another": ["Case Number: CM16-9000001", *map(" ".join, zip(LABELS, DATES, strict=True)), "Priority: Expedited"],
}  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
def test_a_header_is_read_in_any_order(order: str) -> None:
    read = header("\n".join(ORDERS[order]))
    assert printed(read) == as_read(*DATES)
    assert read.case_number is not None
    assert read.priority is not None
    assert (read.case_number.value, read.priority.value) == ("CM16-9000001", "expedited")
    assert read.warnings == ()


def test_what_was_not_read_beside_its_label_says_so_and_stands_where_it_says() -> None:
    text = "\n".join(ORDERS["right-column-mixed-up"])
    read = header(text)
    found = [read.case_number, read.priority, *(read.dates[name] for name in NAMES)]
    assert [text[each.start : each.end] for each in found if each] == ["CM16-9000001", "Expedited", *DATES]
    assert {(each.rule, each.method) for each in found if each} == {("header_columns", "inferred")}


SHAPES = st.permutations(["label"] * 5 + ["date"] * 5)


@given(SHAPES)
def test_labels_and_dates_may_follow_one_another_in_any_way(shape: list[str]) -> None:
    labels, dates = iter(LABELS), iter(DATES)
    text = "\n".join(next(labels if each == "label" else dates) for each in shape)
    assert printed(header(text)) == as_read(*DATES)


EARLY = ("03/09/2016", "01/02/2016", "5/6/2014", "02/11/2016", "03/01/2016")  # decided before it was assigned


@pytest.mark.parametrize("order", ["beside-one-another", "labels-first-in-both-columns", "all-labels-first"])
def test_dates_that_cannot_have_happened_stay_with_their_labels(order: str) -> None:
    text = "\n".join(ORDERS[order]).replace(DATES[1], EARLY[1])
    assert printed(header(text)) == as_read(*EARLY)


@pytest.mark.parametrize("order", ORDERS)
def test_two_dates_may_be_one_day(order: str) -> None:
    text = "\n".join(ORDERS[order]).replace(DATES[4], DATES[0])
    assert printed(header(text)) == as_read(*DATES[:4], DATES[0])


@pytest.mark.parametrize("date", [pytest.param("", id="missing"), pytest.param("02/30/2014", id="no-such-day")])
def test_a_label_takes_no_date_of_another_one_for_its_own(date: str) -> None:
    text = "\n".join(ORDERS["labels-first-in-both-columns"]).replace(DATES[2], date)
    read = header(text)
    assert "application_received_date" not in read.dates
    assert "date_of_injury" not in read.dates
    assert read.warnings == (WarningCode.DATE_UNREADABLE,)


def test_a_blank_cell_leaves_the_others_as_they_are() -> None:
    text = "\n".join(ORDERS["beside-one-another"]).replace(DATES[2], "")
    assert printed(header(text)) == {name: date for name, date in as_read(*DATES).items() if name != "date_of_injury"}
    assert header(text).warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Case Number:\nPriority:\nCM16-9000001\nCM16-9000002", id="two-numbers"),
        pytest.param("CM16-9000001 and others", id="in-a-line"),
        pytest.param("Priority:\nCase\nStandard of care", id="word-of-a-line"),
        pytest.param("03/02/2016\nDecision Date:", id="one-date-above-one-label"),
    ],
)
def test_what_may_be_something_else_is_not_taken(text: str) -> None:
    assert header(text) == Header(None, None, {}, ())
