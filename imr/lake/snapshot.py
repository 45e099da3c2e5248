"""The public tables as one commit left them, held by links while later commits replace their files.

A commit replaces files and never changes one, so a second name keeps what a file says at the cost of a folder entry.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from imr.errors import Code, LakeError
from imr.lake.files import lake_errors
from imr.lake.layout import LakeLayout
from imr.lake.sums import files_there

_TRIES = 600
_SECONDS_BETWEEN = 0.1


def state_of(lake: LakeLayout) -> str:
    """A mark that is another one after every commit: cheap enough to be asked before each answer.

    It is the hash of the tables' hashes; where no list of these is kept, the newest change of a file.
    """
    try:
        with lake.sums.open("rb") as file:
            return file.read(200).split(b"\n")[0].decode("ascii", "replace")
    except OSError:
        newest = (lake.file(partition).stat().st_mtime_ns for partition in files_there(lake).values())
        return f"changed {max(newest, default=0)}"


def hold_tables(lake: LakeLayout, folder: Path) -> str:
    """Link all files of the tables below `folder/tables`, all of one commit; returns the state they are in.

    Raises:
        LakeError: `lake_damaged` when a commit stays half-way, `lake_write_failed`.
    """
    for _ in range(_TRIES):
        state = state_of(lake)
        if not _half_way(lake) and _linked(lake, folder) and not _half_way(lake) and state_of(lake) == state:
            return state
        shutil.rmtree(folder / "tables", ignore_errors=True)
        time.sleep(_SECONDS_BETWEEN)
    raise LakeError(Code.LAKE_DAMAGED, "a commit stands half-way: the next run, or imr doctor, completes it")


def _half_way(lake: LakeLayout) -> bool:
    """Whether a commit has been decided and not all of its files are in their places yet."""
    return (lake.journal / "commit.json").exists()


def _linked(lake: LakeLayout, folder: Path) -> bool:
    """Link every file; False if one was replaced or went meanwhile."""
    held = LakeLayout(folder)
    for partition in files_there(lake).values():
        target = held.file(partition)
        with lake_errors():
            target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _link(lake.file(partition), target)
        except FileNotFoundError:
            return False
    return True


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one without links
        with lake_errors():
            shutil.copyfile(source, target)
