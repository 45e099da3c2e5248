"""Batches in worker processes: whatever a file does, it does to itself alone."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path

import psutil
import pytest

from imr.errors import Code, LakeError
from imr.workers.batch import FileLimits, Workers
from imr.workers.pool import Pool, _Worker
from imr.workers.slices import Calls, name_of
from imr.workers.wire import Answer, Expected, Request
from tests.operated.helpers import ROOT, wait_until
from tests.workers.calls import call, double, flaky, hang, note_down, wait_for

LIMITS = FileLimits(seconds=2.0, memory_bytes=1 << 30, attempts=3, backoff_seconds=0.01)


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    with Workers(2, LIMITS) as running:
        yield running


@pytest.mark.parametrize(
    ("way", "code", "attempts"),
    [
        pytest.param("hang", Code.TIMED_OUT, 2, id="a hang is killed at its deadline"),
        pytest.param("die", Code.WORKER_DIED, 2, id="a crash takes its worker with it"),
        pytest.param("devour", Code.OUT_OF_MEMORY, 1, id="too much memory is refused"),
        pytest.param("refuse", Code.EMPTY_FILE, 1, id="a bad file is not tried again"),
        pytest.param("blunder", Code.INTERNAL_ERROR, 1, id="a fault of ours stays with its file"),
    ],
)
def test_one_bad_file_leaves_the_others_alone(pool: Workers, way: str, code: Code, attempts: int) -> None:
    done: list[int] = []
    items = [(way if value == 5 else "", value) for value in range(40)]
    outcomes = pool.call(call, items, done.append)
    assert [outcome.result for outcome in outcomes] == [None if value == 5 else value * 2 for value in range(40)]
    assert outcomes[5].error is not None
    assert outcomes[5].error.code == code
    assert len(outcomes[5].attempts) == attempts
    assert sum(done) == 40


def test_the_message_of_a_fault_holds_no_letter_text(pool: Workers) -> None:
    (outcome,) = pool.call(call, [("blunder", 1)], lambda _: None)
    assert outcome.error is not None
    assert "KeyError in calls.py line" in outcome.error.message
    assert "words of a letter" not in outcome.error.message


def test_a_fault_of_the_lake_fails_the_batch_and_blames_no_file(pool: Workers) -> None:
    with pytest.raises(LakeError) as caught:
        pool.call(call, [("disk" if value == 5 else "", value) for value in range(40)], lambda _: None)
    assert caught.value.code == Code.LAKE_WRITE_FAILED


def test_whoever_waits_for_workers_that_are_ended_is_told() -> None:
    workers = Workers(1, FileLimits(seconds=60.0, memory_bytes=1 << 30, attempts=3, backoff_seconds=0.01))
    batches = [Future[object]() for _ in range(3)]  # one is under way, the others wait for the only worker

    def run(batch: Future[object]) -> None:
        try:
            batch.set_result(workers.call(hang, [(1,)], lambda _: None))
        except BaseException as error:
            batch.set_exception(error)

    for batch in batches:
        threading.Thread(target=run, args=(batch,), daemon=True).start()
    time.sleep(1)
    workers.close()
    assert [type(batch.exception(timeout=30)) for batch in batches] == [CancelledError] * 3
    with pytest.raises(CancelledError):
        workers.call(double, [(1,)], lambda _: None)


def test_of_all_that_waits_the_least_turn_goes_first(tmp_path: Path) -> None:
    only, done, go = Pool(1, LIMITS.memory_bytes), tmp_path / "done", tmp_path / "go"

    def send(turn: int, function: Callable[..., object], *arguments: str) -> Future[Answer]:
        request = Request(name_of(Calls), {"function": name_of(function)}, [list(arguments)])
        return only.send(request, Expected(), 60.0, turn)

    under_way = send(9, wait_for, str(go))
    wait_until(lambda: only._tasks.qsize() == 0, "the worker has something to do")
    waiting = [send(turn, note_down, str(done), str(turn)) for turn in (3, 1, 2, 1)]
    go.touch()
    for future in (under_way, *waiting):
        assert future.result().files[0].error is None
    only.close()
    assert done.read_text() == "1123"


_HOLDS_WORKERS = """
import sys
from dataclasses import replace
from tests.workers.calls import tell_and_hang
from tests.workers.test_batch import LIMITS
from imr.workers.batch import Workers
if __name__ == "__main__":
    Workers(2, replace(LIMITS, seconds=600.0)).call(tell_and_hang, [(sys.argv[1], n) for n in range(2)], print, chunk=1)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_workers_end_with_the_process_they_work_for(tmp_path: Path) -> None:
    run = subprocess.Popen([sys.executable, "-c", _HOLDS_WORKERS, str(tmp_path)], cwd=ROOT)
    wait_until(lambda: len([path for path in tmp_path.iterdir() if path.read_text()]) == 2, "the workers do not start")
    workers = [psutil.Process(int(path.read_text())) for path in tmp_path.iterdir()]
    run.kill()
    run.wait()
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert alive == []


@pytest.mark.parametrize(
    ("fails", "result", "attempts"),
    [
        pytest.param(0, "read", 1, id="no fault"),
        pytest.param(2, "read", 3, id="a fault that passes"),
        pytest.param(9, None, 3, id="a fault that stays"),
    ],
)
def test_a_passing_fault_is_tried_again(
    pool: Workers, tmp_path: Path, fails: int, result: str | None, attempts: int
) -> None:
    (outcome,) = pool.call(flaky, [(str(tmp_path / "marker"), fails)], lambda _: None)
    assert outcome.result == result
    assert [attempt.number for attempt in outcome.attempts] == list(range(1, attempts + 1))


def test_a_worker_that_its_keeper_has_just_ended_is_killed_in_peace() -> None:
    worker = _Worker(LIMITS.memory_bytes)
    worker.end()  # as its keeper does once it is told to, while `Pool.close` goes through the workers that it has found
    worker.kill()
