from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout
from imr.lake.lock import only_writer

HOLD = """
import sys, time
from pathlib import Path
from imr.lake.layout import LakeLayout
from imr.lake.lock import only_writer
with only_writer(LakeLayout(Path(sys.argv[1])), "the-other-run", 1):
    print("held", flush=True)
    time.sleep(60)
"""


def _hold(lake: LakeLayout) -> subprocess.Popen[str]:
    """Another process that has the lock by now."""
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(lake.root)], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    return other


def test_a_second_writer_is_refused_and_told_who_the_first_is(lake: LakeLayout) -> None:
    with only_writer(lake, "first-run", 0), pytest.raises(LakeError) as caught, only_writer(lake, "second", 0):
        pytest.fail("there were two writers")
    assert caught.value.code == Code.LAKE_LOCKED
    assert "first-run" in caught.value.message
    assert str(os.getpid()) in caught.value.message


def test_the_lock_is_free_after_use_also_after_a_fault(lake: LakeLayout) -> None:
    with pytest.raises(ZeroDivisionError), only_writer(lake, "first", 0):
        raise ZeroDivisionError
    with only_writer(lake, "second", 0):
        assert json.loads(lake.lock.with_suffix(".owner").read_text())["run_id"] == "second"
    assert not lake.lock.with_suffix(".owner").exists()


@pytest.mark.parametrize("name", ["lock.owner", "lock"])
def test_a_link_in_the_place_of_the_lock_or_of_its_owners_name_is_not_written_through(
    lake: LakeLayout, tmp_path: Path, name: str
) -> None:
    outside = tmp_path / "outside"
    outside.write_text("kept")
    lake.root.mkdir(exist_ok=True)
    (lake.root / name).symlink_to(outside)
    try:
        with only_writer(lake, "mine", 0):
            assert json.loads(lake.lock.with_suffix(".owner").read_text())["run_id"] == "mine"
    except LakeError as error:
        assert (name, error.code) == ("lock", Code.LAKE_WRITE_FAILED)
    assert outside.read_text() == "kept"


def test_another_process_is_refused_until_its_death_frees_the_lock(lake: LakeLayout) -> None:
    other = _hold(lake)
    try:
        with pytest.raises(LakeError, match="the-other-run"), only_writer(lake, "mine", 0.2):
            pytest.fail("there were two writers")
    finally:
        other.send_signal(signal.SIGKILL)
        other.wait()
    with only_writer(lake, "mine", 5):
        assert json.loads(lake.lock.with_suffix(".owner").read_text())["run_id"] == "mine"


def test_an_owner_without_a_name_is_refused_all_the_same(lake: LakeLayout) -> None:
    with only_writer(lake, "first", 0):
        lake.lock.with_suffix(".owner").write_text("{")
        with pytest.raises(LakeError, match="could not be read"), only_writer(lake, "second", 0):
            pytest.fail("there were two writers")


def test_a_lake_that_cannot_be_made_is_a_write_fault(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("a file stands here")
    with pytest.raises(LakeError) as caught, only_writer(LakeLayout(tmp_path / "lake"), "mine", 0):
        pytest.fail("there is no lake to write")
    assert caught.value.code == Code.LAKE_WRITE_FAILED
