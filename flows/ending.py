"""What SIGTERM and a cancellation do to a run in a process of its own: the process ends at once, as after a kill.

Prefect would unwind the run, which waits for whatever is under way; but a lake is made for runs that are killed at any
moment. A worker sees the process end, and gives the run its state where it has none.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context
from uuid import UUID

import httpx
import psutil
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectException
from prefect.states import Cancelled

from imr.lake import journal

_SECONDS_FOR_COMMIT = 2.0
_SECONDS_BETWEEN = 1.0
CANCELLED = "Nothing of it is published, unless it was committed by then; run again to go on."


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """End this process by SIGTERM or SIGINT while the block runs, if it is the process of one run alone."""
    # Prefect's engine names its run there; in anybody else's process (a notebook, a test) signals are theirs.
    if "PREFECT__FLOW_RUN_ID" not in os.environ or threading.current_thread() is not threading.main_thread():
        yield
        return
    woken, waking = socket.socketpair()
    waking.setblocking(False)
    # A thread is woken even while the main one is in native code, where no handler is called.
    before = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(woken,), daemon=True).start()
    end_when_cancelled(UUID(os.environ["PREFECT__FLOW_RUN_ID"]))
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        waking.close()


def _watch(woken: socket.socket) -> None:
    with woken:
        while told := woken.recv(1):
            if told[0] in (signal.SIGTERM, signal.SIGINT):
                journal.deciding.acquire(timeout=_SECONDS_FOR_COMMIT)  # for good: nothing is decided any more
                exit_with_children(128 + told[0])


def end_when_cancelled(run_id: UUID) -> None:
    """Have a thread look whether a run is cancelled, and send this process SIGTERM if so.

    A worker may learn of it much later, and of a run without a worker nobody else does. The process must be the run's.
    """
    threading.Thread(target=copy_context().run, args=(_look, run_id), daemon=True).start()


def _look(run_id: UUID) -> None:
    with get_client(sync_client=True) as client:
        while True:
            time.sleep(_SECONDS_BETWEEN)
            with suppress(httpx.HTTPError, PrefectException):  # the server may be away for a while
                state = client.read_flow_run(run_id).state
                if state and (state.is_cancelling() or state.is_cancelled()):
                    client.set_flow_run_state(run_id, Cancelled(message=CANCELLED), force=True)
                    os.kill(os.getpid(), signal.SIGTERM)
                    return


def exit_with_children(code: int) -> None:
    """End this process with all that it has started: its workers, and its Prefect server if it has one."""
    with suppress(psutil.Error):
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                process.kill()
    os._exit(code)
