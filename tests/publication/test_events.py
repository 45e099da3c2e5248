from __future__ import annotations

from dataclasses import fields

from imr.publication.events import Event
from imr.publication.quarantine import Entry
from imr.tables.runs import LINEAGE, QUARANTINE


def test_the_records_have_the_columns_of_their_tables() -> None:
    assert [field.name for field in fields(Event)] == LINEAGE.schema.names
    assert [field.name for field in fields(Entry)] == QUARANTINE.schema.names
