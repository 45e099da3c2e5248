"""Lineage: one event per file, step and attempt."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from imr.records import Attempt, LetterRef, Origin, Outcome
from imr.tables.runs import LINEAGE

Event = dict[str, Any]
"""One row of `lineage` in the making; columns it does not name are null."""


def event(step: str, status: str, source_uri: str, origin: Origin, attempt: Attempt, **columns: object) -> Event:
    """One event of one file."""
    error, response_info = attempt.error, attempt.response
    return {
        "event_id": uuid.uuid4().hex,
        "run_id": origin.run_id,
        "task_run_id": origin.task_run_id,
        "document_id": None,
        "source_uri": source_uri,
        "step": step,
        "attempt": attempt.number,
        "status": status,
        "error_code": error.code if error else None,
        "error_message": error.message if error else None,
        "step_version": origin.step_version,
        "started_at": attempt.started_at,
        "finished_at": attempt.started_at + dt.timedelta(milliseconds=attempt.duration_ms),
        "duration_ms": attempt.duration_ms,
        **(
            {
                "source_status": response_info.status,
                "source_etag": response_info.etag,
                "source_bytes": response_info.byte_size,
            }
            if response_info
            else {}
        ),
        **columns,
    }


def step_events(
    step: str,
    letters: Sequence[LetterRef],
    outcomes: Sequence[Outcome[Any]],
    origin: Origin,
    inputs: Mapping[str, str],
    rows_out: Mapping[str, int],
) -> pa.Table:
    """The events of a batch in one step; `inputs` are hashes of what each letter brought, by document.

    All attempts but the last are `retried`; the last is `ok`, or `quarantined` for good.
    """
    events: list[Event] = []
    for ref, outcome in zip(letters, outcomes, strict=True):
        common = {"document_id": ref.document_id, "input_sha256": inputs[ref.document_id]}
        events += [event(step, "retried", ref.source_uri, origin, tried, **common) for tried in outcome.attempts[:-1]]
        done = {"output_sha256": outcome.result.sha256} if outcome.result is not None else {}
        done |= {"rows_out": rows_out.get(ref.document_id, 0)} if outcome.result is not None else {}
        status = "quarantined" if outcome.error else "ok"
        events.append(event(step, status, ref.source_uri, origin, outcome.attempts[-1], **common, **done))
    return event_rows(events)


def skipped_events(step: str, letters: Iterable[LetterRef], origin: Origin, reason: str) -> list[Event]:
    """The events of letters for which a step had nothing to do."""
    now = Attempt(1, dt.datetime.now(dt.UTC), 0, None)
    return [
        event(step, "skipped", ref.source_uri, origin, now, document_id=ref.document_id, skip_reason=reason)
        for ref in letters
    ]


def event_rows(events: Sequence[Event]) -> pa.Table:
    """Rows of `lineage`."""
    arrays = [pa.array([entry.get(field.name) for entry in events], field.type) for field in LINEAGE.schema]
    return pa.Table.from_arrays(arrays, schema=LINEAGE.schema)


def output_hashes(events: pa.Table) -> dict[str, str]:
    """The hash of what a step made of each letter that it could do, by document."""
    done = events.filter(events["output_sha256"].is_valid()).select(["document_id", "output_sha256"])
    return dict(zip(*done.to_pydict().values(), strict=True))
