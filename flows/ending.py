"""What SIGTERM and a cancellation do to a run in a process of its own: the process ends at once, as after a kill.

Prefect would unwind the run, which waits for whatever is under way; but a lake is made for runs that are killed at any
moment. A worker sees the process end, and gives the run its state where it has none. That of a cancelled run is given
here: a worker first imports all flows, to look for hooks, and until then the run would hold its slots.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context
from functools import partial
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.exceptions import PrefectException
from prefect.states import Cancelled

from imr.lake import journal
from imr.workers.signals import exit_with_children, heard
from tasks.openlineage import abort

_SECONDS_FOR_COMMIT = 2.0
_SECONDS_FOR_PREFECT = 1.5
_SECONDS_FOR_LINEAGE = 1.0
_SECONDS_BETWEEN = 1.0
CANCELLED = "What it had committed by then is published, and nothing else; run again to go on."


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """End this process by SIGTERM or SIGINT while the block runs, if it is the process of one run alone."""
    # Prefect's engine names its run there; in anybody else's process (a notebook, a test) signals are theirs.
    if "PREFECT__FLOW_RUN_ID" not in os.environ or threading.current_thread() is not threading.main_thread():
        yield
        return
    run_id = UUID(os.environ["PREFECT__FLOW_RUN_ID"])
    with heard(partial(_end, run_id)):
        end_when_cancelled(run_id)
        yield


def _end(run_id: UUID, number: int) -> None:
    closing = _thread(_close, run_id)
    journal.deciding.acquire(timeout=_SECONDS_FOR_COMMIT)  # for good: nothing is decided any more
    abort(_SECONDS_FOR_LINEAGE)
    closing.join(_SECONDS_FOR_PREFECT)
    exit_with_children(128 + number)


def end_when_cancelled(run_id: UUID) -> None:
    """Have a thread look whether a run is cancelled, and send this process SIGTERM if so.

    A worker may learn of it much later, and of a run without a worker nobody else does. The process must be the run's.
    """
    _thread(_look, run_id)


def _look(run_id: UUID) -> None:
    with get_client(sync_client=True) as client:
        while not _closed(client, run_id):
            time.sleep(_SECONDS_BETWEEN)
    os.kill(os.getpid(), signal.SIGTERM)


def _close(run_id: UUID) -> None:
    with get_client(sync_client=True) as client:
        _closed(client, run_id)


def _closed(client: SyncPrefectClient, run_id: UUID) -> bool:
    """Whether a run is cancelled; its cancellation is final then."""
    with suppress(httpx.HTTPError, PrefectException):  # the server may be away for a while
        state = client.read_flow_run(run_id).state
        if state and state.is_cancelling():
            client.set_flow_run_state(run_id, Cancelled(message=CANCELLED), force=True)
        return state is not None and (state.is_cancelling() or state.is_cancelled())
    return False


def _thread(work: Callable[..., None], *about: object) -> threading.Thread:
    """A thread that talks to the same server as this one, and holds up no end."""
    thread = threading.Thread(target=copy_context().run, args=(work, *about), daemon=True)
    thread.start()
    return thread
