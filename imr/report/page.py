"""The report as one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from imr.report.beside import beside_published
from imr.report.charts import chart, named
from imr.report.measured import FEWEST, RATES, MeasuredLake
from imr.version import __version__

ROWS_SHOWN = 25
"""Rows of a table on the page; the workbook has them all."""


def render(lake: MeasuredLake) -> str:
    """The HTML of the report. Every value is escaped."""
    style = _source("report.css")
    return _template().render(
        lake=lake,
        charts={measured.figure.name: chart(measured) for measured in lake.figures},
        published=beside_published(lake),
        rows_shown=ROWS_SHOWN,
        fewest=FEWEST,
        version=__version__,
        style=style,
        policy=f"default-src 'none'; style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'",
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
    return {"low": "95 % from", "high": "to"}.get(column, column.replace("_", " "))


def _hash(source: str) -> str:
    return f"sha256-{b64encode(sha256(source.encode()).digest()).decode()}"


@cache
def _source(name: str) -> str:
    return (files("imr.report") / "page" / name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"cell": _cell, "heading": _heading}
    return environment.from_string(_source("report.html"))
