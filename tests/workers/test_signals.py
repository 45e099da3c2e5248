"""Signals are told of in any thread that the system gives them to, and once for each."""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from imr.workers.signals import SIGNALS, heard


@pytest.fixture(autouse=True)
def nothing_else_happens() -> Iterator[None]:
    """As with any handler of Python's."""
    before = {number: signal.signal(number, lambda *_: None) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def _by_another_thread(number: int) -> None:
    """Have a thread get the signal for itself while the main one is asleep."""
    thread = threading.Thread(target=lambda: signal.pthread_kill(threading.get_ident(), number))
    thread.start()
    thread.join()


@pytest.mark.parametrize("number", [pytest.param(each, id=each.name) for each in SIGNALS])
@pytest.mark.parametrize(
    "send",
    [
        pytest.param(lambda number: os.kill(os.getpid(), number), id="to the process"),
        pytest.param(_by_another_thread, id="to a thread"),
    ],
)
def test_a_signal_is_told_of(send: Callable[[int], None], number: signal.Signals) -> None:
    told = queue.SimpleQueue[int]()
    with heard(told.put):
        for _ in range(2):
            send(number)
            assert told.get(timeout=60) == number
    assert told.empty()


def test_no_other_signal_is_told_of() -> None:
    told = queue.SimpleQueue[int]()
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    with heard(told.put):
        os.kill(os.getpid(), signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGTERM)
        assert told.get(timeout=60) == signal.SIGTERM
    signal.signal(signal.SIGUSR1, before)


def test_a_thread_is_told_while_the_main_one_sleeps() -> None:
    """Without a wakeup, a handler would wait for the main thread, which waits for the telling."""
    told = threading.Event()
    with heard(lambda _: told.set()):
        threading.Thread(target=lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM)).start()
        assert told.wait(60)
