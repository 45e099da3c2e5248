"""Who wants to know how far a run is: listeners that the command line and the flow set, and every batch tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, int, int], None]
"""Called with a step, how many more of its files are done, and how many more are to be done."""

_listeners: tuple[Listener, ...] = ()


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell `listener` of all progress inside this block, besides those who listen already."""
    global _listeners
    outer, _listeners = _listeners, (*_listeners, listener)
    try:
        yield
    finally:
        _listeners = outer


def expect(step: str, files: int) -> None:
    """Say that a step has so many more files to do."""
    _tell(step, 0, files)


def advance(step: str, files: int) -> None:
    """Say that a step has done so many more files."""
    _tell(step, files, 0)


def _tell(step: str, done: int, added: int) -> None:
    for listener in _listeners:
        listener(step, done, added)
