"""What a worker does of the files that it has in hand: one after the other, then the rows of those it could do."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, reduce
from typing import Any, NamedTuple, Protocol

import pyarrow as pa

from imr.errors import LetterError


class Made(NamedTuple):
    """What was made of some files, by their numbers: a plain result or an error for each, and the rows of all."""

    results: Mapping[int, Any]
    errors: Mapping[int, LetterError] = {}
    tables: Mapping[str, pa.RecordBatch] = {}


class Slice(Protocol):
    """Some files of a batch. It is made of what all of them need and of a list for each, both as JSON can tell it."""

    def do(self, number: int) -> Any:  # noqa: ANN401 - it stays in the worker
        """Do one of them.

        Raises:
            LetterError: it ends here.
        """

    def made(self, done: Mapping[int, Any]) -> Made:
        """What is to be told of those that could be done, of what `do` gave for each."""


MakeSlice = Callable[[dict[str, Any], Sequence[Sequence[Any]]], Slice]


class Calls:
    """Calls of one function, each of whose results is told as it is."""

    def __init__(self, given: Mapping[str, Any], items: Sequence[Sequence[Any]]) -> None:
        self._function, self._items = named(given["function"]), items

    def do(self, number: int) -> Any:  # noqa: ANN401 - whatever the function returns
        """Call the function for one file."""
        return self._function(*self._items[number])

    def made(self, done: Mapping[int, Any]) -> Made:
        """The results as they are."""
        return Made(done)


listener: Callable[[Any], None] | None = None
"""Where the notes of this process go, where it is a worker."""


def note(value: Any) -> None:  # noqa: ANN401 - plain data
    """Tell whoever asked something at once, so that it is known whatever becomes of the rest."""
    if listener is not None:
        listener(value)


def name_of(thing: Callable[..., Any]) -> str:
    """What a function or class of a module is called on the way to a worker."""
    return f"{thing.__module__}:{thing.__qualname__}"


@cache
def named(name: str) -> Any:  # noqa: ANN401 - a function or a class
    """The function or class of that name."""
    module, _, path = name.partition(":")
    return reduce(getattr, path.split("."), importlib.import_module(module))
