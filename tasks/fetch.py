"""The fetch step: bytes from their source into the lake's raw store."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import task_run

from imr.fingerprint import step_versions
from imr.publication.batch_steps.fetch import fetch_tables
from imr.publication.batches import FileBatch
from imr.publication.run_context import RunContext
from imr.records import Origin
from tasks.openlineage import reported_step
from tasks.options import BATCH_RETRIES


@task(name="fetch", task_run_name="fetch {batch.number}", cache_policy=NO_CACHE, **BATCH_RETRIES)
def fetch(run: RunContext, batch: FileBatch) -> FileBatch:
    """Fetch a batch of files; each one's bytes, or why they are not to be had, are in the stage afterwards."""
    key = batch.key(run.run_id)
    with reported_step(run, "fetch", batch, key):
        if not run.stage.has("fetch", key):
            origin = Origin(run.run_id, task_run.id, step_versions().fetch)
            run.stage.put("fetch", key, fetch_tables(run, batch.files, origin))
    return batch
