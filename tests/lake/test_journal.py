"""Recovery, by hand: each state in which a killed run may leave the journal."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from imr.errors import Code, LakeError
from imr.lake.files import sha256_of
from imr.lake.journal import Move, _read_journal, apply, recover, write_journal
from imr.lake.layout import LakeLayout

COMMIT = "c1"


def _staged(lake: LakeLayout, name: str, content: bytes) -> Move:
    """A prepared file, and where it is to go."""
    path = lake.journal / COMMIT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Move(f"{COMMIT}/{name}", _place(name), sha256_of(path), 0, 1)


def _place(name: str) -> str:
    return f"texts/year=2018/part-{ord(name):03}.parquet"


def _public(lake: LakeLayout) -> dict[str, bytes]:
    return {chr(int(path.stem[-3:])): path.read_bytes() for path in lake.tables.rglob("*") if path.is_file()}


def test_nothing_to_recover(lake: LakeLayout) -> None:
    assert recover(lake) == (None, 0)


def test_preparations_without_a_journal_are_thrown_away(lake: LakeLayout) -> None:
    _staged(lake, "a", b"half a fi")
    (lake.journal / ".commit.json.4711").write_bytes(b"{")
    assert recover(lake) == (None, 2)
    assert list(lake.journal.iterdir()) == []
    assert _public(lake) == {}


@pytest.mark.parametrize("done", [0, 1, 2], ids=["none moved", "one moved", "all moved"])
def test_a_journalled_commit_is_finished_from_wherever_it_stopped(lake: LakeLayout, done: int) -> None:
    moves = [_staged(lake, "a", b"A"), _staged(lake, "b", b"B")]
    write_journal(lake, COMMIT, moves)
    apply(lake, moves[:done])
    assert recover(lake).finished_commit == COMMIT
    assert _public(lake) == {"a": b"A", "b": b"B"}
    assert list(lake.journal.iterdir()) == []
    assert recover(lake) == (None, 0)


def test_a_journalled_removal_is_done_once(lake: LakeLayout) -> None:
    apply(lake, [_staged(lake, "a", b"A")])
    gone = Move(None, _place("a"), None, 1, 0)
    for _ in range(2):
        write_journal(lake, COMMIT, [gone])
        recover(lake)
        assert _public(lake) == {}


def test_a_file_that_is_neither_staged_nor_public_is_damage(lake: LakeLayout) -> None:
    _journal_of_two(lake)
    shutil.rmtree(lake.journal / COMMIT)
    with pytest.raises(LakeError, match=_place("a")) as caught:
        recover(lake)
    assert caught.value.code == Code.LAKE_DAMAGED


def test_a_staged_file_that_was_torn_is_damage_and_nothing_is_moved(lake: LakeLayout) -> None:
    _journal_of_two(lake)
    (lake.journal / COMMIT / "b").write_bytes(b"")
    with pytest.raises(LakeError, match=_place("b")) as caught:
        recover(lake)
    assert caught.value.code == Code.LAKE_DAMAGED
    assert _public(lake) == {}


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b'{"commit_id": "c1", "moves": [{}]}', b"\xff"])
def test_a_journal_that_cannot_be_read_is_damage(lake: LakeLayout, content: bytes) -> None:
    lake.journal.mkdir(parents=True)
    (lake.journal / "commit.json").write_bytes(content)
    with pytest.raises(LakeError) as caught:
        recover(lake)
    assert caught.value.code == Code.LAKE_DAMAGED


A = "ab" * 32


def _move_to(target: str) -> dict[str, Any]:
    return {"moves": [Move(f"{COMMIT}/a", target, None, 0, 1)]}


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(_move_to("../../outside/part-001.parquet"), id="a target above the tables"),
        pytest.param(_move_to("{outside}/kept"), id="a target from the root"),
        pytest.param(_move_to("texts/year=2018/../../../kept"), id="a target by way of a table"),
        pytest.param(_move_to("texts/year=2018/kept"), id="a target that is no file of a table"),
        pytest.param(_move_to("texts/year=2001/part-000.parquet"), id="a target behind a link"),
        pytest.param({"moves": [Move(None, "../../outside/kept", None, 1, 0)]}, id="a file to go that is outside"),
        pytest.param({"moves": [Move("../../outside/kept", _place("a"), None, 1, 0)]}, id="a staged file outside"),
        pytest.param({"moves": [Move("{outside}/kept", _place("a"), None, 1, 0)]}, id="a staged file from the root"),
        pytest.param({"moves": [Move("link/kept", _place("a"), None, 1, 0)]}, id="a staged file behind a link"),
        pytest.param({"moves": [], "erased": ["{outside}"]}, id="a folder to erase from the root"),
        pytest.param({"moves": [], "erased": ["../outside"]}, id="a folder to erase above the lake"),
        pytest.param({"moves": [], "erased": ["raw/../../outside"]}, id="a folder to erase by way of another"),
        pytest.param({"moves": [], "erased": ["."]}, id="the lake to erase"),
        pytest.param({"moves": [], "erased": [f"raw/ab/{A}.pdf"]}, id="bytes to erase behind a link"),
        pytest.param({"moves": [], "commit_id": "../../outside"}, id="a commit that is called as what is outside"),
    ],
)
def test_a_lake_from_elsewhere_touches_nothing_outside_of_it(lake: LakeLayout, record: dict[str, Any]) -> None:
    outside = lake.root.parent / "outside"
    outside.mkdir()
    kept = [outside / "kept", outside / "part-000.parquet", outside / f"{A}.pdf"]
    for path in kept:
        path.write_bytes(b"kept")
    for link in (lake.tables / "texts" / "year=2001", lake.journal / "link", lake.raw / "ab"):
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(outside)
    _staged(lake, "a", b"A")
    in_place = json.loads(json.dumps(record).replace("{outside}", str(outside)))
    write_journal(lake, **{"commit_id": COMMIT, **in_place, "moves": [Move(*move) for move in in_place["moves"]]})
    with pytest.raises(LakeError) as caught:
        recover(lake)
    assert caught.value.code == Code.LAKE_DAMAGED
    assert [path.read_bytes() for path in kept] == [b"kept"] * 3
    assert sorted(outside.iterdir()) == sorted(kept)


def test_left_overs_that_are_links_go_without_what_they_lead_to(lake: LakeLayout, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "kept").touch()
    lake.journal.mkdir(parents=True)
    (lake.journal / "link").symlink_to(tmp_path / "outside")
    assert recover(lake) == (None, 1)
    assert list(lake.journal.iterdir()) == []
    lake.journal.rmdir()
    lake.journal.symlink_to(tmp_path / "outside")
    with pytest.raises(LakeError, match="journal/ is a link"):
        recover(lake)
    assert (tmp_path / "outside" / "kept").exists()


def test_a_journal_with_any_bit_flipped_is_damage_and_nothing_is_moved(lake: LakeLayout) -> None:
    _journal_of_two(lake)
    journal = lake.journal / "commit.json"
    data = journal.read_bytes()
    for bit in range(0, len(data) * 8, 7):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        journal.write_bytes(flipped)
        try:
            _read_journal(lake)
        except LakeError as error:
            assert error.code == Code.LAKE_DAMAGED
        else:  # only where it says the same, as a blank between two words does
            assert json.loads(flipped) == json.loads(data)
    assert _public(lake) == {}


def _journal_of_two(lake: LakeLayout) -> None:
    write_journal(lake, COMMIT, [_staged(lake, "a", b"A"), _staged(lake, "b", b"B")])
