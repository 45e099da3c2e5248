"""How far a run is: what every batch reports, and the listeners that the command line and the flow set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int, int], None]
"""Called with a step, how many more of its files are done, and how many more are to be done."""

_listeners: ContextVar[tuple[Listener, ...]] = ContextVar("listeners", default=())


class Progress:
    """The progress of one run, reported from any of its threads."""

    def __init__(self, listeners: tuple[Listener, ...] = ()) -> None:
        self._listeners = listeners

    def expect(self, step: str, files: int) -> None:
        """Report that a step has so many more files to do."""
        self._report(step, 0, files)

    def advance(self, step: str, files: int) -> None:
        """Report that a step has done so many more files."""
        self._report(step, files, 0)

    def _report(self, step: str, done: int, added: int) -> None:
        for listener in self._listeners:
            listener(step, done, added)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Let `listener`, besides those that listen already, hear of the runs that begin inside this block."""
    token = _listeners.set((*_listeners.get(), listener))
    try:
        yield
    finally:
        _listeners.reset(token)


def heard_progress() -> Progress:
    """The progress of a run that begins here: whoever listens now hears of it."""
    return Progress(_listeners.get())
