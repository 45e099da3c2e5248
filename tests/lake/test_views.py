"""The tables as SQL: of this lake and of no other, whatever their folders are called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout
from imr.lake.transaction import writing
from imr.lake.views import rows_of, rows_where
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


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        pytest.param("document_id = ", {}, id="no SQL"),
        pytest.param("no_such_column = 1", {}, id="a column that is none"),
        pytest.param("document_id = $name", {}, id="a value that is not given"),
        pytest.param("regexp_matches(document_id, '(')", {}, id="an expression that is none"),
    ],
)
def test_a_wrong_question_is_no_damage(
    tmp_path: Path, publish: Callable[..., None], condition: str, values: dict[str, object]
) -> None:
    with writing(LakeLayout(tmp_path), "r1") as tx:
        publish(tx, 1, "CM17-9000001")
        tx.commit()
    with pytest.raises(duckdb.Error):
        list(rows_where(LakeLayout(tmp_path), "documents", condition, values))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: b"", id="nothing left"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut"),
        pytest.param(lambda data: data[:-20] + b"\xff" * 16 + data[-4:], id="a footer that is none"),
        pytest.param(lambda data: data[:4] + b"\xff" * 400 + data[404:], id="pages that are none"),
        pytest.param(lambda data: b"no Parquet at all", id="something else"),
    ],
)
def test_a_file_that_cannot_be_read_is_damage(
    tmp_path: Path, publish: Callable[..., None], damage: Callable[[bytes], bytes]
) -> None:
    lake = LakeLayout(tmp_path)
    with writing(lake, "r1") as tx:
        publish(tx, 1, "CM17-9000001")
        tx.commit()
    (file,) = [lake.file(partition) for partition in lake.partitions("documents")]
    data = file.read_bytes()
    file.unlink()
    file.write_bytes(damage(data))
    with pytest.raises(LakeError) as error:
        list(rows_where(lake, "documents", "true", {}))
    assert error.value.code is Code.LAKE_DAMAGED
