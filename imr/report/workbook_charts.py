"""The charts of the workbook: native ones, which people can change, each beside the rows of its figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from typing import Any, NamedTuple

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from imr.report.charts import MOST_GROUPS, named, shown
from imr.report.figures import Chart
from imr.report.measured import MeasuredFigure

SHEET = "chart data"
"""What charts are drawn from: labels for people, and how far each interval reaches."""

_COLOURS = ("#1F5F8B", "#B35806", "#4D7C0F", "#6B4C9A")
_WIDTH, _HEIGHT, _BAR_HEIGHT = 760, 380, 24  # pixels


class Series(NamedTuple):
    """A line, or bars: a value for each label, and how far its interval reaches down and up; None is no value."""

    name: str
    values: Sequence[float | None]
    below: Sequence[float | None]
    above: Sequence[float | None]


class Drawn(NamedTuple):
    """What a chart shows."""

    labels: Sequence[str]
    series: Sequence[Series]


class Charts:
    """The charts of a workbook, and the sheet that has their data."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._sheet: Worksheet = book.add_worksheet(SHEET)
        self._column = 0

    def insert(self, sheet: Worksheet, measured: MeasuredFigure, row: int, column: int) -> None:
        """Put the chart of a figure into a sheet, with its corner at a cell; nothing where a figure has no chart."""
        kind, rows = measured.figure.chart, shown(measured)
        if rows is None:
            return
        drawn = _DRAWN[kind](rows)
        chart: Any = self._book.add_chart({"type": "bar" if kind == "groups" else "line"})
        labels = self._write(measured.figure.name, drawn.labels)
        for colour, series in zip(cycle(_COLOURS), drawn.series, strict=False):
            chart.add_series(self._series(series, labels, colour, is_bar=kind == "groups"))
        _dress(chart, measured, drawn)
        sheet.insert_chart(row, column, chart, {"description": f"Chart: {measured.figure.title}"})

    def _series(self, series: Series, labels: str, colour: str, *, is_bar: bool) -> Mapping[str, Any]:
        values = self._write(series.name, series.values)
        reaching = {
            "type": "custom", "direction": "both", "line": {"color": "#5D606A"},
            "minus_values": self._write(f"{series.name}: down", series.below),
            "plus_values": self._write(f"{series.name}: up", series.above),
        }  # fmt: skip
        bars = {"fill": {"color": colour}, "gap": 60, "x_error_bars": reaching}
        line = {
            "line": {"color": colour, "width": 2},
            "marker": {"type": "circle", "size": 5, "fill": {"color": colour}},
        }
        drawn = bars if is_bar else {**line, "y_error_bars": reaching}
        return {"name": series.name, "categories": labels, "values": values, **drawn}

    def _write(self, heading: str, cells: Sequence[float | str | None]) -> str:
        """Write a column of the sheet with the data; the range of its cells."""
        self._sheet.write_string(0, self._column, heading)
        for row, cell in enumerate(cells, start=1):
            if isinstance(cell, str):
                self._sheet.write_string(row, self._column, cell)
            elif cell is not None:
                self._sheet.write_number(row, self._column, cell)
        self._column += 1
        return f"='{SHEET}'!{xl_range_abs(1, self._column - 1, len(cells), self._column - 1)}"


def _dress(chart: Any, measured: MeasuredFigure, drawn: Drawn) -> None:  # noqa: ANN401 - of one of many classes
    """Title, axes and size."""
    chart.set_title({"name": measured.figure.title, "name_font": {"size": 12, "bold": False}, "overlay": False})
    is_bar, is_share = measured.figure.chart == "groups", measured.figure.chart != "days"
    shares = {"num_format": "0%", "name": "overturned, wholly or in part"}
    values = {"min": 0, **(shares if is_share else {"name": "days"})}
    # The y axis of bars is that of their labels: turned round, so that the first is at the top and the values below.
    labels = {"label_position": "low", **({"reverse": True, "crossing": "max"} if is_bar else {})}
    chart.set_x_axis(values if is_bar else labels)
    chart.set_y_axis(labels if is_bar else values)
    chart.show_blanks_as("gap")
    chart.set_legend({"none": True} if len(drawn.series) == 1 else {"position": "bottom"})
    chart.set_size({"width": _WIDTH, "height": 110 + _BAR_HEIGHT * len(drawn.labels) if is_bar else _HEIGHT})


def _trend(frame: pd.DataFrame) -> Drawn:
    share, low, high = (frame[name] for name in ("overturned_share", "low", "high"))
    spans = (
        [None if pd.isna(value) else float(value) for value in span] for span in (share, share - low, high - share)
    )
    return Drawn(frame["label"].tolist(), (Series("overturned, wholly or in part", *spans),))


def _groups(frame: pd.DataFrame) -> Drawn:
    return _trend(frame.head(MOST_GROUPS))


def _days(frame: pd.DataFrame) -> Drawn:
    """The median by year of each stage, with the middle half of the days."""
    frame = frame.assign(year=frame["case_year"].map(named))
    years = list(dict.fromkeys(sorted(frame["year"])))
    return Drawn(years, [_stage(str(stage), rows, years) for stage, rows in frame.groupby("stage", sort=False)])


def _stage(name: str, rows: pd.DataFrame, years: Sequence[str]) -> Series:
    by_year = rows.set_index("year")
    median = by_year["days_median"].astype(float)
    spans = (median, median - by_year["days_p25"], by_year["days_p75"] - median)
    values = [[None if (value := span.get(year)) is None else float(value) for year in years] for span in spans]
    return Series(name.replace("_", " "), *values)


_DRAWN: Mapping[Chart, Callable[[pd.DataFrame], Drawn]] = {"trend": _trend, "groups": _groups, "days": _days}
