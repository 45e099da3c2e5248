"""Outcome counts and overturn rates, by whatever a decision can be grouped by."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from imr.lake.schema import Table

OUTCOMES = ("upheld", "overturned", "partially_overturned")
_Z = 1.959963984540054  # the normal quantile of a two-sided 95 % interval

Floats = npt.NDArray[np.float64]


def outcome_counts(table: Table, rows: pa.Table) -> pa.Table:
    """The rows of an `outcomes_*` table: `rows` has its grouping columns and `outcome`, one row per decision."""
    groups = list(table.key)
    flags = {name: pc.equal(rows["outcome"], name).cast(pa.int64()) for name in OUTCOMES}
    counted = pa.table({**{name: rows[name] for name in groups}, **flags}).group_by(groups)
    counts = counted.aggregate([([], "count_all"), *((name, "sum") for name in OUTCOMES)])
    decisions = counts["count_all"].to_numpy()
    overturned = counts["overturned_sum"].to_numpy() + counts["partially_overturned_sum"].to_numpy()
    low, high = wilson_interval(overturned, decisions)
    columns = {
        **{name: counts[name] for name in groups},
        "decisions": decisions,
        **{name: counts[f"{name}_sum"] for name in OUTCOMES},
        "overturn_rate": overturned / decisions,
        "overturn_rate_low": low,
        "overturn_rate_high": high,
    }
    return fitted(table, columns)


def wilson_interval(successes: npt.ArrayLike, trials: npt.ArrayLike) -> tuple[Floats, Floats]:
    """The 95 % Wilson score interval of a share: honest for small counts, never outside of 0 and 1."""
    n = np.asarray(trials, np.float64)
    share = np.asarray(successes, np.float64) / n
    centre = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    spread = _Z / (1 + _Z**2 / n) * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return np.maximum(centre - spread, 0.0), np.minimum(centre + spread, 1.0)


def fitted(table: Table, columns: dict[str, pa.ChunkedArray | npt.NDArray[np.generic]]) -> pa.Table:
    """The columns as the table declares them, sorted by its key with nulls last."""
    schema = table.schema.remove_metadata()
    arrays = [pa.chunked_array([pa.array([], field.type)]) for field in schema]
    if len(next(iter(columns.values()))):
        arrays = [_chunked(columns[field.name]).cast(field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema).sort_by([(name, "ascending") for name in table.key])


def _chunked(column: pa.ChunkedArray | npt.NDArray[np.generic]) -> pa.ChunkedArray:
    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([pa.array(column)])
