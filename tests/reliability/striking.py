"""Killing a run at a moment of one's choosing, and how far its commit had come by then."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.reliability.runs import Run

Signs = set[tuple[str, int]]
"""Names of files with their times of change."""


class Aim(NamedTuple):
    """When to strike: at most `within` seconds after a change of what `sign` names; without it, anywhere in a run."""

    sign: str | None
    within: float
    weight: int


AIMS = (Aim(None, 0, 25), Aim("journal/*", 0.5, 35), Aim("journal/commit.json", 0.04, 40))


def killed(run: Run, lake: Path, aim: Aim, moment: float) -> bool:
    """Kill a run and all below it so many seconds after the aim's sign; False if it ended before."""
    if aim.sign:
        before = signs(lake, aim.sign)
        while run.poll() is None and signs(lake, aim.sign) <= before:
            time.sleep(0.001)
    try:
        run.wait(moment)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
    return run.wait() == -signal.SIGKILL


def signs(lake: Path, pattern: str) -> Signs:
    """What there is of a pattern, with its times of change: what a killed run left behind is no sign of the next."""
    return set(_signs(lake, pattern))


def _signs(lake: Path, pattern: str) -> Iterator[tuple[str, int]]:
    for path in lake.glob(pattern):
        try:
            yield path.name, path.stat().st_mtime_ns
        except FileNotFoundError:
            continue  # it has just gone


def standing(lake: Path) -> tuple[Signs, Signs]:
    """What is in the journal, and the files of the table that every commit writes to."""
    return signs(lake, "journal/*"), signs(lake, "tables/commits/*/*")


def stage_of_commit(before: tuple[Signs, Signs], after: tuple[Signs, Signs]) -> str:
    """How far a killed run had come with its commit, or with the recovery of the last one."""
    if before[0] != after[0] and after[0]:
        return "while it took place" if "commit.json" in {name for name, _ in after[0]} else "while it was prepared"
    return "after it" if before[1] != after[1] else "before it"
