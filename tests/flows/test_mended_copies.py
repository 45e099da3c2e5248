"""A quarantined file that somebody mended in place is another document: never published under the hash of the first."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from flows.letters import replay
from imr.lake.files import sha256_of
from imr.lake.layout import LakeLayout
from imr.lake.raw_store import RawStore, files_of
from imr.synthetic.compose import compose
from imr.synthetic.render import text_of
from imr.upkeep.doctor import examine
from tests.flows.helpers import rows, run


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A lake with one file, which is in quarantine; gives the kept copy."""
    landing, lake = tmp_path / "in", tmp_path / "lake"
    landing.mkdir()
    (landing / "letter.txt").write_text("This is no letter at all.\n" * 20)
    (landing / "other.txt").write_text(text_of(compose(0, 3)))
    run(lake, landing)
    (copy,) = (lake / "quarantine").iterdir()
    return copy


def test_a_copy_that_was_mended_is_published_under_its_own_hash(bad: Path) -> None:
    lake, before = LakeLayout(bad.parents[1]), bad.stem
    mended = text_of(compose(0, 4)).encode()
    bad.write_bytes(mended)
    replay(lake=str(lake.root), return_state=True)
    published = {row["document_id"]: row["source_name"] for row in rows(lake.root, "documents")}
    assert published.get(hashlib.sha256(mended).hexdigest()) == "letter.txt"
    assert before not in published
    assert rows(lake.root, "quarantine") == []
    assert all(sha256_of(file.path) == name for name, file in files_of(RawStore.of(lake)).items())
    assert examine(lake, deep=True).findings == ()


def test_a_copy_that_is_a_hard_link_of_an_older_version_is_no_other(bad: Path) -> None:
    lake, before = LakeLayout(bad.parents[1]), bad.stem
    raw = files_of(RawStore.of(lake))[before].path
    bad.unlink()
    os.link(raw, bad)
    bad.write_bytes(text_of(compose(0, 5)).encode())
    replay(lake=str(lake.root), return_state=True)
    assert before not in {row["document_id"] for row in rows(lake.root, "documents")}
    assert sha256_of(raw) != before  # the older version's link: nothing is read under that name any more
    assert rows(lake.root, "quarantine") == []


def test_no_copy_shares_its_bytes_with_the_raw_store(bad: Path) -> None:
    raw = files_of(RawStore.of(LakeLayout(bad.parents[1])))[bad.stem].path
    assert (raw.stat().st_nlink, raw.stat().st_ino != bad.stat().st_ino) == (1, True)


def test_bytes_that_were_changed_are_written_again(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    document_id = store.put(b"as fetched", ".txt")
    path = store.path(document_id, ".txt")
    path.write_bytes(b"as changed")
    assert store.put(b"as fetched", ".txt") == document_id
    assert path.read_bytes() == b"as fetched"


def test_bytes_that_were_changed_are_put_right_by_the_copy(bad: Path) -> None:
    lake = LakeLayout(bad.parents[1])
    raw = files_of(RawStore.of(lake))[bad.stem].path
    raw.write_bytes(b"changed")
    replay(lake=str(lake.root), return_state=True)
    assert sha256_of(raw) == bad.stem
    assert [row["document_id"] for row in rows(lake.root, "quarantine")] == [bad.stem]
