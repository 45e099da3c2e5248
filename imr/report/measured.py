"""The figures of one state of a lake: every query answered from the same commit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from imr.aggregation.outcomes import FEWEST, wilson_interval
from imr.api.sql import connect
from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout
from imr.lake.snapshot import read_unmixed
from imr.report.figures import Figure, Part, parts

RATES = ("overturned_share", "low", "high")
"""The columns that are computed from the counts of outcomes: the share, and the ends of its 95 % Wilson interval."""


@dataclass(frozen=True, slots=True)
class MeasuredFigure:
    """A figure and its rows; those of outcomes have the columns of `RATES` too, null in groups under `FEWEST`."""

    figure: Figure
    rows: pa.Table

    @property
    def groups(self) -> list[str]:
        """The columns that say what a row is about: those before the first that counts."""
        names: list[str] = self.rows.column_names
        return names[: next(i for i, name in enumerate(names) if name in _COUNTED)]

    @property
    def numbers(self) -> frozenset[str]:
        """The columns of counts and measures; a year is a name, not a measure."""
        numeric = (
            field.name
            for field in self.rows.schema
            if pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
        )
        return frozenset(name for name in numeric if not name.endswith("year"))


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How right the tables were when they were last measured by labelled letters."""

    letters: int
    mean: float
    fields: dict[str, float]


@dataclass(frozen=True, slots=True)
class MeasuredLake:
    """All figures of one commit.

    Attributes:
        commit_id: The commit; empty where nothing was committed yet.
        committed_at: When, in ISO form.
        letters: Latest letters of their cases.
        outcomes: The figure of all decisions together: a single row.
        parts: The figures under their headings.
        accuracy: None where the lake was not measured.
    """

    commit_id: str
    committed_at: str
    letters: int
    outcomes: dict[str, Any]
    parts: tuple[tuple[Part, tuple[MeasuredFigure, ...]], ...]
    accuracy: Accuracy | None

    @property
    def figures(self) -> Iterator[MeasuredFigure]:
        """All figures, in order."""
        return (figure for _, figures in self.parts for figure in figures)


_COUNTED = {"letters", "decisions", "cases", "texts", "files"}

_ALL = """
SELECT count(*) AS decisions,
       count(*) FILTER (outcome = 'upheld') AS upheld,
       count(*) FILTER (outcome = 'overturned') AS overturned,
       count(*) FILTER (outcome = 'partially_overturned') AS partially_overturned
FROM decisions WHERE is_latest
"""


_LAST_COMMIT = """
SELECT commit_id, strftime(committed_at, '%Y-%m-%dT%H:%M:%SZ')
FROM commits ORDER BY committed_at DESC, commit_id DESC LIMIT 1
"""


def measure(tables: LakeLayout, lake: LakeLayout | None = None) -> MeasuredLake:
    """The figures of the tables as they stand.

    Args:
        tables: The lake, or the folder of a release.
        lake: Where the last measurement of accuracy is kept; `tables` unless told.

    Raises:
        LakeError: `lake_damaged` when a table cannot be read, `lake_locked` when runs commit faster than it is read.
    """
    return read_unmixed(tables, lambda: _measured(tables, _accuracy(lake or tables)))


def _measured(tables: LakeLayout, accuracy: Accuracy | None) -> MeasuredLake:
    try:
        with connect(tables) as connection:
            measured = tuple(
                (part, tuple(MeasuredFigure(figure, _rows(connection, figure)) for figure in part.figure))
                for part in parts()
            )
            (letters,) = connection.sql("SELECT count(*) FROM cases WHERE is_latest").fetchall()[0]
            commits = connection.sql(_LAST_COMMIT).fetchall()
            overall = with_rates(connection.sql(_ALL).to_arrow_table()).to_pylist()[0]
    except (duckdb.InvalidInputException, duckdb.OperationalError) as error:  # what DuckDB says when Arrow cannot read
        raise LakeError(Code.LAKE_DAMAGED, "a table cannot be read: run imr doctor") from error
    commit_id, committed_at = commits[0] if commits else ("", "")
    return MeasuredLake(commit_id, committed_at, letters, overall, measured, accuracy)


def _rows(connection: duckdb.DuckDBPyConnection, figure: Figure) -> pa.Table:
    rows = connection.sql(figure.sql).to_arrow_table()
    return with_rates(rows) if figure.counts == "outcomes" else rows


def with_rates(rows: pa.Table) -> pa.Table:
    """Rows of outcome counts with the columns of `RATES`."""
    decisions = rows["decisions"].to_numpy()
    enough = decisions >= FEWEST
    overturned = rows["overturned"].to_numpy() + rows["partially_overturned"].to_numpy()
    trials = decisions.clip(min=1)  # a group of none has no rate anyhow
    shares = (overturned / trials, *wilson_interval(overturned, trials))
    for name, share in zip(RATES, shares, strict=True):
        rows = rows.append_column(name, pa.array(share, pa.float64(), mask=~enough))
    return rows


def _accuracy(lake: LakeLayout) -> Accuracy | None:
    if not lake.accuracy.exists():
        return None
    try:
        group = json.loads(lake.accuracy.read_bytes())["by_format"]["all"]
        fields = {name: float(field["value"]) for name, field in group["fields"].items()}
        return Accuracy(group["letters"], float(group["mean"]), fields)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LakeError(Code.LAKE_DAMAGED, "accuracy.json cannot be read: measure again, or remove it") from error
