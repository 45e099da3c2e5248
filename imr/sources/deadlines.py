"""How long a place may keep a run waiting: one deadline over an exchange, and an end that breaks off any wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
from typing import TypeVar

from imr.errors import Code, SourceError

R = TypeVar("R")

_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Everything that is waited for inside of this block has so many seconds in all."""
    token = _deadline.set(min(_deadline.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _deadline.reset(token)


def seconds_left(longest: float | None = None) -> float | None:
    """The seconds that the next wait may take: those until the deadline, `longest` at most; None without either.

    Raises:
        TimeoutError: there are none left.
    """
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise TimeoutError
    left = min(left, float("inf") if longest is None else longest)
    return None if left == float("inf") else left


class Ending:
    """Whether a run is over: whoever waits for a server is told at once. May be used from many threads."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._told: dict[int, Callable[[], object]] = {}

    @property
    def is_over(self) -> bool:
        """Whether the run is over."""
        return self._over.is_set()

    def end(self) -> None:
        """The run is over: call whatever is to be called then."""
        with self._lock:
            self._over.set()
            told = list(self._told.values())
        for call in told:
            call()

    def sleep(self, seconds: float) -> None:
        """Sleep, but not beyond the end of the run."""
        self._over.wait(seconds)

    def in_time(self, call: Callable[[], R]) -> R:
        """What a call gives that cannot be broken off itself. One that is late is left to itself, in its own thread.

        Raises:
            SourceError: `source_busy` at the deadline; `source_closed` when the run is over. Whatever the call raises.
        """
        done: Future[R] = Future()
        with self.telling(lambda: _settle(done.set_exception, SourceError(Code.SOURCE_CLOSED, "the run ends"))):
            threading.Thread(target=copy_context().run, args=(_answer, call, done), daemon=True).start()
            try:
                return done.result(seconds_left())
            except TimeoutError as error:
                raise SourceError(Code.SOURCE_BUSY, "the answer was not complete in time", transient=True) from error

    @contextmanager
    def telling(self, call: Callable[[], object]) -> Iterator[None]:
        """Inside of this block, call something when the run is over."""
        with self._lock:
            self._told[id(call)] = call
            late = self.is_over
        try:
            if late:
                call()
            yield
        finally:
            with self._lock:
                del self._told[id(call)]


def _answer(call: Callable[[], R], done: Future[R]) -> None:
    try:
        _settle(done.set_result, call())
    except BaseException as error:  # whoever waits raises it
        _settle(done.set_exception, error)


def _settle(settle: Callable[[R], None], value: R) -> None:
    with suppress(InvalidStateError):  # nobody waits any more
        settle(value)
