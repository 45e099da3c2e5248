"""The `fetch` step over a batch: bytes from their sources into the raw store, and what was found at each address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pyarrow as pa

from imr.fingerprint import step_versions
from imr.lake.raw_store import RawStore
from imr.lake.stage import StageGoneError
from imr.publication.batches import FetchedBatch, FileBatch
from imr.publication.events import event, event_rows
from imr.publication.run_context import RunContext
from imr.publication.selection import removed
from imr.reading.media import MAX_BYTES
from imr.records import Origin, Outcome
from imr.sources.fetched import fetched_rows
from imr.sources.fetching import Fetched, fetch, seconds_to_read
from imr.sources.listing import SourceFile
from imr.sources.schemes import is_remote
from imr.tables.schema import FORMS
from imr.workers.batch import CHUNK, Job
from imr.workers.slices import Made


def run_fetch(run: RunContext, batch: FileBatch, task_run_id: str | None = None) -> FetchedBatch:
    """Fetch a batch of files, or find that this run had done it before it was broken off.

    What was fetched is handed on from memory: a removal may take it out of the stage at any moment.
    """
    key = batch.key(run.run_id)
    with suppress(StageGoneError):
        return FetchedBatch(batch, run.stage.get("fetch", key, "files"), run.stage.get("fetch", key, "lineage"))
    outcomes = _outcomes(run, batch.files)
    origin = Origin(run.run_id, task_run_id, step_versions().fetch)
    fetched = FetchedBatch(batch, fetched_rows(batch.files, outcomes), retry_events(batch.files, outcomes, origin))
    run.stage.put("fetch", key, {"files": fetched.files, "lineage": fetched.retries})
    return fetched


def retry_events(files: Sequence[SourceFile], outcomes: Sequence[Outcome[Fetched]], origin: Origin) -> pa.Table:
    """The events of all attempts but the last; the last one's depends on what is made of the file."""
    return event_rows(
        [
            event("fetch", "retried", file.uri, origin, attempt)
            for file, outcome in zip(files, outcomes, strict=True)
            for attempt in outcome.attempts[:-1]
        ]
    )


def _outcomes(run: RunContext, files: Sequence[SourceFile]) -> list[Outcome[Fetched]]:
    """What became of each file: those of this machine are read in the workers, all others by the client's threads."""
    store = RawStore.of(run.lake, removed(run.lake))
    remote = [file for file in files if is_remote(file.uri)]
    local = [file for file in files if not is_remote(file.uri)]
    futures = run.client.fetch(remote, run.lake, store, run.advance("fetch"))
    read = _read(run, local, store)
    outcomes = dict(zip(local, read, strict=True)) | {
        file: future.result() for file, future in zip(remote, futures, strict=True)
    }
    return [outcomes[file] for file in files]


def _read(run: RunContext, files: Sequence[SourceFile], store: RawStore) -> list[Outcome[Fetched]]:
    """Read files of this machine. Parts of one that is read from front to back stay together in one worker."""
    more = seconds_to_read([file.uri for file in files])
    chunk, seconds = (len(files), run.fetchers.limits.seconds + more) if more else (CHUNK, None)
    job: Job[tuple[str, str, int, str]] = Job(FetchSlice, {"raw": store.root, "never": sorted(store.never)}, Kept)
    items = [(file.uri,) for file in files]
    outcomes = run.fetchers.run(job, items, run.advance("fetch"), chunk=chunk, seconds=seconds).outcomes
    store.share([(kept[0], kept[1]) for kept, _ in outcomes if kept])
    return [Outcome(kept and Fetched(*kept), attempts) for kept, attempts in outcomes]


Kept = tuple[
    Annotated[str, msgspec.Meta(pattern=FORMS["document_id"])],
    Literal[".pdf", ".txt", ".bin"],
    Annotated[int, msgspec.Meta(ge=0, le=MAX_BYTES)],
    Annotated[str, msgspec.Meta(max_length=200)],
]
"""What a worker tells of a file that it has kept: the first fields of `Fetched`."""


class FetchSlice:
    """Files of this machine whose bytes go into the raw store that is given, unless they must `never` be kept."""

    def __init__(self, given: Mapping[str, Any], items: Sequence[Sequence[Any]]) -> None:
        self._store = RawStore(Path(given["raw"]), frozenset(given["never"]))
        self._items = items

    def do(self, number: int) -> Fetched:
        """Read a file and keep its bytes."""
        (uri,) = self._items[number]
        return fetch(uri, self._store)

    def made(self, done: Mapping[int, Fetched]) -> Made:
        """What was kept."""
        return Made({number: kept[:4] for number, kept in done.items()})
