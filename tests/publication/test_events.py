"""Events as records and as rows: the same of both."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields

import pyarrow as pa
import pytest

from imr.publication.events import Event, event, event_rows, letter_rows, rows_alike
from imr.publication.quarantine import Entry
from imr.records import Attempt, LetterRef, Origin
from imr.tables.runs import LINEAGE, QUARANTINE

ORIGIN = Origin("run", "task", "version")
OF_ITS_OWN = ["event_id", "started_at", "finished_at"]


def test_the_records_have_the_columns_of_their_tables() -> None:
    assert [field.name for field in fields(Event)] == LINEAGE.schema.names
    assert [field.name for field in fields(Entry)] == QUARANTINE.schema.names


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("skip_reason", [None, "staged"])
def test_events_that_are_alike_are_those_made_one_by_one(count: int, skip_reason: str | None) -> None:
    letters = [LetterRef(f"{n:064x}", ".txt", f"file:///{n}", f"{n}.txt", 1) for n in range(count)]
    now, status = Attempt(1, dt.datetime.now(dt.UTC), 0, None), "skipped" if skip_reason else "ok"
    alike = rows_alike(letter_rows(letters), "publish", status, ORIGIN, skip_reason=skip_reason)
    one_by_one = event_rows(
        [
            event("publish", status, ref.source_uri, ORIGIN, now, document_id=ref.document_id, skip_reason=skip_reason)
            for ref in letters
        ]
    )
    assert _told(alike) == _told(one_by_one)
    assert alike.schema.equals(LINEAGE.schema)
    assert len({*alike["event_id"].to_pylist()}) == count


def _told(events: pa.Table) -> list[dict[str, object]]:
    return events.drop_columns(OF_ITS_OWN).to_pylist()
