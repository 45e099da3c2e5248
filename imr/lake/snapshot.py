"""The public tables as one commit left them: read between two commits, or held by links while later ones replace them.

A commit replaces files and never changes one, so a second name keeps what a file says at the cost of a folder entry.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from imr.errors import Code, LakeError
from imr.lake.files import link_or_copy
from imr.lake.journal import under_way
from imr.lake.layout import LakeLayout
from imr.lake.sums import files_there

Read = TypeVar("Read")

_TRIES = 600
_SECONDS_BETWEEN = 0.1

_READS, _SECONDS_BETWEEN_READS = 20, 0.25
"""A commit's renames take far less."""


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
        state = _settled(lake)
        if state is not None and _linked(lake, folder) and _settled(lake) == state:
            return state
        shutil.rmtree(folder / "tables", ignore_errors=True)
        time.sleep(_SECONDS_BETWEEN)
    raise LakeError(Code.LAKE_DAMAGED, "a commit stands half-way: the next run, or imr doctor, completes it")


def read_unmixed(lake: LakeLayout, read: Callable[[], Read]) -> Read:
    """What `read` makes of the tables of one commit: it is called again if another was brought about meanwhile.

    Nothing is locked. An error of a table that was replaced while it was read counts for nothing either.

    Raises:
        LakeError: `lake_locked` when commits come faster than they are read, or one was left unfinished; whatever
            `read` raises of tables that stood still.
    """
    for _ in range(_READS):
        state = _settled(lake)
        if state is not None:
            try:
                found = read()
            except LakeError:
                if _settled(lake) == state:
                    raise
            else:
                if _settled(lake) == state:
                    return found
        time.sleep(_SECONDS_BETWEEN_READS)
    raise LakeError(Code.LAKE_LOCKED, "commits come faster than the tables are read, or one was left unfinished")


def _settled(lake: LakeLayout) -> str | None:
    """The state of the tables; None while a commit has been decided and not all of its files are in their places."""
    state = None if under_way(lake) else state_of(lake)
    return None if under_way(lake) else state


def _linked(lake: LakeLayout, folder: Path) -> bool:
    """Link every file; False if one was replaced or went meanwhile."""
    held = LakeLayout(folder)
    for partition in files_there(lake).values():
        try:
            link_or_copy(lake.file(partition), held.file(partition))
        except FileNotFoundError:
            return False
    return True
