"""The tables as SQL: of this lake and of no other, whatever their folders are called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from imr.lake.layout import LakeLayout
from imr.lake.transaction import writing
from imr.lake.views import rows_of
from imr.tables.declaration import DOCUMENTS
from imr.upkeep.diff import diff
from tests.table_rows import document_id, publish, rows

__all__ = ["document_id", "publish", "rows"]


@pytest.mark.parametrize(
    ("name", "other"),
    [("g[1]z", "g1z"), ("a*b", "axb"), ("a?b", "axb"), ("it's", "its"), ("a[", "a"), ("{a,b}", "a"), ("a\\b", "ab")],
)
def test_a_lake_is_not_taken_for_its_neighbour(
    tmp_path: Path, publish: Callable[..., None], document_id: Callable[[int], str], name: str, other: str
) -> None:
    for number, folder in enumerate((name, other)):
        with writing(LakeLayout(tmp_path / folder), "r1") as tx:
            publish(tx, number, "CM17-9000001")
            tx.commit()
    lakes = [LakeLayout(tmp_path / folder) for folder in (name, other)]
    for number, lake in enumerate(lakes):
        found = duckdb.sql(f"SELECT document_id FROM ({rows_of(DOCUMENTS, lake)})").fetchall()
        assert found == [(document_id(number),)]
    (documents, *_) = diff(*lakes)
    assert (documents.added, documents.removed) == (1, 1)
