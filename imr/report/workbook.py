"""The report as a workbook: a sheet for each figure, with all its rows, its chart, how to read it and its query."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from imr.aggregation.outcomes import FEWEST
from imr.report.beside import Beside, beside_published
from imr.report.figures import Published
from imr.report.measured import RATES, MeasuredFigure, MeasuredLake
from imr.report.workbook_charts import SHEET, Charts
from imr.text import fold

_MOST_ROWS = 1_000_000  # a sheet has 1,048,576
_SHARES = (*RATES, "overturned", "mean_unread_share")
_FIRST = 5  # the first row below the headings
_CHART_ROWS, _CHART_COLUMNS = 30, 12  # that a chart covers
_LAST = (("published", "What others have published"), (SHEET, "What the charts are drawn from"))


def workbook(lake: MeasuredLake) -> bytes:
    """The bytes of the XLSX file. No text is ever taken for a formula or a link."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        formats = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format({"bold": True, "bottom": 1}),
            "share": book.add_format({"num_format": "0.0%"}),
            "count": book.add_format({"num_format": "#,##0"}),
            "number": book.add_format({"num_format": "#,##0.0"}),
        }
        _contents(book.add_worksheet("contents"), lake, formats)
        sheets = [(book.add_worksheet(measured.figure.name[:31]), measured) for measured in lake.figures]
        _published(book.add_worksheet("published"), beside_published(lake), formats)
        charts = Charts(book)
        for sheet, measured in sheets:
            _figure(sheet, measured, formats)
            columns = len(measured.rows.column_names)
            charts.insert(sheet, measured, _FIRST, columns + 1)
            # What is printed has the rows and the chart, and not all of a query, which is one long line.
            sheet.print_area(0, 0, _FIRST + max(measured.rows.num_rows, _CHART_ROWS), columns + _CHART_COLUMNS)
    return file.getvalue()


def _contents(sheet: Worksheet, lake: MeasuredLake, formats: Mapping[str, Format]) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, "Independent Medical Review decisions", formats["title"])
    facts = [
        ("commit", lake.commit_id),
        ("committed at", lake.committed_at),
        ("letters", f"{lake.letters:,}"),
        ("decisions", f"{lake.outcomes['decisions']:,}"),
        ("rates", f"overturned, wholly or in part, with the 95 % Wilson interval; none for under {FEWEST} decisions"),
    ]
    figures = [(measured.figure.name, measured.figure.title) for measured in lake.figures]
    for row, (name, value) in enumerate([*facts, *figures, *_LAST], start=2):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)


def _figure(sheet: Worksheet, measured: MeasuredFigure, formats: Mapping[str, Format]) -> None:
    figure = measured.figure
    sheet.write_string(0, 0, figure.title, formats["title"])
    sheet.write_string(1, 0, figure.reading)
    sheet.write_string(2, 0, fold(figure.sql))
    rows = [list(row.values()) for row in measured.rows.slice(0, _MOST_ROWS).to_pylist()]
    _table(sheet, measured.rows.column_names, rows, formats)


def _published(sheet: Worksheet, rows: Sequence[Beside], formats: Mapping[str, Format]) -> None:
    sheet.write_string(0, 0, "What others have published of the whole programme, beside the letters of this lake")
    sheet.write_string(1, 0, "Another population, counted by other rules: no common series.")
    theirs = Published.__slots__
    names = [*theirs, "our_letters", "our_decisions", *RATES]
    _table(sheet, names, [[*(getattr(row.published, name) for name in theirs), *row[1:]] for row in rows], formats)


def _table(
    sheet: Worksheet, names: Sequence[str], rows: Sequence[Sequence[Any]], formats: Mapping[str, Format]
) -> None:
    for column, name in enumerate(names):
        widest = max((len(str(row[column])) for row in rows[:200]), default=0)
        sheet.set_column(column, column, min(max(len(name), widest, 8) + 2, 48))
        sheet.write_string(_FIRST - 1, column, name, formats["head"])
    for at, row in enumerate(rows, start=_FIRST):
        for column, (name, value) in enumerate(zip(names, row, strict=True)):
            _write(sheet, at, column, name, value, formats)
    sheet.freeze_panes(_FIRST, 0)
    sheet.repeat_rows(_FIRST - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)  # as wide as a page, and as long as it is


def _write(sheet: Worksheet, row: int, column: int, name: str, value: object, formats: Mapping[str, Format]) -> None:
    if isinstance(value, float):
        sheet.write_number(row, column, value, formats["share" if name in _SHARES else "number"])
    elif isinstance(value, int):
        sheet.write_number(row, column, value, None if name.endswith("year") else formats["count"])
    elif value is not None:
        sheet.write_string(row, column, str(value))
