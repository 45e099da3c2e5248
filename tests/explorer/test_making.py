"""The index as a cache of one commit: made, brought up to date, made anew, and never half of one."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from imr.api.sql import connect
from imr.explorer import making
from imr.explorer.decision import shown
from imr.explorer.generation import Generation, current, open_current
from imr.explorer.live import Live
from imr.explorer.making import refresh
from imr.explorer.search import Search
from imr.explorer.searching import found
from imr.lake.layout import LakeLayout
from imr.upkeep.removal import remove
from tests.explorer.lakes import letters, publish


@pytest.fixture
def lake(lake: LakeLayout, tmp_path: Path) -> LakeLayout:
    """A copy to be changed."""
    shutil.copytree(lake.root, tmp_path / "lake")
    return LakeLayout(tmp_path / "lake")


def opened(lake: LakeLayout) -> Generation:
    found = open_current(lake.search)
    assert found is not None
    return found


def documents(index: Generation) -> dict[str, int]:
    """Each decision of an index, by its letter's id and its number, with its outcome."""
    hits = found_all(index)
    return dict(hits)


def found_all(index: Generation) -> list[tuple[str, int]]:
    pages = -(-found(index, Search(earlier=True)).total // 20)
    hits = [hit for page in range(1, pages + 1) for hit in found(index, Search(earlier=True, page=page)).hits]
    return sorted((hit.first("document_id"), hit.values["item"][0]) for hit in hits)


def in_tables(lake: LakeLayout) -> list[tuple[str, int]]:
    return sorted(connect(lake).sql("SELECT document_id, decision_number FROM decisions").fetchall())


def test_an_index_is_made_once(lake: LakeLayout) -> None:
    assert refresh(lake, lake.search)
    first = current(lake.search)
    assert not refresh(lake, lake.search)
    assert current(lake.search) == first
    assert found_all(opened(lake)) == in_tables(lake)


def test_after_a_commit_only_what_changed_is_read_and_indexed(
    lake: LakeLayout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(lake, lake.search)
    old = opened(lake)
    before = found_all(old)
    name, text = next(iter(letters(9, 1).items()))
    commit = publish(lake, {name: text}, tmp_path / "more")
    read: list[str] = []
    monkeypatch.setattr(making, "read_parquet", lambda path: read.append(path.parent.name) or real(path))
    assert refresh(lake, lake.search)
    assert len({folder.rpartition("=")[2] for folder in read}) == 1
    new = opened(lake)
    assert new.manifest.commit_id == commit
    assert found_all(new) == in_tables(lake)
    assert found_all(old) == before  # who reads the state before goes on to
    assert old.folder.exists()


real = making.read_parquet


def test_a_letter_published_anew_replaces_itself(lake: LakeLayout, tmp_path: Path) -> None:
    refresh(lake, lake.search)
    publish(lake, dict(list(letters(7, 3).items())[1:]), tmp_path / "again", run_id="another")
    refresh(lake, lake.search)
    assert found_all(opened(lake)) == in_tables(lake)


def test_letters_that_go_with_a_commit_go_from_the_index(lake: LakeLayout, tmp_path: Path) -> None:
    refresh(lake, lake.search)
    numbers = connect(lake).sql("SELECT document_id, case_number FROM cases ORDER BY ALL LIMIT 20").fetchall()
    publish(lake, letters(9, 1), tmp_path / "more", gone=dict(numbers))
    refresh(lake, lake.search)
    index = opened(lake)
    assert found_all(index) == in_tables(lake)
    assert all(shown(index, *each) for each in in_tables(lake)[:5])


def test_a_removed_letter_leaves_no_trace(lake: LakeLayout) -> None:
    refresh(lake, lake.search)
    old = opened(lake)
    (document_id, _), *_ = found_all(old)
    remove(lake, [document_id], "asked for")
    assert not old.is_there
    assert [path.name for path in lake.search.iterdir() if path.is_dir()] == []
    refresh(lake, lake.search)
    assert document_id not in dict(found_all(opened(lake)))
    assert found_all(opened(lake)) == in_tables(lake)


def test_a_letter_removed_while_the_index_is_made_is_not_in_it(
    lake: LakeLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = in_tables(lake)[0][0]
    hold = making.hold_tables

    def removed_meanwhile(*arguments: Path) -> str:
        state = hold(*arguments)
        monkeypatch.setattr(making, "hold_tables", hold)
        remove(lake, [document_id], "asked for")
        return state

    monkeypatch.setattr(making, "hold_tables", removed_meanwhile)
    refresh(lake, lake.search)
    assert document_id not in dict(found_all(opened(lake)))


def damage_words(index: Path) -> None:
    file = max((index / "words").glob("*.store"), key=lambda file: file.stat().st_size)
    data = bytearray(file.read_bytes())
    data[len(data) // 3] ^= 0xFF
    file.write_bytes(bytes(data))


DAMAGES = {
    "bit": damage_words,
    "cut": lambda index: next((index / "words").glob("*.idx")).write_bytes(b""),
    "gone": lambda index: next((index / "words").glob("*.term")).unlink(),
    "meta": lambda index: (index / "words" / "meta.json").write_text("{"),
    "manifest": lambda index: (index / "manifest.json").write_text("[]"),
    "unit": lambda index: next((index / "units").iterdir()).write_bytes(b"PAR1"),
    "pointer": lambda index: (index.parent / "current").write_text("../../elsewhere"),
    "empty": lambda index: shutil.rmtree(index),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_made_anew(lake: LakeLayout, damage: str) -> None:
    refresh(lake, lake.search)
    path = current(lake.search)
    assert path is not None
    DAMAGES[damage](path)
    assert refresh(lake, lake.search)
    assert current(lake.search) != path
    assert found_all(opened(lake)) == in_tables(lake)


def test_one_that_is_killed_is_begun_again(lake: LakeLayout) -> None:
    program = [sys.executable, "-m", "imr.explorer.making", str(lake.root), str(lake.search)]
    killed = subprocess.Popen(program)
    while killed.poll() is None and not list(lake.search.glob(".making-*/words/meta.json")):
        time.sleep(0.002)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert open_current(lake.search) is None
    subprocess.run(program, check=True)
    assert found_all(opened(lake)) == in_tables(lake)
    assert not list(lake.search.glob(".making-*"))


def test_a_server_follows_commits_and_lets_old_states_go(lake: LakeLayout, tmp_path: Path) -> None:
    live = Live(lake, lake.search)
    first = live.newest(60)
    assert first is not None
    commit = publish(lake, letters(9, 1), tmp_path / "more")
    while (now := live.newest()) is first:
        time.sleep(0.02)
    assert now is not None
    assert now.manifest.commit_id == commit
    assert first.folder.exists()
    folder = first.folder
    del first
    refresh(lake, lake.search)
    assert not folder.exists()
    live.close()
