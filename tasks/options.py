"""What the tasks over batches have in common: Prefect tries a whole batch again for faults of the batch's own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import Any, TypedDict

from prefect import Task
from prefect.client.schemas.objects import State, TaskRun

from imr.errors import ImrError


class Retries(TypedDict):
    """The options of `prefect.task` for this."""

    retries: int
    retry_delay_seconds: list[float]
    retry_jitter_factor: float
    retry_condition_fn: Callable[[Task[..., Any], TaskRun, State[Any]], bool]


def may_pass(_task: Task[..., Any], _task_run: TaskRun, state: State[Any]) -> bool:
    """Whether a failed batch may do better in some seconds: neither on a full disk, nor in a run that ends."""
    error = state.data
    return error.transient if isinstance(error, ImrError) else not isinstance(error, CancelledError)


BATCH_RETRIES = Retries(retries=2, retry_delay_seconds=[1, 10], retry_jitter_factor=0.5, retry_condition_fn=may_pass)
"""Files are retried inside their batch; this is for storage that fails or workers that cannot start."""
