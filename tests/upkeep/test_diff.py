"""What a diff takes for the same row, wherever it stands, and what it does not look into."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from imr.lake import views
from imr.lake.layout import LakeLayout
from imr.lake.transaction import writing
from imr.upkeep import diff as module
from imr.upkeep.diff import TableDiff, diff
from tests.table_rows import document_id, publish, rows

__all__ = ["document_id", "publish", "rows"]

Publish = Callable[..., None]


def _lake(root: Path, publish: Publish, *case_numbers: str | None) -> LakeLayout:
    with writing(LakeLayout(root), "r1") as transaction:
        for number, case_number in enumerate(case_numbers):
            publish(transaction, number, case_number)
        transaction.commit()
    return LakeLayout(root)


def _differing(old: LakeLayout, new: LakeLayout, examples: int = 0) -> dict[str, TableDiff]:
    return {table.table: table for table in diff(old, new, examples) if table.anything}


def test_rows_that_stand_in_another_file_than_before_are_neither_added_nor_removed(
    tmp_path: Path, publish: Publish, document_id: Callable[[int], str]
) -> None:
    old = _lake(tmp_path / "old", publish, "CM17-9000001", "CM17-9000002", "CM14-0000001")
    new = _lake(tmp_path / "new", publish, "CM18-0000001", "CM17-9000002", "CM14-0000001", None)
    tables = _differing(old, new, examples=5)
    documents, decisions = tables["documents"], tables["decisions"]
    assert (documents.added, documents.removed, documents.rows_changed) == (1, 0, 1)
    assert {"case_number", "case_year"} <= documents.changed.keys()
    assert documents.examples == ((document_id(0),),)
    assert (decisions.added, decisions.removed, decisions.rows_changed) == (2, 0, 2)
    assert (tables["provenance"].added, tables["provenance"].removed) == (1, 0)


def test_what_is_the_same_byte_by_byte_is_not_looked_into(
    tmp_path: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = _lake(tmp_path / "old", publish, "CM17-9000001", "CM18-0000001")
    shutil.copytree(old.root, tmp_path / "new")
    new = LakeLayout(tmp_path / "new")
    looked_into: list[str] = []
    monkeypatch.setattr(
        module,
        "rows_of",
        lambda table, lake, among: looked_into.append(table.name) or views.rows_of(table, lake, among),
    )
    assert not _differing(old, new)
    assert looked_into == []
