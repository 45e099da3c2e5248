"""Signals that end a process: heard whatever its main thread is doing; and its end, with all that it has started."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context

import psutil

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def heard(tell: Callable[[int], None]) -> Iterator[None]:
    """Have a thread tell of each SIGINT and SIGTERM for which Python has a handler while the block runs.

    Python calls a handler in the main thread alone, which may be in native code, or asleep while the system has given
    the signal to another thread. To be called in the main thread.
    """
    woken, waking = socket.socketpair()
    waking.setblocking(False)
    before = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=copy_context().run, args=(_listen, woken, tell), daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        waking.close()


def _listen(woken: socket.socket, tell: Callable[[int], None]) -> None:
    with woken:
        while told := woken.recv(1):
            if told[0] in SIGNALS:
                tell(told[0])


def exit_with_children(code: int) -> None:
    """End this process with all that it has started: its workers, and its Prefect server if it has one."""
    with suppress(psutil.Error):
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                process.kill()
    os._exit(code)
