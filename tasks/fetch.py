"""The fetch step: bytes from their sources into the raw store, and what was found at each address into the stage."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import task_run

from imr.publication.batch_steps.fetch import run_fetch
from imr.publication.batches import FetchedBatch, FileBatch
from imr.publication.run_context import RunContext
from tasks.openlineage import reported_step
from tasks.options import BATCH_RETRIES


@task(name="fetch", task_run_name="fetch {batch.number}", cache_policy=NO_CACHE, **BATCH_RETRIES)
def fetch(run: RunContext, batch: FileBatch) -> FetchedBatch:
    """Fetch a batch of files; each one's bytes, or why they are not to be had, are in the stage afterwards."""
    with reported_step(run, "fetch", batch, batch.key(run.run_id)):
        return run_fetch(run, batch, task_run.id)
