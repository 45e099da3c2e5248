"""Reading damaged letters again: whatever was lost of their rows or bytes, the lake is as it was."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.letters import reprocess
from imr.lake.layout import LakeLayout
from imr.sources.cache import Known
from imr.tables.declaration import AGGREGATES, LETTER_TABLES
from imr.upkeep.damaged import Damaged, damaged_letters
from imr.upkeep.doctor import examine
from imr.upkeep.removal import remove
from tests.flows.helpers import row_set, rows, run

Harm = Callable[[LakeLayout], object]


def _lose(*tables: str) -> Harm:
    """Delete the first file of each of some tables."""

    def harm(lake: LakeLayout) -> None:
        for table in tables:
            lake.file(lake.partitions(table)[0]).unlink()

    return harm


def _lose_all(lake: LakeLayout) -> None:
    for table in LETTER_TABLES:
        shutil.rmtree(lake.tables / table.name)


def _lose_bytes(lake: LakeLayout) -> None:
    shutil.rmtree(lake.raw)


LOST = [
    pytest.param(_lose("documents", "cases", "decisions"), id="files of three tables"),
    pytest.param(_lose_bytes, id="all bytes"),
]
"""Beside each table's file, all of them and the quarantine, which are lost where the doctor's advice is followed."""


def whole(lake: LakeLayout, sound: LakeLayout) -> None:
    """Look whether a lake has all that a sound one has, and the doctor is content with it."""
    for table in (*LETTER_TABLES, *AGGREGATES):
        assert row_set(lake.root, table.name) == row_set(sound.root, table.name), table.name
    assert _bad(lake) == _bad(sound)
    assert examine(lake, deep=True).findings == ()


def _bad(lake: LakeLayout) -> set[tuple[object, ...]]:
    return {(row["document_id"], row["source_name"], row["error_code"]) for row in rows(lake.root, "quarantine")}


@pytest.mark.parametrize("harm", LOST)
def test_what_is_lost_is_noticed_and_read_again(published: LakeLayout, lake: LakeLayout, harm: Harm) -> None:
    harm(lake)
    assert examine(lake).findings
    reprocess(lake=str(lake.root), damaged=True, return_state=True).result()
    whole(lake, published)


def test_a_sound_lake_has_no_damaged_letters(lake: LakeLayout) -> None:
    assert damaged_letters(lake) == Damaged(Known((), ()), frozenset())


def test_a_loss_shows_and_is_healed_after_another_letter_was_published(
    lake: LakeLayout, landing: Path, tmp_path: Path
) -> None:
    path = lake.file(lake.partitions("drugs")[0])
    lost = set(pq.ParquetFile(path).read()["document_id"].to_pylist())
    (name, *_) = [row["source_name"] for row in rows(lake.root, "documents") if row["document_id"] in lost]
    other = tmp_path / "other"
    other.mkdir()
    (other / name).write_bytes((landing / name).read_bytes() + b"\n")
    path.unlink()
    run(lake.root, other)
    assert path.exists()
    assert any("drugs: every letter has as many rows" in finding.what for finding in examine(lake).findings)
    reprocess(lake=str(lake.root), damaged=True, return_state=True).result()
    run(tmp_path / "sound", landing, other)
    whole(lake, LakeLayout(tmp_path / "sound"))


def test_a_letter_whose_rows_were_lost_keeps_the_day_on_which_it_was_first_published(lake: LakeLayout) -> None:
    before = {row["document_id"]: row["first_seen_at"] for row in rows(lake.root, "documents")}
    _lose_all(lake)
    reprocess(lake=str(lake.root), damaged=True, return_state=True).result()
    after = {row["document_id"]: row["first_seen_at"] for row in rows(lake.root, "documents")}
    committed = min(row["committed_at"] for row in rows(lake.root, "commits"))
    assert after.keys() == before.keys()
    assert max(after.values()) < committed


def test_bytes_and_copies_that_are_gone_come_back_with_their_source(lake: LakeLayout, landing: Path) -> None:
    shutil.rmtree(lake.raw)
    shutil.rmtree(lake.quarantine)
    assert examine(lake).findings
    run(lake.root, landing)
    assert examine(lake, deep=True).findings == ()


def test_damaged_letters_that_were_removed_stay_out(lake: LakeLayout, letter: str) -> None:
    remove(lake, [letter], "asked for")
    _lose_all(lake)
    reprocess(lake=str(lake.root), damaged=True, return_state=True).result()
    assert letter not in {row["document_id"] for row in rows(lake.root, "documents")}
    assert examine(lake).findings == ()
