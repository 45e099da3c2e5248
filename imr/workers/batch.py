"""The one way a batch is run: worker processes, a deadline and a memory limit per file, retries per file.

Native code may hang, crash or eat all memory on one bad file. It runs in child processes that are killed and
replaced; the other files of the batch never notice. Whatever happens to a file is an `Outcome`, not an exception.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass
from typing import Any, TypeVar

from imr.errors import Code, ResourceError
from imr.records import Attempt, Outcome
from imr.workers.child import CallResult
from imr.workers.pool import Pool, WorkerDiedError, WorkerLateError

R = TypeVar("R")

CHUNK = 16
"""Files sent to a worker at a time: enough to make the sending cheap, few enough to share the work evenly."""


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What one file may cost: seconds until its worker is killed, bytes of memory, tries and the pause between."""

    seconds: float = 60.0
    memory_bytes: int = 2 << 30
    attempts: int = 3
    backoff_seconds: float = 0.2


class Workers:
    """The worker processes of one run, one per core unless told; use it as a context manager.

    Processes are started once there is work for them.
    """

    def __init__(self, count: int | None = None, limits: FileLimits | None = None) -> None:
        self.limits = limits or FileLimits()
        self._count = count or os.cpu_count() or 1
        self._pool = Pool(self._count, self.limits.memory_bytes)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(
        self,
        function: Callable[..., R],
        items: Sequence[tuple[Any, ...]],
        on_done: Callable[[int], None],
        *,
        chunk: int = CHUNK,
        seconds: float | None = None,
    ) -> list[Outcome[R]]:
        """Call `function(*item)` for every item in a worker; outcomes stand in the order of the items.

        A passing fault is tried again; so is a file whose worker died, alone this time, as the fault may have
        been another's of the same chunk. `on_done` is told how many more files are finished; a worker has `seconds`
        for a chunk, the workers' own limit unless told.
        """
        seconds = seconds or self.limits.seconds
        attempts: list[tuple[Attempt, ...]] = [() for _ in items]
        results: list[R | None] = [None for _ in items]
        pending = list(range(len(items)))
        for number in range(1, self.limits.attempts + 1):
            for index, answer in self._round(function, items, pending, chunk, seconds):
                attempt = Attempt(number, answer.started_at, answer.duration_ms, answer.error)
                attempts[index], results[index] = (*attempts[index], attempt), answer.result
            again = [index for index in pending if (error := attempts[index][-1].error) and error.transient]
            on_done(len(pending) - len(again) if number < self.limits.attempts else len(pending))
            if not again:
                break
            pending, chunk = again, 1
            time.sleep(self.limits.backoff_seconds * 2 ** (number - 1) * random.uniform(0.5, 1.5))
        return [Outcome(result, tried) for result, tried in zip(results, attempts, strict=True)]

    def anew(self) -> Workers:
        """As many workers under the same limits, for work that comes up after these have ended."""
        return Workers(self._count, self.limits)

    def close(self) -> None:
        """End the workers, whatever they are doing. May be called again."""
        self._pool.close()

    def _round(
        self,
        function: Callable[..., R],
        items: Sequence[tuple[Any, ...]],
        pending: Sequence[int],
        size: int,
        seconds: float,
    ) -> Iterator[tuple[int, CallResult]]:
        """One try at all pending files, sent in chunks of `size`."""
        chunks = [pending[start : start + size] for start in range(0, len(pending), size)]
        futures: dict[Future[list[CallResult]], Sequence[int]] = {
            self._pool.send(function, [items[index] for index in chunk], seconds): chunk for chunk in chunks
        }
        for future in as_completed(futures):
            chunk = futures[future]
            try:
                yield from zip(chunk, future.result(), strict=True)
            except (WorkerLateError, WorkerDiedError) as death:
                yield from ((index, self._lost(death, seconds, alone=size == 1)) for index in chunk)

    @staticmethod
    def _lost(death: BaseException, seconds: float, *, alone: bool) -> CallResult:
        """The answer for a file whose worker died or was killed. Alone in its chunk, the fault is its own."""
        started_at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds)
        if isinstance(death, WorkerLateError):
            message = f"the file was not read within {seconds:g} seconds"
            error = ResourceError(Code.TIMED_OUT, message, transient=not alone)
            return CallResult(None, error, started_at, round(seconds * 1000))
        error = ResourceError(Code.WORKER_DIED, "the worker process died while it held the file", transient=not alone)
        return CallResult(None, error, dt.datetime.now(dt.UTC), 0)
