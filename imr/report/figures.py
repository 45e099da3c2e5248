"""The figures of the report as data: which query answers which question, and how its rows are to be read."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import cattrs

Counts = Literal["outcomes", "letters", "agreement", "repeats", "days", "files"]
Chart = Literal["trend", "groups", "days", "none"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One question that the tables answer.

    Attributes:
        name: What it is called in addresses and sheets; unique.
        title: Its question, as a heading.
        counts: What its rows count. Those of outcomes have the columns `decisions`, `upheld`, `overturned` and
            `partially_overturned`, from which a rate and its interval are computed.
        chart: How it is drawn.
        reading: How its rows are to be read, for those who have not met such figures.
        sql: The query over the views of a lake, as `imr query` takes it.
    """

    name: str
    title: str
    counts: Counts
    chart: Chart
    reading: str
    sql: str


@dataclass(frozen=True, slots=True)
class Part:
    """Some figures under one heading."""

    name: str
    title: str
    figure: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """What somebody has published of the whole programme for one year; null is what they did not say.

    `overturned` is the share of the reviewed issues that were overturned.
    """

    year: int
    by: str
    source: str
    applications: int | None = None
    letters: int | None = None
    overturned: float | None = None
    note: str = ""


@cache
def parts() -> tuple[Part, ...]:
    """All figures, in the order of the report."""
    return cattrs.structure(_data("figures.toml")["section"], tuple[Part, ...])


@cache
def published() -> tuple[Published, ...]:
    """What is published elsewhere, by year."""
    return cattrs.structure(_data("published_figures.toml")["figure"], tuple[Published, ...])


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((files("imr.report") / name).read_text(encoding="utf-8"))
