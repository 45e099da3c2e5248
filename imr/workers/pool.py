"""Worker processes, each at the end of a pipe that no other process holds.

So there is never a doubt about who died over what: the pipe of a worker that dies ends, at once, and what it had been
sent is what it died over. Workers share no lock either, which one of them could take along when it dies. (The pools
of libraries share a pipe or a lock: workers that die at once, as native code on hostile files makes them, leave them
hanging or have innocent files blamed.)
"""

from __future__ import annotations

import contextlib
import itertools
import math
import queue
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from multiprocessing.connection import Connection
from typing import NamedTuple

from imr.errors import LakeError
from imr.workers import slices, wire
from imr.workers.child import answer, start_child, worker_context
from imr.workers.landlock import Fence
from imr.workers.wire import Answer, AnswerRefusedError, Expected, Request


class WorkerDiedError(Exception):
    """A worker ended before it had answered."""


class WorkerLateError(Exception):
    """A worker was killed, as its time was up."""


class _Task(NamedTuple):
    future: Future[Answer]
    request: Request
    expected: Expected
    seconds: float


class _Waiting(NamedTuple):
    """A task in the queue, by its turn and then by when it came; None ends who takes it."""

    turn: float
    number: int
    task: _Task | None


class Pool:
    """So many workers; each is kept at work by a thread of this process, which does nothing but wait."""

    def __init__(self, count: int, memory_bytes: int, fence: Fence | None = None) -> None:
        self._memory_bytes, self._fence = memory_bytes, fence
        self._tasks: queue.PriorityQueue[_Waiting] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._closing = False
        self._closing_lock = threading.Lock()  # no task is put behind what ends the keepers: it would wait for ever
        self._workers: dict[int, _Worker] = {}
        self._generation = 0
        self._keepers = [threading.Thread(target=self._keep, args=(slot,), daemon=True) for slot in range(count)]
        for keeper in self._keepers:
            keeper.start()

    def send(self, request: Request, expected: Expected, seconds: float, turn: int = 0) -> Future[Answer]:
        """Have a worker do what a request asks for. Of all that waits, the least turn goes first, then what came first.

        The future ends with its answer, or as `call` does; it is cancelled once the workers are to end.
        """
        future: Future[Answer] = Future()
        with self._closing_lock:
            if self._closing:
                _cancel(future)
            else:
                task = _Task(future, request, expected, seconds)
                self._tasks.put(_Waiting(turn, next(self._numbers), task))
        return future

    def close(self) -> None:
        """End the workers, whatever they are doing; what is not done by now is cancelled."""
        with self._closing_lock:
            self._closing = True
            for _ in self._keepers:
                self._tasks.put(_Waiting(math.inf, next(self._numbers), None))
        for worker in list(self._workers.values()):
            worker.kill()
        for keeper in self._keepers:
            keeper.join()

    def renew(self) -> None:
        """Have new workers do what is sent from now on: folders that their fence names may be other ones by now."""
        self._generation += 1

    def _keep(self, slot: int) -> None:
        while (task := self._tasks.get().task) is not None:
            if self._closing:
                _cancel(task.future)
                continue
            try:
                answers = self._worker(slot).call(task.request, task.expected, task.seconds)
            except BaseException as error:
                task.future.set_exception(error)
            else:
                task.future.set_result(answers)
        if slot in self._workers:
            self._workers.pop(slot).end()

    def _worker(self, slot: int) -> _Worker:
        """The worker of a slot; a new one if there is none, or none any more."""
        if slot in self._workers and not self._workers[slot].serves(self._generation):
            self._workers.pop(slot).end()
        if slot not in self._workers:
            self._workers[slot] = _Worker(self._memory_bytes, self._fence, self._generation)
        return self._workers[slot]


def _cancel(future: Future[Answer]) -> None:
    """Cancel a future and wake whoever waits for it, which `cancel` alone does not."""
    future.cancel()
    future.set_running_or_notify_cancel()


class _Worker:
    """One worker process and the pipe to it."""

    _starting = threading.Lock()  # processes are started one at a time: multiprocessing counts its children

    def __init__(self, memory_bytes: int, fence: Fence | None = None, generation: int = 0) -> None:
        context = worker_context()
        self._generation = generation
        self._ending, self._ended = threading.Lock(), False
        self._pipe, its_end = context.Pipe()
        with self._starting:
            self._process = context.Process(  # type: ignore[attr-defined]
                target=serve, args=(its_end, memory_bytes, fence), daemon=True
            )
            # A Ctrl-C is the run's affair; it would else reach the server of workers while it is still starting.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            self._process.start()
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        its_end.close()

    def serves(self, generation: int) -> bool:
        """Whether it is alive and of this generation."""
        return self._generation == generation and bool(self._process.is_alive())

    def call(self, request: Request, expected: Expected, seconds: float) -> Answer:
        """Send a request and wait for its answer.

        Raises:
            WorkerLateError: it was not there after so many seconds, and the worker was killed.
            WorkerDiedError: it ended of itself.
            AnswerRefusedError: its answer is none; the worker was killed, as nobody knows what became of it.
            LakeError: what it ran into is no file's fault.
        """
        try:
            with _Watch(seconds, self.kill) as watch:
                try:
                    self._pipe.send_bytes(wire.sent(request))
                    reply, tables = wire.receive_answer(self._pipe, request.items, expected)
                except LakeError:
                    self._process.kill()  # its answer is not waited for
                    self._process.join()
                    raise
                except (EOFError, OSError) as error:
                    self._process.join()
                    raise (WorkerLateError if watch.rang else WorkerDiedError) from error
            return wire.checked(reply, tables, request.items, expected)
        except AnswerRefusedError:
            self._process.kill()
            self._process.join()
            raise

    def kill(self) -> None:
        """Kill it, unless it has been ended: another thread may just have done that."""
        with self._ending:
            if not self._ended:
                self._process.kill()

    def end(self) -> None:
        """Kill it and leave nothing of it behind."""
        self.kill()
        self._process.join()
        with self._ending:
            self._ended = True
            self._process.close()
            self._pipe.close()


class _Watch:
    """Calls a function after so many seconds, unless the block is left before."""

    def __init__(self, seconds: float, ring: Callable[[], None]) -> None:
        self.rang = False
        self._ring = ring
        self._left = False
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._time_is_up)

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._left = True

    def _time_is_up(self) -> None:
        with self._lock:  # a worker that has answered a moment ago must not be killed over its next chunk
            if not self._left:
                self.rang = True
                self._ring()


def serve(pipe: Connection, memory_bytes: int, fence: Fence | None) -> None:
    """What a worker does all its life. It ends when its parent does, as the pipe then ends."""
    start_child(memory_bytes, fence)
    slices.listener = partial(wire.send_note, pipe)
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            reply, tables = answer(wire.received(pipe.recv_bytes()))
            wire.send_answer(pipe, reply, tables)
