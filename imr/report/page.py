"""The report as one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

from functools import cache

from jinja2 import Template

from imr.aggregation.outcomes import FEWEST
from imr.html import environment, policy, source
from imr.report.beside import beside_published
from imr.report.charts import chart, named
from imr.report.measured import RATES, MeasuredLake
from imr.version import __version__

_HERE = "imr.report"

ROWS_SHOWN = 25
"""Rows of a table on the page; the workbook has them all."""


def render(lake: MeasuredLake) -> str:
    """The HTML of the report. Every value is escaped."""
    style = source(_HERE, "report.css")
    return _template().render(
        lake=lake,
        charts={measured.figure.name: chart(measured) for measured in lake.figures},
        published=beside_published(lake),
        rows_shown=ROWS_SHOWN,
        fewest=FEWEST,
        version=__version__,
        style=style,
        policy=policy(style),
    )


def _cell(value: object, column: str) -> str:
    """A value as people read it."""
    if value is None:
        return "\N{EN DASH}" if column in RATES else "not known"
    if isinstance(value, float):
        return f"{value:.1%}" if column in (*RATES, "overturned", "mean_unread_share") else f"{value:,.1f}"
    if isinstance(value, int) and not column.endswith("year"):
        return f"{value:,}"
    return named(value)


def _heading(column: str) -> str:
    return {"low": "95\N{NO-BREAK SPACE}% from", "high": "to"}.get(column, column.replace("_", " "))


@cache
def _template() -> Template:
    pages = environment(_HERE)
    pages.filters |= {"cell": _cell, "heading": _heading}
    return pages.get_template("report.html")
