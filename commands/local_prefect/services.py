"""Programs that `imr up` leaves running: started once, found again by later commands, ended by `imr down`."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

_SECONDS_TO_END = 30.0


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
            alive = process.status() != psutil.STATUS_ZOMBIE and process.create_time() == record["started"]
        except (OSError, ValueError, KeyError, psutil.NoSuchProcess):
            return None
        return process if alive else None

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
        process = self.running()
        self._record.unlink(missing_ok=True)
        if process is None:
            return False
        family = [*process.children(recursive=True), process]
        process.terminate()
        _, left = psutil.wait_procs(family, _SECONDS_TO_END)
        for one in left:
            one.kill()
        psutil.wait_procs(left, _SECONDS_TO_END)
        return True
