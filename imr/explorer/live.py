"""The index that a server answers from: always one commit, and the newest as soon as its index is made."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

from imr.explorer.generation import Generation, clear_away, open_current
from imr.lake.layout import LakeLayout
from imr.lake.snapshot import state_of

_SECONDS_BEFORE_ANOTHER_TRY = 30.0
_SECONDS_BETWEEN = 0.02


class Live:
    """The newest state of a lake's index. A program of its own makes the next while this one is being read."""

    def __init__(self, lake: LakeLayout, folder: Path) -> None:
        self.lake = lake
        self.folder = folder
        self._open: Generation | None = None
        self._making: subprocess.Popen[bytes] | None = None
        self._tried: tuple[str, float] = ("", 0.0)
        self._doubted: set[Path] = set()
        self._lock = threading.Lock()

    def newest(self, seconds: float = 0.0) -> Generation | None:
        """The newest index that is whole; if there is none, what there is after so many seconds.

        Every page asks here once and is made from what it gets.
        """
        deadline = time.monotonic() + seconds
        while (found := self._look()) is None and self.is_making and time.monotonic() < deadline:
            time.sleep(_SECONDS_BETWEEN)
        return found

    @property
    def is_making(self) -> bool:
        """Whether an index is being made."""
        return self._making is not None and self._making.poll() is None

    def doubt(self, index: Generation) -> bool:
        """Have an index checked that could not be read, and made anew if it is damaged; False if it was before."""
        with self._lock:
            if index.folder in self._doubted:
                return False
            self._doubted.add(index.folder)
            if self._open is index:
                self._open = None
            self._start(state_of(self.lake))
        return True

    def close(self) -> None:
        """Let an index that is being made be: the next server begins anew."""
        with self._lock:
            if self._making is not None and self._making.poll() is None:
                self._making.terminate()
                self._making.wait()
            self._open = None

    def _look(self) -> Generation | None:
        state = state_of(self.lake)
        with self._lock:
            if self._open is not None and not self._open.is_there:
                self._open = None
            if self._open is None or self._open.manifest.state != state:
                self._take_newest()
                if self._open is None or self._open.manifest.state != state:
                    self._have_made(state)
            return self._open

    def _take_newest(self) -> None:
        found = open_current(self.folder) if not self._is_doubtful() else None
        if found is not None and (self._open is None or found.folder != self._open.folder):
            self._open = found
            clear_away(self.folder)

    def _is_doubtful(self) -> bool:
        """Whether an index is being looked at that could not be read."""
        return bool(self._doubted) and self._making is not None and self._making.poll() is None

    def _have_made(self, state: str) -> None:
        tried, when = self._tried
        again = time.monotonic() - when > _SECONDS_BEFORE_ANOTHER_TRY
        if self.lake.tables.is_dir() and (tried != state or again):
            self._start(state)

    def _start(self, state: str) -> None:
        if self._making is None or self._making.poll() is not None:
            self._tried = (state, time.monotonic())
            program = [sys.executable, "-m", "imr.explorer.making", str(self.lake.root), str(self.folder)]
            self._making = subprocess.Popen(program, stdin=subprocess.DEVNULL)
