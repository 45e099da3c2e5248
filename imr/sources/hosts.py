"""One server as this run sees it: when the next request may be sent, what robots.txt allows, whether it is closed."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable

from protego import Protego

from imr.errors import Code, SourceError
from imr.sources.robots import parse_robots

_LOG = logging.getLogger("imr")

CLOSED_AFTER = 10
"""Files in a row that a host did not give, after all retries, until it is left alone for the rest of the run."""

WORTH_SAYING = 5.0
"""Seconds from which on a pause that a host demands is told to the log: a run is not slow in silence."""

JITTER = 0.25
"""How much longer than it must be a pause is, at most."""


class Host:
    """One host. All its methods may be called from many threads."""

    def __init__(self, name: str, requests_per_second: float) -> None:
        self._name = name
        self._pause = 1 / requests_per_second
        self._lock, self._robots_lock = threading.Condition(), threading.Lock()
        self._next = 0.0
        self._strikes = 0
        self._closed = ""
        self._robots: dict[str, Protego] = {}

    def wait_for_turn(self) -> None:
        """Return when a request may be sent; the next one that waits is let through a pause later.

        Raises:
            SourceError: `source_closed`.
        """
        with self._lock:
            while not self._closed and (wait := self._next - time.monotonic()) > 0:
                self._lock.wait(wait)
            if self._closed:
                raise SourceError(Code.SOURCE_CLOSED, self._closed)
            self._next = time.monotonic() + self._pause * (1 + random.uniform(0, JITTER))

    def rest(self, seconds: float) -> None:
        """Send no request for so long, as the host demands."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)
        if seconds >= WORTH_SAYING:
            _LOG.warning("%s asks for a pause of %.0f seconds, which is kept", self._name, seconds)

    def slow_down(self, pause: float) -> None:
        """Leave at least so many seconds between two requests."""
        with self._lock:
            longer, self._pause = pause > self._pause, max(self._pause, pause)
        if longer and pause >= WORTH_SAYING:
            _LOG.warning("%s asks for %.0f seconds between two requests, which are kept", self._name, pause)

    def close(self, why: str) -> None:
        """Send no more requests in this run."""
        with self._lock:
            self._closed = self._closed or why
            self._lock.notify_all()

    def gave(self) -> None:
        """Note that the host is as it should be."""
        with self._lock:
            self._strikes = 0

    def failed(self) -> None:
        """Note that the host did not give a file; too many of these in a row close it."""
        with self._lock:
            self._strikes += 1
            enough = self._strikes >= CLOSED_AFTER
        if enough:
            self.close(f"the site gave none of the last {CLOSED_AFTER} files and is left alone")

    def robots(self, origin: str, read: Callable[[], bytes]) -> Protego:
        """What robots.txt of an origin says; it is read once."""
        with self._robots_lock:
            if origin not in self._robots:
                self._robots[origin] = parse_robots(read())
            return self._robots[origin]
