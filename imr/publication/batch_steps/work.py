"""What the letter steps over a batch have in common: their parts, and the tables that they stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

import pyarrow as pa

from imr.errors import Code
from imr.publication.events import step_events
from imr.records import LetterRef, Origin, Outcome
from imr.tables.schema import Table

Done = Sequence[tuple[LetterRef, Any]]
"""The letters that a step could do, each with its result."""


class Work(NamedTuple):
    """One batch of one step: the letters that got this far, what to call for each, and the hash of its input."""

    letters: Sequence[LetterRef]
    items: Sequence[tuple[Any, ...]]
    inputs: Mapping[str, str]


class SecondLook(NamedTuple):
    """What to do with the letters that a step gave up under one code: another function, alone and with more time."""

    code: Code
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    """What the function is given besides what the first one was."""
    seconds: float


@dataclass(frozen=True, slots=True)
class BatchStep:
    """One letter step over one batch.

    `prepare` reads what the step before staged, `function` is called for each letter in a worker, `tables` makes the
    rows to stage of the results.
    """

    name: str
    function: Callable[..., Any]
    prepare: Callable[[], Work]
    tables: Callable[[Done], dict[str, pa.Table]]
    second_look: SecondLook | None = None


def staged_tables(step: BatchStep, work: Work, outcomes: Sequence[Outcome[Any]], origin: Origin) -> dict[str, pa.Table]:
    """The tables that a step stages of a batch: the rows it made, and its events as `lineage`."""
    pairs = zip(work.letters, outcomes, strict=True)
    made = step.tables([(ref, outcome.result) for ref, outcome in pairs if outcome.result is not None])
    events = step_events(step.name, work.letters, outcomes, origin, work.inputs, _row_counts(made))
    return {**made, "lineage": events}


def rows_of(table: Table, records: Sequence[object], columns: Mapping[str, Iterable[Any]]) -> pa.Table:
    """Rows of a table: the given columns, and each other one from the records' attribute of its name."""
    arrays = [
        pa.array(columns[field.name] if field.name in columns else map(attrgetter(field.name), records), field.type)
        for field in table.schema
    ]
    return pa.Table.from_arrays(arrays, schema=table.schema)


def _row_counts(tables: Mapping[str, pa.Table]) -> dict[str, int]:
    """How many rows each document has over all tables."""
    counts: dict[str, int] = {}
    for table in tables.values():
        for entry in table["document_id"].value_counts().to_pylist():
            counts[entry["values"]] = counts.get(entry["values"], 0) + entry["counts"]
    return counts
