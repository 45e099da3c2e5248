"""Programs that `imr up` leaves running: started once, found again by later commands, ended by `imr down`."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

_SECONDS_TO_END = 30.0
_SECONDS_BETWEEN = 0.02


class Service:
    """One program in the background, known by its record `<folder>/<name>.json`, with its log beside it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._record = folder / f"{name}.json"

    def running(self) -> psutil.Process | None:
        """Its process, if it is alive. One that got the number of a dead one by chance is not it."""
        try:
            record = json.loads(self._record.read_text(encoding="utf-8"))
            process = psutil.Process(record["pid"])
            alive = has_not_ended(process) and process.create_time() == record["started"]
        except (OSError, ValueError, KeyError, psutil.NoSuchProcess):
            return None
        return process if alive else None

    def forget(self) -> None:
        """Forget which process it has."""
        self._record.unlink(missing_ok=True)

    def start(self, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        """Start it in a folder, unless it is running; it goes on when its starter has ended."""
        if self.running():
            return
        self._record.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=os.environ | dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        record = {"pid": process.pid, "started": psutil.Process(process.pid).create_time()}
        self._record.write_text(json.dumps(record), encoding="utf-8")

    def stop(self) -> bool:
        """Ask it and all that it has started to end, and make them after a while; False if it was not running."""
        return self in stopped(self)


def stopped(*services: Service) -> list[Service]:
    """Stop services, all at the same time; those that were running."""
    running = {service: process for service in services if (process := service.running())}
    families = [each for process in running.values() for each in (*process.children(recursive=True), process)]
    for service in services:
        service.forget()
    for process in running.values():
        process.terminate()
    for process in (left := _left(families)):
        process.kill()
    _left(left)
    return list(running)


def _left(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Wait until some processes have ended, and no longer than they may take; those that have not.

    One that nobody has taken note of yet has ended: some systems' first process is slow at that.
    """
    left, deadline = list(processes), time.monotonic() + _SECONDS_TO_END
    while (left := [each for each in left if has_not_ended(each)]) and time.monotonic() < deadline:
        time.sleep(_SECONDS_BETWEEN)
    return left


def has_not_ended(process: psutil.Process) -> bool:
    """Whether a process goes on, and is not only still listed."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and bool(process.status() != psutil.STATUS_ZOMBIE)
    return False
