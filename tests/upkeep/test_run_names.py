"""Rows that name runs which never published, as older versions left them: seen, and made right by a migration."""

from __future__ import annotations

import pyarrow as pa
import pytest

from imr.lake.layout import LakeLayout
from imr.lake.transaction import writing
from imr.tables.declaration import TABLES
from imr.upkeep.advice import Advice
from imr.upkeep.doctor import examine
from imr.upkeep.migration import migrate
from tests.flows.helpers import rows

EARLIER = "00000000-0000-0000-0000-00000000000e"
"""A run that staged, and was refused or broken off."""


OF_THE_STEPS = ("ocr_cleanup", "section_split", "extract")


def _as_older_versions_did(lake: LakeLayout, tables: list[str]) -> None:
    with writing(lake, "r") as transaction:
        for partition in [partition for table in tables for partition in lake.partitions(table)]:
            of_earlier = [
                row | ({"run_id": EARLIER} if row.get("step", "extract") in OF_THE_STEPS else {})
                for row in transaction.read(partition).to_pylist()
            ]
            transaction.rewrite(partition, pa.Table.from_pylist(of_earlier, schema=TABLES[partition.table].schema))
        transaction.commit()


@pytest.mark.parametrize("tables", [["documents"], ["lineage"], ["documents", "lineage"]], ids=" and ".join)
def test_they_are_made_to_name_the_run_that_published_them(lake: LakeLayout, tables: list[str]) -> None:
    before = {table: sorted(map(repr, rows(lake.root, table))) for table in ("documents", "lineage")}
    _as_older_versions_did(lake, tables)
    assert {finding.advice for finding in examine(lake).findings} == {Advice.NAME_RUNS}
    assert set(migrate(lake)) == set(tables)
    assert {table: sorted(map(repr, rows(lake.root, table))) for table in before} == before
    assert examine(lake).findings == ()
    assert migrate(lake) == {}
