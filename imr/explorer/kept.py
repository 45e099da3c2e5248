"""What was found out of an index lately: pages are turned, filters taken back, and one page counts the same twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")

_MOST = 100


class Kept:
    """The last results by what they are of. An index never changes, so they hold as long as it is open."""

    def __init__(self) -> None:
        self._results: dict[Hashable, Any] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, find: Callable[[], T]) -> T:
        """A result, which is found if it is not kept."""
        with self._lock:
            if key in self._results:
                self._results[key] = self._results.pop(key)  # as the latest
                return cast("T", self._results[key])
        result = find()
        with self._lock:
            self._results[key] = result
            if len(self._results) > _MOST:
                del self._results[next(iter(self._results))]
        return result
