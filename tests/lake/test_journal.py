"""Recovery, by hand: each state in which a killed run may leave the journal."""

from __future__ import annotations

import shutil

import pytest

from imr.errors import Code, LakeError
from imr.lake.files import sha256_of
from imr.lake.journal import Move, apply, recover, write_journal
from imr.lake.layout import LakeLayout

COMMIT = "c1"


def _staged(lake: LakeLayout, name: str, content: bytes) -> Move:
    """A prepared file, and where it is to go."""
    path = lake.journal / COMMIT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Move(f"{COMMIT}/{name}", f"texts/year=2018/{name}", sha256_of(path), 0, 1)


def _public(lake: LakeLayout) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in lake.tables.rglob("*") if path.is_file()}


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
    gone = Move(None, "texts/year=2018/a", None, 1, 0)
    for _ in range(2):
        write_journal(lake, COMMIT, [gone])
        recover(lake)
        assert _public(lake) == {}


def test_a_file_that_is_neither_staged_nor_public_is_damage(lake: LakeLayout) -> None:
    _journal_of_two(lake)
    shutil.rmtree(lake.journal / COMMIT)
    with pytest.raises(LakeError, match="texts/year=2018/a") as caught:
        recover(lake)
    assert caught.value.code == Code.LAKE_DAMAGED


def test_a_staged_file_that_was_torn_is_damage_and_nothing_is_moved(lake: LakeLayout) -> None:
    _journal_of_two(lake)
    (lake.journal / COMMIT / "b").write_bytes(b"")
    with pytest.raises(LakeError, match="texts/year=2018/b") as caught:
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


def _journal_of_two(lake: LakeLayout) -> None:
    write_journal(lake, COMMIT, [_staged(lake, "a", b"A"), _staged(lake, "b", b"B")])
