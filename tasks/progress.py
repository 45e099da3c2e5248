"""Who wants to know how far a run is: a listener that the command line sets and every batch tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, int, int], None]
"""Called with a step, how many more of its files are done, and how many more are to be done."""


def _nobody(step: str, done: int, added: int) -> None:
    """Nobody listens."""


_listener: Listener = _nobody


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell `listener` of all progress inside this block."""
    global _listener
    outer, _listener = _listener, listener
    try:
        yield
    finally:
        _listener = outer


def expect(step: str, files: int) -> None:
    """Say that a step has so many more files to do."""
    _listener(step, 0, files)


def advance(step: str, files: int) -> None:
    """Say that a step has done so many more files."""
    _listener(step, files, 0)
