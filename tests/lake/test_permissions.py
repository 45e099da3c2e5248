from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from imr.lake.layout import LakeLayout
from imr.lake.lock import only_writer
from imr.lake.permissions import keep_from_others


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.parametrize(
    ("before", "mode"),
    [
        pytest.param(0o022, 0o640, id="readers-in-the-group"),
        pytest.param(0o002, 0o660, id="writers-in-the-group"),
        pytest.param(0o077, 0o600, id="the-owner-alone"),
    ],
)
def test_others_may_not_read_and_the_group_as_before(tmp_path: Path, before: int, mode: int) -> None:
    os.umask(before)
    keep_from_others()
    (tmp_path / "a").touch()
    assert (tmp_path / "a").stat().st_mode & 0o777 == mode


def test_whoever_writes_a_lake_keeps_it_from_others(tmp_path: Path) -> None:
    with only_writer(LakeLayout(tmp_path / "lake"), "run", 1):
        assert (tmp_path / "lake").stat().st_mode & 0o007 == 0
