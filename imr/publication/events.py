"""Lineage: one event per file, step and attempt."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from operator import attrgetter

import numpy as np
import pyarrow as pa

from imr.errors import Code
from imr.records import Attempt, LetterRef, Origin, Outcome
from imr.tables.runs import LINEAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of `lineage`; `commit_id` is known once it is made public."""

    event_id: str
    run_id: str
    task_run_id: str | None
    document_id: str | None
    source_uri: str
    step: str
    attempt: int
    status: str
    skip_reason: str | None
    error_code: Code | None
    error_message: str | None
    input_sha256: str | None
    output_sha256: str | None
    step_version: str
    parameters_sha256: str | None = None
    rows_out: int | None
    started_at: dt.datetime
    finished_at: dt.datetime
    duration_ms: int
    commit_id: str | None = None
    source_status: int | None
    source_etag: str | None
    source_bytes: int | None


def event(
    step: str,
    status: str,
    source_uri: str,
    origin: Origin,
    attempt: Attempt,
    *,
    document_id: str | None = None,
    skip_reason: str | None = None,
    input_sha256: str | None = None,
    output_sha256: str | None = None,
    rows_out: int | None = None,
) -> Event:
    """One event of one file."""
    error, response = attempt.error, attempt.response
    return Event(
        event_id=uuid.uuid4().hex,
        run_id=origin.run_id,
        task_run_id=origin.task_run_id,
        document_id=document_id,
        source_uri=source_uri,
        step=step,
        attempt=attempt.number,
        status=status,
        skip_reason=skip_reason,
        error_code=error.code if error else None,
        error_message=error.message if error else None,
        input_sha256=input_sha256,
        output_sha256=output_sha256,
        step_version=origin.step_version,
        rows_out=rows_out,
        started_at=attempt.started_at,
        finished_at=attempt.started_at + dt.timedelta(milliseconds=attempt.duration_ms),
        duration_ms=attempt.duration_ms,
        source_status=response.status if response else None,
        source_etag=response.etag if response else None,
        source_bytes=response.byte_size if response else None,
    )


OF_THE_RUN = ("run_id", "task_run_id", "commit_id")
"""The columns that say of which run an event is. The stage has none of them: whoever publishes puts them on."""


def step_events(
    step: str,
    letters: Sequence[LetterRef],
    outcomes: Sequence[Outcome[str]],
    step_version: str,
    inputs: Mapping[str, str],
    rows_out: Mapping[str, int],
) -> pa.Table:
    """The events of a batch in one step, of no run yet; `inputs` are hashes of what each letter brought, by document.

    All attempts but the last are `retried`; the last is `ok`, or `quarantined` for good.
    """
    events: list[Event] = []
    origin = Origin("", None, step_version)
    for ref, outcome in zip(letters, outcomes, strict=True):
        of_letter = partial(
            event,
            step,
            source_uri=ref.source_uri,
            origin=origin,
            document_id=ref.document_id,
            input_sha256=inputs[ref.document_id],
        )
        *failed, last = outcome.attempts
        events += [of_letter(status="retried", attempt=attempt) for attempt in failed]
        if outcome.result is None:
            events.append(of_letter(status="quarantined", attempt=last))
        else:
            rows = rows_out.get(ref.document_id, 0)
            events.append(of_letter(status="ok", attempt=last, output_sha256=outcome.result, rows_out=rows))
    return event_rows(events).drop_columns(list(OF_THE_RUN))


def of_run(events: pa.Table, run_id: str, task_run_id: str | None) -> pa.Table:
    """The staged events of a step as those of the run that publishes them; without a task run if it found them done.

    An event keeps its id, so that work which several runs make use of stands in `lineage` once. But a file ends in
    every run that meets it: such an event is the run's own.
    """
    count = events.num_rows
    ids = zip(events["event_id"].to_pylist(), events["status"].to_pylist(), strict=True)
    columns = {
        **{name: events[name] for name in events.schema.names},
        "event_id": [uuid.uuid4().hex if status == "quarantined" else event_id for event_id, status in ids],
        "run_id": [run_id] * count,
        "task_run_id": [task_run_id] * count,
        "commit_id": [None] * count,
    }
    return pa.table([columns[name] for name in LINEAGE.schema.names], schema=LINEAGE.schema)


def rows_alike(
    letters: pa.Table, step: str, status: str, origin: Origin, *, skip_reason: str | None = None
) -> pa.Table:
    """An event for each of some letters, of which there may be a million, as rows of `lineage`.

    `letters` has the columns in which the events differ: `document_id` and `source_uri` at least.
    """
    now = Attempt(1, dt.datetime.now(dt.UTC), 0, None)
    columns: dict[str, object] = {
        **asdict(event(step, status, "", origin, now, skip_reason=skip_reason)),
        "event_id": _new_ids(letters.num_rows),
        **{name: letters[name] for name in letters.column_names},
    }
    return pa.table([_column(field, columns[field.name], letters.num_rows) for field in LINEAGE.schema], LINEAGE.schema)


def letter_rows(letters: Sequence[LetterRef]) -> pa.Table:
    """What tells the events of some letters apart."""
    told = {name: pa.array(map(attrgetter(name), letters), pa.string()) for name in ("document_id", "source_uri")}
    return pa.table(told)


def _column(field: pa.Field, value: object, count: int) -> pa.Array | pa.ChunkedArray:
    """A column that is given, or has one value in all rows."""
    if isinstance(value, pa.Array | pa.ChunkedArray):
        return value
    return pa.repeat(pa.scalar(value, field.type), count)


def _new_ids(count: int) -> pa.Array:
    """As many ids of events, like those of single ones: UUIDs in hexadecimal digits.

    They are alike but for a number at their end: so they are in order, and a million take little room.
    """
    ids = np.tile(np.frombuffer(uuid.uuid4().bytes, np.uint8), (count, 1))
    ids[:, 12:] = np.arange(count, dtype=">u4").view(np.uint8).reshape(-1, 4)
    ends = pa.array(np.arange(count + 1, dtype=np.int32) * 32)
    return pa.StringArray.from_buffers(count, ends.buffers()[1], pa.py_buffer(ids.tobytes().hex().encode()))


def event_rows(events: Sequence[Event]) -> pa.Table:
    """Rows of `lineage`."""
    arrays = [pa.array(map(attrgetter(field.name), events), field.type, size=len(events)) for field in LINEAGE.schema]
    return pa.Table.from_arrays(arrays, schema=LINEAGE.schema)


def output_hashes(events: pa.Table) -> dict[str, str]:
    """The hash of what a step made of each letter that it could do, by document."""
    done = events.filter(events["output_sha256"].is_valid()).select(["document_id", "output_sha256"])
    return dict(zip(*done.to_pydict().values(), strict=True))
