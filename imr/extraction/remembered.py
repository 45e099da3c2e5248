"""Readers that remember: the same credentials and guideline slots are printed in letter after letter."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Protocol, TypeVar

from imr.records import Span


class Movable(Protocol):
    """What was read, which can say where it stands in another text."""

    def moved(self: M, by: int, /) -> M:
        """The same, standing `by` characters further on."""
        ...


M = TypeVar("M", bound=Movable)
Reader = Callable[[str, Span], tuple[M, ...]]


def remembered(count: int) -> Callable[[Reader[M]], Reader[M]]:
    """Make a reader remember what it read from the last `count` different wordings.

    The reader must look at the words of its span alone.
    """

    def decorate(read: Reader[M]) -> Reader[M]:
        @lru_cache(maxsize=count)
        def read_words(words: str) -> tuple[M, ...]:
            return read(words, Span(0, len(words)))

        @wraps(read)
        def reader(text: str, span: Span) -> tuple[M, ...]:
            return tuple([found.moved(span.start) for found in read_words(text[span.start : span.end])])

        return reader

    return decorate
