"""Files that are read best from front to back: the position in them is kept, and parts are looked for ahead of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from imr.errors import Code, SourceError

Part = tuple[str, Callable[[], bytes]]
"""The name of a part, and how to read it while it is the present one."""


class Forward:
    """A file of many parts, open at some position. Asking for its parts in their order reads it once."""

    def __init__(self, parts: Callable[[], Iterator[Part]]) -> None:
        self._parts = parts
        self._position: Iterator[Part] | None = None

    def read(self, name: str) -> bytes:
        """One part: looked for from here to the end, then once from the beginning.

        Raises:
            SourceError: `source_missing`.
        """
        while True:
            ahead, self._position = self._position, None  # where reading fails, the next one begins anew
            from_start = ahead is None
            position = self._parts() if ahead is None else ahead
            for found, read in position:
                if found == name:
                    data = read()
                    self._position = position
                    return data
            if from_start:
                raise SourceError(Code.SOURCE_MISSING, "the file has no such part any more")
