"""The stage: what a step made of a batch is there whole, or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pyarrow as pa
import pytest

import imr.lake.stage
from imr.errors import Code, LakeError
from imr.lake.stage import StageStore, stage_key

TABLES = {"cases": pa.table({"n": [1, 2]}), "lineage": pa.table({"status": ["ok"]})}


def test_what_is_put_is_there(tmp_path: Path) -> None:
    stage = StageStore(tmp_path)
    assert not stage.has("extract", "k")
    stage.put("extract", "k", TABLES)
    assert stage.has("extract", "k")
    assert stage.get("extract", "k", "cases").to_pydict() == {"n": [1, 2]}
    assert stage.row_counts("extract", "k") == {"cases": 2, "lineage": 1}
    assert [path.name for path in (tmp_path / "extract").iterdir()] == ["k"]
    stage.drop("extract", "k")
    assert not stage.has("extract", "k")


def test_the_same_work_done_twice_keeps_the_first(tmp_path: Path) -> None:
    stage = StageStore(tmp_path)
    assert stage.put("extract", "k", TABLES)
    assert not stage.put("extract", "k", {"cases": pa.table({"n": [9]})})
    assert stage.get("extract", "k", "cases").to_pydict() == {"n": [1, 2]}
    assert [path.name for path in (tmp_path / "extract").iterdir()] == ["k"]


def test_seals_tell_what_was_put_from_what_is_made_anew(tmp_path: Path) -> None:
    stage = StageStore(tmp_path)
    assert stage.seals("extract", "k") == ""
    stage.put("extract", "k", TABLES)
    first = stage.seals("extract", "k")
    stage.drop("extract", "k")
    assert stage.seals("extract", "k") == ""
    stage.put("extract", "k", {"cases": TABLES["cases"].slice(1)})
    assert stage.seals("extract", "k") not in ("", first)
    stage.drop("extract", "k")
    stage.put("extract", "k", TABLES)
    assert stage.seals("extract", "k") == first


def test_a_full_disk_leaves_nothing_that_looks_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(imr.lake.stage, "sync_file", full)
    with pytest.raises(LakeError) as caught:
        StageStore(tmp_path).put("extract", "k", TABLES)
    assert caught.value.code == Code.LAKE_WRITE_FAILED
    assert not StageStore(tmp_path).has("extract", "k")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param(("v1", ["a", "b"]), True, id="the same"),
        pytest.param(("v2", ["a", "b"]), False, id="another version"),
        pytest.param(("v1", ["a", "c"]), False, id="another letter"),
        pytest.param(("v1", ["b", "a"]), False, id="another order"),
        pytest.param(("v1", ["ab"]), False, id="parts run together"),
    ],
)
def test_a_key_names_all_that_a_result_depends_on(other: tuple[str, list[str]], same: bool) -> None:
    assert (stage_key("v1", ["a", "b"]) == stage_key(*other)) is same
