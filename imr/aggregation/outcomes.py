"""Outcome counts and overturn rates, by whatever a decision can be grouped by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from imr.tables.schema import Table

OUTCOMES = ("upheld", "overturned", "partially_overturned")
_Z = 1.959963984540054  # the normal quantile of a two-sided 95 % interval

FEWEST = 11
"""Decisions under which a group has no rate of its own: of so few, one letter more would tell another story."""

Floats = npt.NDArray[np.float64]
Values: TypeAlias = pa.ChunkedArray | npt.NDArray[np.generic] | Sequence[object]


def outcome_counts(table: Table, rows: pa.Table, outcomes: pa.ChunkedArray) -> pa.Table:
    """The rows of an `outcomes_*` table: `rows` has its grouping columns and an `item`, its place in `outcomes`.

    An item counts once in a group, however many rows put it there.
    """
    groups = list(table.key)
    tallied = _tallied(rows.select(groups).append_column("outcome", outcomes.take(rows["item"])), rows["item"])
    counts = tallied.group_by(groups).aggregate([(name, "sum") for name in ("decisions", *OUTCOMES)])
    sums = {name: counts[f"{name}_sum"] for name in ("decisions", *OUTCOMES)}
    return fitted(table, with_rates({**{name: counts[name] for name in groups}, **sums}))


def with_rates(counts: Mapping[str, Values]) -> dict[str, Values]:
    """The columns of an `outcomes_*` table from those that count."""
    decisions, overturned, partially = (
        np.asarray(counts[name]) for name in ("decisions", "overturned", "partially_overturned")
    )
    low, high = wilson_interval(overturned + partially, decisions)
    rate = (overturned + partially) / decisions
    return {**counts, "overturn_rate": rate, "overturn_rate_low": low, "overturn_rate_high": high}


def _tallied(groups: pa.Table, items: pa.ChunkedArray) -> pa.Table:
    """The distinct items of each group and outcome: as `decisions`, and again under the name of the outcome."""
    keyed = groups.append_column("item", items).group_by(groups.column_names)
    counts = keyed.aggregate([("item", "count_distinct")]).rename_columns([*groups.column_names, "decisions"])
    for name in OUTCOMES:
        counts = counts.append_column(name, pc.if_else(pc.equal(counts["outcome"], name), counts["decisions"], 0))
    return counts


def wilson_interval(successes: npt.ArrayLike, trials: npt.ArrayLike) -> tuple[Floats, Floats]:
    """The 95 % Wilson score interval of a share: honest for small counts, never outside of 0 and 1.

    Source: Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
    """
    n = np.asarray(trials, np.float64)
    share = np.asarray(successes, np.float64) / n
    centre = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    spread = _Z / (1 + _Z**2 / n) * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    # A share of 0 or 1 is an end of its own interval: rounding must not part them.
    low, high = np.where(share == 0, 0.0, centre - spread), np.where(share == 1, 1.0, centre + spread)
    return low, high


def fitted(table: Table, columns: Mapping[str, Values]) -> pa.Table:
    """The columns as the table declares them, sorted by its key with nulls last."""
    rows = pa.Table.from_pydict(dict(columns), schema=table.schema.remove_metadata())
    return rows.sort_by([(name, "ascending") for name in table.key])
