"""The one way a batch is run: worker processes, a deadline and a memory limit per file, retries per file.

Native code may hang, crash or eat all memory on one bad file. It runs in child processes that are killed and
replaced; the other files of the batch never notice. Whatever happens to a file is an `Outcome`, not an exception.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

import pyarrow as pa

from imr.errors import Code, ResourceError
from imr.records import Attempt, Outcome
from imr.workers.landlock import Fence
from imr.workers.pool import Pool, WorkerDiedError, WorkerLateError
from imr.workers.slices import Calls, MakeSlice, name_of
from imr.workers.wire import Answer, AnswerRefusedError, CallResult, Expected, Request

R = TypeVar("R")

CHUNK = 16
"""Files sent to a worker at a time: enough to make the sending cheap, few enough to share the work evenly."""

CHUNK_BYTES = 8 << 20
"""Bytes of files sent to a worker at a time, but for a larger file: what is made of them is in memory at once."""


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What one file may cost: seconds until its worker is killed, bytes of memory, tries and the pause between."""

    seconds: float = 60.0
    memory_bytes: int = 2 << 30
    attempts: int = 3
    backoff_seconds: float = 0.2


@dataclass(frozen=True)
class Job(Generic[R]):
    """What workers are to do of some files: what makes a `Slice` of them, and what that is given besides the files.

    `result` is the type of what is told of each file, `tables` the rows that are made of them. `sizes` are the bytes
    of the files where so many of them may be large that it matters. `note` takes what workers tell of some items before
    they have an answer.
    """

    slice: MakeSlice
    given: dict[str, Any]
    result: type[R] | Any = Any
    tables: Mapping[str, pa.Schema] = field(default_factory=dict)
    sizes: Sequence[int] | None = None
    note: Callable[[Sequence[Sequence[Any]], Any], None] | None = None

    def request(self, items: Sequence[Sequence[Any]]) -> Request:
        """What a worker is asked for."""
        return Request(name_of(self.slice), self.given, [list(item) for item in items])

    def chunks(self, pending: Sequence[int], most: int) -> list[list[int]]:
        """The numbers of some files in runs of at most so many, and of at most `CHUNK_BYTES`."""
        chunks: list[list[int]] = []
        weight = 0
        for number in pending:
            size = self.sizes[number] if self.sizes else 0
            if not chunks or len(chunks[-1]) == most or weight + size > CHUNK_BYTES:
                chunks.append([])
                weight = 0
            chunks[-1].append(number)
            weight += size
        return chunks


class Ran(NamedTuple, Generic[R]):
    """What became of some files, and the rows of those that could be done: a table's rows are a chunk for each worker's
    answer, in the order of the files.
    """

    outcomes: list[Outcome[R]]
    tables: dict[str, pa.Table]


class Workers:
    """The worker processes of one run, one per core unless told; use it as a context manager.

    Processes are started once there is work for them. A `fence` keeps them to some files, where the kernel has the
    means; it is in their way where what they are to do needs others.
    """

    def __init__(self, count: int | None = None, limits: FileLimits | None = None, fence: Fence | None = None) -> None:
        self.limits = limits or FileLimits()
        self._fence = fence
        self._count = count or os.cpu_count() or 1
        self._pool = Pool(self._count, self.limits.memory_bytes, fence)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def renew(self) -> None:
        """Have new workers do what comes, behind a fence of the folders as they are now."""
        self._pool.renew()

    def call(
        self,
        function: Callable[..., Any],
        items: Sequence[Sequence[Any]],
        on_done: Callable[[int], None],
        *,
        chunk: int = CHUNK,
    ) -> list[Outcome[Any]]:
        """Call a module's `function(*item)` for every item in a worker, all arguments and results being plain data."""
        job = Job[Any](Calls, {"function": name_of(function)})
        return self.run(job, items, on_done, chunk=chunk).outcomes

    def run(
        self,
        job: Job[R],
        items: Sequence[Sequence[Any]],
        on_done: Callable[[int], None],
        *,
        chunk: int = CHUNK,
        seconds: float | None = None,
        turn: int = 0,
    ) -> Ran[R]:
        """Have every item done in a worker; outcomes stand in the order of the items.

        A passing fault is tried again; so is a file whose worker died, alone this time, as the fault may have
        been another's of the same chunk. `on_done` is told how many more files are finished; a worker has `seconds`
        for a chunk, the workers' own limit unless told. Of all that waits for workers, the least `turn` goes first.
        """
        seconds = seconds or self.limits.seconds
        attempts: list[tuple[Attempt, ...]] = [() for _ in items]
        results: list[R | None] = [None for _ in items]
        made: list[tuple[int, Mapping[str, pa.RecordBatch]]] = []
        pending = list(range(len(items)))
        for number in range(1, self.limits.attempts + 1):
            for indices, answer in self._round(job, items, pending, chunk, seconds, turn):
                made.append((indices[0], answer.tables))
                for index, file in zip(indices, answer.files, strict=True):
                    attempt = Attempt(number, file.started_at, file.duration_ms, file.error)
                    attempts[index], results[index] = (*attempts[index], attempt), file.result
            again = [index for index in pending if (error := attempts[index][-1].error) and error.transient]
            on_done(len(pending) - len(again) if number < self.limits.attempts else len(pending))
            if not again:
                break
            pending, chunk = again, 1
            time.sleep(self.limits.backoff_seconds * 2 ** (number - 1) * random.uniform(0.5, 1.5))
        outcomes = [Outcome(result, tried) for result, tried in zip(results, attempts, strict=True)]
        return Ran(outcomes, _in_order(job.tables, made))

    def anew(self) -> Workers:
        """As many workers in the same fences, for work that comes up after these have ended."""
        return Workers(self._count, self.limits, self._fence)

    def close(self) -> None:
        """End the workers, whatever they are doing. May be called again."""
        self._pool.close()

    def _round(
        self, job: Job[R], items: Sequence[Sequence[Any]], pending: Sequence[int], size: int, seconds: float, turn: int
    ) -> Iterator[tuple[Sequence[int], Answer]]:
        """One try at all pending files, sent in chunks of at most `size`."""
        expected = Expected(job.result, job.tables, job.note)
        futures: dict[Future[Answer], Sequence[int]] = {
            self._pool.send(job.request([items[index] for index in chunk]), expected, seconds, turn): chunk
            for chunk in job.chunks(pending, size)
        }
        for future in as_completed(futures):
            chunk = futures[future]
            try:
                yield chunk, future.result()
            except (WorkerLateError, WorkerDiedError, AnswerRefusedError) as death:
                lost = self._lost(death, seconds, alone=size == 1)
                yield chunk, Answer([lost] * len(chunk), {})

    @staticmethod
    def _lost(death: BaseException, seconds: float, *, alone: bool) -> CallResult:
        """The answer for a file whose worker died or was killed. Alone in its chunk, the fault is its own."""
        if isinstance(death, WorkerLateError):
            started_at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds)
            message = f"the file was not read within {seconds:g} seconds"
            error = ResourceError(Code.TIMED_OUT, message, transient=not alone)
            return CallResult(None, error, started_at, round(seconds * 1000))
        if isinstance(death, AnswerRefusedError):
            code, message = Code.WORKER_REFUSED, "what the worker process answered for the file is no answer"
        else:
            code, message = Code.WORKER_DIED, "the worker process died while it held the file"
        return CallResult(None, ResourceError(code, message, transient=not alone), dt.datetime.now(dt.UTC), 0)


def _in_order(
    schemas: Mapping[str, pa.Schema], made: Sequence[tuple[int, Mapping[str, pa.RecordBatch]]]
) -> dict[str, pa.Table]:
    """The rows of each table, in the order of the first files that they were made of."""
    ordered = [tables for _, tables in sorted(made, key=lambda entry: entry[0])]
    return {
        name: pa.Table.from_batches([tables[name] for tables in ordered if name in tables], schema)
        for name, schema in schemas.items()
    }
