"""The fetch step: bytes from their source into the lake's raw store."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import task_run

from imr.fingerprint import step_versions
from imr.lake.fetch_rows import fetched_rows, retry_events
from imr.lake.raw_store import RawStore
from imr.lake.selection import removed
from imr.records import Origin
from imr.sources.fetching import fetch as fetch_file
from tasks.batch import current_workers
from tasks.lineage import lineage_of_step
from tasks.options import BATCH_RETRIES
from tasks.progress import advance
from tasks.records import FileBatch, Place


@task(name="fetch", task_run_name="fetch {batch.number}", cache_policy=NO_CACHE, **BATCH_RETRIES)
def fetch(place: Place, batch: FileBatch) -> FileBatch:
    """Fetch a batch of files; each one's bytes, or why they are not to be had, are in the stage afterwards."""
    key = batch.key(place.run_id)
    with lineage_of_step(place, "fetch", batch, key):
        if not place.stage.has("fetch", key):
            store = RawStore(place.lake.raw, removed(place.lake))
            items = [(file.uri, store) for file in batch.files]
            outcomes = current_workers().run(fetch_file, items, lambda done: advance("fetch", done))
            origin = Origin(place.run_id, task_run.id, step_versions().fetch)
            rows, retries = fetched_rows(batch.files, outcomes), retry_events(batch.files, outcomes, origin)
            place.stage.put("fetch", key, {"files": rows, "lineage": retries})
    return batch
