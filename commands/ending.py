"""What Ctrl-C and SIGTERM do to a run of this process: it ends at once, as after a kill, but says so.

A lake is made for runs that are killed at any moment, so nothing is unwound: whatever is under way, be it a request, a
retry or a call into native code, cannot hold up the end. Only a commit that is decided is brought about first.
"""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from commands.failure import said_of
from imr.cli.console import end_live, say_wrong
from imr.lake import journal
from imr.lake.layout import LakeLayout
from imr.publication.lake_status import public_of
from imr.workers.signals import SIGNALS, exit_with_children, heard

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.client.schemas.objects import FlowRun, State

R = TypeVar("R")

SECONDS = 3.5
"""After a first signal, the process is gone by then, whatever its farewell is waiting for."""
_SECONDS_FOR_COMMIT = 2.0
_SECONDS_FOR_TELLING = 1.5

NOTHING_PUBLISHED = "nothing published; run again to go on"
DECIDED = "what was decided is published by the next run; run again to go on"


def ended_by_signals(call: Callable[[], R], farewell: Callable[[], None]) -> R:
    """Call something that SIGINT or SIGTERM ends together with this process, with 128 and the signal's number.

    The first signal lets `farewell` be said; a second one ends the process at once. The call has a thread of its own,
    so that this one does nothing but wait for signals, and Prefect, which would unwind the run, sees none.
    """
    answer = Future[R]()

    def work() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:
            answer.set_exception(error)

    worker = threading.Thread(target=copy_context().run, args=(work,), daemon=True)
    before = {number: signal.signal(number, lambda *_: None) for number in SIGNALS}
    try:
        with heard(partial(_end, count(), farewell)):
            worker.start()
            worker.join()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return answer.result()


def _end(earlier: Iterator[int], farewell: Callable[[], None], number: int) -> None:
    """End this process: after the farewell, or at once where a signal has come before."""
    end = partial(exit_with_children, 128 + number)
    if next(earlier):
        end()

    def last() -> None:
        try:
            farewell()
        finally:
            end()

    for thread in (threading.Thread(target=last), threading.Timer(SECONDS, end)):
        thread.daemon = True
        thread.start()


class Farewell:
    """What a run of this process says when it is broken off: to Prefect, and to whoever waits for it."""

    def __init__(self, lake: Path, *, as_json: bool) -> None:
        self._lake, self._as_json = LakeLayout(lake), as_json
        self._run_id: UUID | None = None

    def know(self, _flow: Flow[..., Any], flow_run: FlowRun, _state: State[Any]) -> None:
        """Take note of the flow run, once it has begun; a hook of Prefect."""
        from flows.ending import end_when_cancelled

        self._run_id = flow_run.id
        end_when_cancelled(flow_run.id)

    def __call__(self) -> None:
        """Say it. Nothing of this run is decided any more once this was called."""
        end_live()
        said = self._how_it_stands()
        if self._run_id:  # else it has not begun
            _at_once(partial(_tell_prefect, self._run_id, said), _tell_lineage)
        if self._as_json:
            print(json.dumps({"state": "Cancelled", "error_code": None, "error_message": said}), flush=True)
        else:
            say_wrong("Interrupted", f"{said}.")

    def _how_it_stands(self) -> str:
        # Never released: what is not decided by now never will be.
        if not journal.deciding.acquire(timeout=_SECONDS_FOR_COMMIT):
            return DECIDED
        with suppress(Exception):  # of a lake that is not there yet, or cannot be read, nothing was published
            if public := public_of(self._lake, str(self._run_id)):
                return f"{said_of(public)}; run again to go on with what is left, if anything is"
        return NOTHING_PUBLISHED


def _tell_prefect(run_id: UUID, said: str) -> None:
    from prefect.client.orchestration import get_client
    from prefect.states import Cancelled

    with suppress(Exception), get_client(sync_client=True) as client:
        client.set_flow_run_state(run_id, Cancelled(message=f"Interrupted: {said}."), force=True)


def _tell_lineage() -> None:
    from tasks.openlineage import abort

    abort(_SECONDS_FOR_TELLING)


def _at_once(*works: Callable[[], None]) -> None:
    """Do some works at the same time, and wait for them no longer than a farewell may take."""
    threads = [threading.Thread(target=work, daemon=True) for work in works]
    until = time.monotonic() + _SECONDS_FOR_TELLING
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
