"""The main flow, letters from their sources to published tables, and the same for those in quarantine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, cast

from prefect import flow, unmapped
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture, wait
from prefect.runtime import flow_run
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from pydantic import Field

from flows.report import closing_state, leave_artifacts
from imr.errors import Code
from imr.fingerprint import step_versions
from imr.lake.account import BatchResult, RunAccount
from imr.lake.fetch_rows import fetched_files
from imr.lake.gates import days_without_new
from imr.lake.quarantine import chosen, to_replay
from imr.lake.selection import Selection, select
from imr.lake.stamps import Known, recall
from imr.lake.transaction import writing
from imr.limits import Gate, GateLimits, Manners
from imr.records import Origin
from imr.sources.examples import EXAMPLES
from imr.sources.listing import Listing
from tasks.aggregate import aggregate
from tasks.asking import asking
from tasks.batch import workers
from tasks.extract import extract
from tasks.fetch import fetch
from tasks.letter_step import StepDone
from tasks.ocr_cleanup import ocr_cleanup
from tasks.progress import expect
from tasks.publish import Publication, Terms, commit, publish
from tasks.records import LETTER_STEPS, FileBatch, LetterBatch, Place, in_batches
from tasks.section_split import section_split

BATCH_SIZE = 500
BATCHES_AT_ONCE = 4
"""Batches in hand at the same time: while one is written to the stage, the workers have the next."""

TASK_RUNNER = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=BATCHES_AT_ONCE))
"""Threads only wait: what is heavy runs in the worker processes."""


LIMITS = GateLimits()
MANNERS = Manners()


Source = Annotated[
    str,
    Field(
        title="Source",
        description="; ".join(f"{example}: {meaning}" for example, meaning in EXAMPLES.values()),
        examples=[example for example, _ in EXAMPLES.values()],
    ),
]


def replay_name() -> str:
    """What a replay is called: what it tries again, and in which lake."""
    parameters = flow_run.parameters
    what = [*parameters["codes"], *parameters["files"]]
    return f"replay of {', '.join(map(str, what[:3])) or 'everything'} in {Path(parameters['lake']).name}"


def run_name() -> str:
    """What a flow run is called: the sources it reads and the lake it writes."""
    parameters = flow_run.parameters
    sources = [Path(source).name.lstrip("?") or source for source in parameters["sources"]]
    named = ", ".join(sources[:3]) + (f" and {len(sources) - 3} more" if len(sources) > 3 else "")
    return f"letters of {named} into {Path(parameters['lake']).name}"


@flow(
    name="letters",
    flow_run_name=run_name,
    task_runner=TASK_RUNNER,
    description="fetch → ocr_cleanup → section_split → extract → publish → aggregate",
)
def letters(
    sources: Annotated[list[Source], Field(description="Where letters are; each is an address of one of these kinds")],
    lake: Annotated[str, Field(description="Folder of the lake; made if it is not there")] = "data_lake",
    batch_size: Annotated[int, Field(ge=1, description="Letters in a batch, and so in a task run")] = BATCH_SIZE,
    worker_count: Annotated[int | None, Field(description="Worker processes; one per core unless told")] = None,
    lock_timeout: Annotated[float, Field(description="Seconds to wait for another run that writes the lake")] = 60.0,
    limits: Annotated[GateLimits, Field(description="How much a run may differ from what is expected of it")] = LIMITS,
    accept: Annotated[list[Gate], Field(description="Gates that are let pass in this run")] = [],  # noqa: B006
    new_within_days: Annotated[int | None, Field(description="Fail when no letter was new for so many days")] = None,
    manners: Annotated[Manners, Field(description="How the run behaves towards the servers it asks")] = MANNERS,
) -> State[RunAccount]:
    """Bring the lake up to date with its sources: new letters in, known ones passed over, bad ones to quarantine."""
    place = Place(Path(lake).absolute(), flow_run.id)
    terms = Terms("ingest", limits, accept)
    with asking(manners) as asker:
        listing = asker.listing(sources, place.lake, manners)
        known = recall(place.lake, listing.files)
        account = bring_in(place, known, listing, terms, batch_size, worker_count, lock_timeout)
    leave_artifacts(account, listing.passed_over)
    return closing_state(account, stale_days(place, new_within_days))


@flow(
    name="replay",
    flow_run_name=replay_name,
    task_runner=TASK_RUNNER,
    description="what is in quarantine once more: ocr_cleanup → section_split → extract → publish → aggregate",
)
def replay(
    lake: Annotated[str, Field(description="Folder of the lake")] = "data_lake",
    codes: Annotated[list[Code], Field(description="Error codes to try again; all unless told")] = [],  # noqa: B006
    since: Annotated[dt.date | None, Field(description="Only files that were last met on or after this day")] = None,
    files: Annotated[list[str], Field(description="Only these: file names, addresses or document ids")] = [],  # noqa: B006
    batch_size: Annotated[int, Field(ge=1, description="Letters in a batch, and so in a task run")] = BATCH_SIZE,
    worker_count: Annotated[int | None, Field(description="Worker processes; one per core unless told")] = None,
    lock_timeout: Annotated[float, Field(description="Seconds to wait for another run that writes the lake")] = 60.0,
    manners: Annotated[Manners, Field(description="How the run behaves towards the servers it asks")] = MANNERS,
) -> State[RunAccount]:
    """Try files in quarantine again from the bytes that were kept of them, poison or not."""
    place = Place(Path(lake).absolute(), flow_run.id)
    # What failed before may well fail again: no share of it says anything of the run.
    terms = Terms("replay", accepted=[Gate.ERROR_BUDGET])
    known = to_replay(place.lake, chosen(place.lake, codes, since, files))
    with asking(manners):
        account = bring_in(place, known, Listing((), {}), terms, batch_size, worker_count, lock_timeout)
    leave_artifacts(account, {})
    return closing_state(account)


def bring_in(
    place: Place,
    known: Known,
    listing: Listing,
    terms: Terms,
    batch_size: int,
    worker_count: int | None,
    lock_timeout: float,
) -> RunAccount:
    """Take letters through all steps and make them public: those whose bytes are here, and those to be fetched.

    What else the listing told is made public with them.
    """
    with workers(worker_count):
        fetched = fetch_all(place, [FileBatch(n, b) for n, b in enumerate(in_batches(known.to_fetch, batch_size), 1)])
        rows = [place.stage.get("fetch", batch.key(place.run_id), "files") for batch in fetched]
        origin = Origin(place.run_id, None, step_versions().fetch)
        found = [*known.noted, *(file for table in rows for file in fetched_files(table))]
        again = terms.operation == "replay"
        selection = select(place.lake, known.letters, found, origin, step_versions().extract, try_again=again)
        batches = work_through(
            place, [LetterBatch(n, b) for n, b in enumerate(in_batches(selection.letters, batch_size), 1)]
        )
    return make_public(place, selection, listing, fetched, batches, terms, lock_timeout)


def fetch_all(place: Place, batches: Sequence[FileBatch]) -> list[FileBatch]:
    """Fetch all files that are not in the raw store. A batch that fails as a whole fails the run: nobody would know
    what its files were.
    """
    expect("fetch", sum(len(batch.files) for batch in batches))
    return fetch.map(unmapped(place), list(batches)).result() if batches else []


def work_through(place: Place, batches: Sequence[LetterBatch]) -> list[BatchResult]:
    """Take all letters through the letter steps, batch by batch; a batch that fails does not hold up the others."""
    if not batches:
        return []
    for step in LETTER_STEPS:
        expect(step, sum(len(batch.letters) for batch in batches))
    cleaned = ocr_cleanup.map(unmapped(place), list(batches))
    split = section_split.map(unmapped(place), cleaned)
    extracted = extract.map(unmapped(place), split)
    wait([*cleaned, *split, *extracted])
    return [
        _batch_result(batch, dict(zip(LETTER_STEPS, futures, strict=True)))
        for batch, *futures in zip(batches, cleaned, split, extracted, strict=True)
    ]


def make_public(
    place: Place,
    selection: Selection,
    listing: Listing,
    fetched: Sequence[FileBatch],
    batches: Sequence[BatchResult],
    terms: Terms,
    lock_timeout: float,
) -> RunAccount:
    """Publish what the steps made, with the summaries of it, in one commit."""
    with writing(place.lake, place.run_id, lock_timeout) as transaction:
        publication = Publication(transaction, selection, listing, terms)
        account = publish(place, publication, fetched, batches)
        if account.rows_added or account.rows_removed:
            aggregate(publication)
        commit(place, publication, account, fetched)
    return account


def stale_days(place: Place, limit: int | None) -> int | None:
    """How many days the lake has had no new letter, if that is longer than it may."""
    days = days_without_new(place.lake) if limit is not None else None
    return days if days is not None and limit is not None and days > limit else None


def _batch_result(batch: LetterBatch, futures: dict[str, PrefectFuture[Any]]) -> BatchResult:
    done: list[StepDone] = []
    for step, future in futures.items():
        if not future.state.is_completed():
            return BatchResult(batch.staged(), _reused(done), step)
        done.append(future.result())
    return BatchResult(batch.staged(), _reused(done), None)


def _reused(done: Sequence[StepDone]) -> tuple[str, ...]:
    return tuple(step.step for step in done if step.reused)
