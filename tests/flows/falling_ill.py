"""Reading letters that fail as their names say. A module of its own: workers import it by its name."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from imr.errors import Code, InternalError, ResourceError, SourceError, UnreadableError
from imr.publication.batch_steps.fetch import FetchSlice
from imr.publication.batch_steps.ocr_cleanup import CleanSlice
from imr.records import LetterRef
from imr.sources.fetching import Fetched
from imr.steps.ocr_cleanup import CleanLetter

FAILING = (
    Code.TIMED_OUT,
    Code.OUT_OF_MEMORY,
    Code.WORKER_DIED,
    Code.MACHINE_FAILED,
    Code.INVALID_ROWS,
    Code.INTERNAL_ERROR,
    Code.TOO_MANY_PARTS,
)
"""Codes that a letter has while it is read."""


def fail(how: Code) -> None:
    """Fail as a letter, the machine or the product itself does."""
    match how:
        case Code.WORKER_DIED:
            os.kill(os.getpid(), signal.SIGKILL)
        case Code.OUT_OF_MEMORY:
            raise MemoryError
        case Code.MACHINE_FAILED:
            raise OSError(5, "Input/output error")
        case Code.INTERNAL_ERROR:
            raise ValueError
        case Code.TIMED_OUT:
            raise ResourceError(how, "as if its time were up")
        case Code.TOO_MANY_PARTS:
            raise UnreadableError(how, "as if it had 32,768 items")
        case _:
            raise InternalError(how, "as if it were so")


class FailingClean(CleanSlice):
    """Cleans letters, but for those that are named as a code."""

    def result(self, letter: LetterRef) -> CleanLetter:
        """A letter's text."""
        if (name := Path(letter.source_name).stem) in FAILING:
            fail(Code(name))
        return super().result(letter)


class FailingFetch(FetchSlice):
    """Fetches files, but for one that the file system does not give."""

    def __init__(self, given: Mapping[str, Any], items: Sequence[Sequence[Any]]) -> None:
        super().__init__(given, items)
        self._addresses = [str(uri) for (uri,) in items]

    def do(self, number: int) -> Fetched:
        """Read a file and keep its bytes."""
        if Path(self._addresses[number]).stem == Code.SOURCE_UNREADABLE:
            raise SourceError(Code.SOURCE_UNREADABLE, "as if permission were denied")
        return super().do(number)
