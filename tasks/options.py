"""What the tasks over batches have in common: Prefect tries a whole batch again for faults of the batch's own."""

from __future__ import annotations

from typing import TypedDict


class Retries(TypedDict):
    """The options of `prefect.task` for this."""

    retries: int
    retry_delay_seconds: list[float]
    retry_jitter_factor: float


BATCH_RETRIES = Retries(retries=2, retry_delay_seconds=[1, 10], retry_jitter_factor=0.5)
"""Files are retried inside their batch; this is for storage that fails or workers that cannot start."""
