"""The fetch step: bytes from their source into the lake's raw store."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import task_run

from imr.fingerprint import step_versions
from imr.lake.layout import Lake
from imr.lake.raw_store import RawStore
from imr.publication.events import retry_events
from imr.publication.selection import removed
from imr.records import Origin, Outcome
from imr.sources.fetched import fetched_rows
from imr.sources.fetching import Fetched, seconds_to_read
from imr.sources.fetching import fetch as fetch_file
from imr.sources.listing import SourceFile
from imr.sources.remote import is_remote
from imr.workers.batch import CHUNK, current_workers
from imr.workers.progress import advance
from tasks.asking import current_asker
from tasks.openlineage import lineage_of_step
from tasks.options import BATCH_RETRIES
from tasks.records import FileBatch, Place


@task(name="fetch", task_run_name="fetch {batch.number}", cache_policy=NO_CACHE, **BATCH_RETRIES)
def fetch(place: Place, batch: FileBatch) -> FileBatch:
    """Fetch a batch of files; each one's bytes, or why they are not to be had, are in the stage afterwards."""
    key = batch.key(place.run_id)
    with lineage_of_step(place, "fetch", batch, key):
        if not place.stage.has("fetch", key):
            outcomes = _outcomes(batch.files, place.lake)
            origin = Origin(place.run_id, task_run.id, step_versions().fetch)
            rows, retries = fetched_rows(batch.files, outcomes), retry_events(batch.files, outcomes, origin)
            place.stage.put("fetch", key, {"files": rows, "lineage": retries})
    return batch


def _outcomes(files: Sequence[SourceFile], lake: Lake) -> list[Outcome[Fetched]]:
    """What became of each file: those of this machine are read in the workers, all others by threads."""
    store = RawStore(lake.raw, removed(lake))
    remote = [file for file in files if is_remote(file)]
    local = [file for file in files if not is_remote(file)]
    asked = current_asker().fetch(remote, lake, store, _advance) if remote else []
    read = _read(local, store)
    outcomes = dict(zip(local, read, strict=True)) | {
        file: future.result() for file, future in zip(remote, asked, strict=True)
    }
    return [outcomes[file] for file in files]


def _read(files: Sequence[SourceFile], store: RawStore) -> list[Outcome[Fetched]]:
    """Read files of this machine. Parts of one that is read from front to back stay together in one worker."""
    workers, more = current_workers(), seconds_to_read([file.uri for file in files])
    chunk, seconds = (len(files), workers.limits.seconds + more) if more else (CHUNK, None)
    return workers.run(fetch_file, [(file.uri, store) for file in files], _advance, chunk=chunk, seconds=seconds)


def _advance(done: int) -> None:
    advance("fetch", done)
