"""OpenLineage events of a run: a start and an end for the flow, its steps' batches and its commit.

Where it is switched off, neither the events nor the library are even imported.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from prefect.client.schemas.objects import State
from prefect.context import TaskRunContext
from prefect.runtime import flow_run

from imr.errors import Code, ImrError, InternalError
from imr.lake.transaction import Transaction
from imr.openlineage.sending import Sender, sender
from imr.publication.batches import FileBatch, LetterBatch
from imr.publication.run_context import RunContext

if TYPE_CHECKING:
    from openlineage.client.event_v2 import InputDataset, RunEvent

    from imr.openlineage.events import JobRun
    from imr.openlineage.reporting import RunReporter

Ending = Callable[[State[Any]], State[Any]]
"""Is told the state that a flow run ends in, and gives it back."""

_under_way: dict[str, RunReporter] = {}
"""The runs of this process, and the steps of these, that have started and not ended, by their ids."""

_aborted: set[Sender] = set()
"""The senders of runs that were ended from outside."""

_changing = threading.Lock()
"""Held while something begins or ends, or all that is under way is aborted."""


@contextmanager
def reported_flow() -> Iterator[tuple[RunReporter | None, Ending]]:
    """Report the flow run that this block is; gives the reporter for all that is done inside of it, if there is one.

    The ending that the block is given wants to know the final state: a flow may fail without raising anything.

    Raises:
        SetupError: `lineage_not_set_up`: events are asked for and cannot be sent.
    """
    sends = sender()
    if sends is None:
        yield None, lambda state: state
        return
    from imr.openlineage.events import JobRun
    from imr.openlineage.reporting import RunReporter

    run, states = JobRun(flow_run.id, flow_run.flow_name), list[State[Any]]()

    def ending(state: State[Any]) -> State[Any]:
        states.append(state)
        return state

    reporter = RunReporter(run, sends)
    try:
        with _reported(reporter, list, lambda: _flow_ended(run, states)):
            yield reporter, ending
    finally:
        sends.close()


@contextmanager
def reported_step(run: RunContext, step: str, batch: FileBatch | LetterBatch, key: str) -> Iterator[None]:
    """Report the batch of a step that this block is. What became of it is read from its stage."""
    if run.reporter is None:
        yield
        return
    from imr.openlineage import datasets, steps

    reused = run.stage.has(step, key)
    job = run.reporter.run.of_step(step, batch.number)

    def inputs() -> list[InputDataset]:
        if isinstance(batch, FileBatch):
            return datasets.source_folders(file.uri for file in batch.files)
        return datasets.read_by(step, run.lake)

    def done() -> RunEvent:
        if isinstance(batch, FileBatch):
            return steps.fetched(job, run.lake, key, inputs(), reused=reused)
        return steps.worked(job, run.lake, step, key, inputs(), reused=reused)

    with _reported(run.reporter._replace(run=job), inputs, done):
        yield


@contextmanager
def reported_commit(run: RunContext, transaction: Transaction, piece: int = 1) -> Iterator[None]:
    """Report the commit that this block is: that of a piece of the run."""
    if run.reporter is None:
        yield
        return
    from imr.openlineage import datasets, steps

    job = run.reporter.run.of_step("publish", piece)
    tables = transaction.changes.tables
    with _reported(
        run.reporter._replace(run=job),
        lambda: datasets.merged_tables(transaction.lake, tables),
        lambda: steps.published(job, transaction),
    ):
        yield


@contextmanager
def _reported(
    reporter: RunReporter, inputs: Callable[[], list[InputDataset]], done: Callable[[], RunEvent]
) -> Iterator[None]:
    """One start and one end: a task that will be tried again has not ended."""
    from imr.openlineage import events

    run, send = reporter.run, reporter.sender.send
    first, last = _attempt()
    with _changing:
        if reporter.sender not in _aborted:  # else its run is ending, and nothing begins any more
            _under_way[run.run_id] = reporter
            if first:
                send(lambda: events.started(run, inputs()))

    def end(make: Callable[[], RunEvent]) -> None:
        with _changing:
            if _under_way.pop(run.run_id, None):  # else it was aborted meanwhile
                send(make)

    try:
        yield
    except Exception as error:
        if last:
            said = events.without_text(error)
            end(lambda: events.failed(run, said, inputs()))
        raise
    except BaseException:
        end(lambda: events.aborted(run, inputs()))
        raise
    end(done)


def abort(seconds: float) -> None:
    """Tell of all that is under way in this process that it was ended from outside, and wait at most so long for that.

    For a process that is about to end without unwinding what it does.
    """
    with _changing:
        reporters = list(reversed(_under_way.values()))
        _aborted.update(reporter.sender for reporter in reporters)
        _under_way.clear()
    if not reporters:
        return
    from imr.openlineage import events

    for reporter in reporters:
        reporter.sender.send(partial(events.aborted, reporter.run))
    until = time.monotonic() + seconds
    for sends in {reporter.sender for reporter in reporters}:
        sends.close(max(0.0, until - time.monotonic()))


def _attempt() -> tuple[bool, bool]:
    """Whether this is the first and whether it is the last attempt at the task that is going on, if one is."""
    context = TaskRunContext.get()
    if context is None:
        return True, True
    count = context.task_run.run_count
    return count <= 1, count > context.task.retries


def _flow_ended(run: JobRun, states: list[State[Any]]) -> RunEvent:
    """The end of a flow run that raised nothing."""
    from imr.openlineage import events

    if not states or states[-1].is_completed():
        return events.completed(run)
    error = states[-1].data
    return events.failed(run, events.without_text(error if isinstance(error, ImrError) else _UNKNOWN))


_UNKNOWN = InternalError(Code.INTERNAL_ERROR, "the run failed; see the flow run")
