"""The DAG: letters through all steps and into the tables, whatever the run that wants it is for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import UUID

from prefect import unmapped
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture, as_completed
from prefect.runtime import flow_run
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.artifacts import leave_artifacts, leave_refused
from flows.beginning import begin
from flows.ending import ended_by_sigterm
from flows.events import announce, announce_refusal
from flows.progress import progress_shown
from flows.report import closing_state, failed_state, in_a_sentence
from imr.errors import Code, LakeError, ListingError, SetupError
from imr.fingerprint import LETTER_STEPS, step_versions
from imr.lake.layout import LakeLayout
from imr.lake.shared_store import use_store
from imr.lake.transaction import writing
from imr.publication.batch_steps.running import StepDone, without_removed
from imr.publication.batches import FetchedBatch, FileBatch, LetterBatch, in_batches, letter_batches
from imr.publication.caches import discard_damaged
from imr.publication.gates import SoFar, days_without_new
from imr.publication.memory import give_back
from imr.publication.pieces import Backlog, Pace, Piece, listed_with
from imr.publication.publishing import Place, Publication, Terms
from imr.publication.refused import last_refused
from imr.publication.run_context import Engine, RunContext, run_context
from imr.publication.run_summary import BatchResult, RunSummary
from imr.publication.selection import select
from imr.records import Origin
from imr.settings import THREADS, Alerts, CommitEvery, CrawlPolicy
from imr.sources.cache import Known
from imr.sources.fetched import fetched_files
from imr.sources.listing import Listing
from imr.workers import landlock
from imr.workers.progress import Progress
from tasks.aggregate import aggregate
from tasks.engines import check_engine, engine_of
from tasks.extract import extract
from tasks.fetch import fetch
from tasks.log import about, core_heard, run_log
from tasks.ocr_cleanup import ocr_cleanup
from tasks.openlineage import reported_flow
from tasks.publish import commit, publish
from tasks.section_split import section_split

if TYPE_CHECKING:
    from imr.openlineage.reporting import RunReporter

BATCHES_AT_ONCE = 4
"""Batches in hand at the same time: while one is written to the stage, the workers have another."""

BATCHES_FOR_A_THREAD = 4
"""Of an engine, in a run's first turn: threads that are done early take from those that are not."""

TASK_RUNNER = cast(
    "TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=BATCHES_AT_ONCE * len(LETTER_STEPS))
)
"""Threads only wait, each for a step of a batch: what is heavy runs in the worker processes."""


_FILES_NAMED = 20  # in the log; the artifact and the table have more


class Effort(NamedTuple):
    """How a run goes about its work: letters in a batch, worker processes, seconds to wait for another run, how it
    behaves towards the servers that it reaches, how much of it becomes public at a time, and the engine of the letter
    steps.
    """

    batch_size: int
    worker_count: int | None
    lock_timeout: float
    crawl_policy: CrawlPolicy
    commit_every: CommitEvery = CommitEvery()
    engine: str = THREADS

    def pace(self, engine: Engine | None) -> Pace:
        """How a run that has just begun cuts its files."""

        def wide() -> int:
            return self.batch_size * BATCHES_FOR_A_THREAD * engine.threads() if engine else 0

        return Pace(self.commit_every, self.batch_size, self.batch_size * BATCHES_AT_ONCE, wide)


class ToDo(NamedTuple):
    """What a run is to bring in: files whose bytes are here and such as are to be fetched, and what else was listed.

    Of the documents in `anew`, all that is public is replaced.
    """

    known: Known
    listing: Listing = Listing((), {})
    anew: Collection[str] = ()


def carry_out(
    lake: LakeLayout,
    to_do: Callable[[RunContext], ToDo],
    terms: Terms,
    effort: Effort,
    alerts: Alerts,
    new_within_days: int | None = None,
    store: str | None = None,
) -> State[RunSummary]:
    """Carry out a flow run from what it has to do to its final state, with all that it reports on the way.

    `store` is where a lake that is to have one has its object store.
    """
    begin()
    public: RunSummary | None = None
    with ended_by_sigterm(), reported_flow() as (reporter, ending), about(lake=lake.root.name), core_heard():
        try:
            use_store(lake, store, effort.lock_timeout)
            with (
                progress_shown(),
                engine_of(effort.engine, effort.worker_count) as engine,
                _context(lake, effort, reporter, engine) as run,
            ):
                discarded = discard_damaged(lake)
                if not landlock.version():
                    run_log().info("workers are not kept from files of others: this kernel has no Landlock")
                for cache in discarded:
                    run_log().warning("damaged cache thrown away, it is made anew", code=Code.LAKE_DAMAGED, cache=cache)
                known, listing, anew = to_do(run)
                here, to_fetch = known.here, len(known.to_fetch)
                _name_with_count(run.run_id, here + to_fetch)
                run_log().info("files found", here=here, to_fetch=to_fetch)
                for piece in bring_in(run, known, listing, replace(terms, anew=anew), effort):
                    if public is None:
                        remade = (*discarded, *piece.caches_remade)
                        public = replace(piece, passed_over=listing.passed_over, caches_remade=remade)
                    else:
                        public = public.plus(piece)
                    _tell(piece, public, lake, alerts)
        except (LakeError, ListingError, SetupError) as error:
            announce_refusal(error, lake)
            if error.code is Code.GATE_REFUSED and (refused := last_refused(lake)):
                leave_refused(refused)
            run_log().error(
                "published no further" if public else "nothing published", code=error.code, reason=error.message
            )
            return ending(failed_state(error, public))
        assert public is not None, "a run has one piece at least"
        return ending(closing_state(public, stale_days(lake, new_within_days)))


def bring_in(run: RunContext, known: Known, listing: Listing, terms: Terms, effort: Effort) -> Iterator[RunSummary]:
    """Take letters through all steps and make them public: those whose bytes are here, and those to be fetched.

    What else the listing told is made public with them. Gives what became of each piece of them as soon as it is
    public; there is one at least.
    """
    pace, so_far = effort.pace(run.engine), SoFar()
    backlog = Backlog(run.lake, known, step_versions().extract, pace.at_once, terms.anew)
    run.progress.expect("fetch", len(known.to_fetch))
    for step in LETTER_STEPS:
        run.progress.expect(step, len(backlog))
    numbers = Numbers(count(1), count(1))
    for number in count(1):
        piece = next_piece(run, backlog, pace, numbers, terms, effort)
        give_back()
        place = Place(number, so_far, is_last=not backlog)
        now, listing = listed_with(listing, piece.selection, is_last=place.is_last)
        yield make_public(run, piece, now, terms, place, effort.lock_timeout)
        give_back()
        if place.is_last:
            return


class Numbers(NamedTuple):
    """The numbers of a run's next batches: of files to fetch, and of letters."""

    files: Iterator[int]
    letters: Iterator[int]


def next_piece(run: RunContext, backlog: Backlog, pace: Pace, numbers: Numbers, terms: Terms, effort: Effort) -> Piece:
    """Take on files until a piece has enough of them, and take these through all steps."""
    pace.begin()
    with run.workers_anew() as at_work:  # which end with it: publishing needs their memory
        piece = work_on(at_work, backlog.take(pace.next(len(backlog))), frozenset(), numbers, terms, effort)
        while files := pace.next(len(backlog)):
            met = piece.selection.met
            piece = piece.plus(work_on(at_work, backlog.take(files), met, numbers, terms, effort))
    return piece


def work_on(
    run: RunContext, known: Known, met: Collection[str], numbers: Numbers, terms: Terms, effort: Effort
) -> Piece:
    """Take some files through all steps; of documents that their piece has `met` already they are copies."""
    size = effort.batch_size
    fetched = fetch_all(run, [FileBatch(next(numbers.files), files) for files in in_batches([*known.to_fetch], size)])
    found = [*known.noted, *(file for done in fetched for file in fetched_files(done.files))]
    selection = select(
        run.lake,
        known.letters,
        found,
        Origin(run.run_id, None, step_versions().fetch),
        step_versions().extract,
        try_again=terms.operation == "replay",
        anew=terms.anew,
        passed=known.unchanged,
        met=met,
    )
    run_log().info("letters chosen", to_do=len(selection.letters), known_already=selection.skipped)
    for step in LETTER_STEPS:
        run.progress.expect(step, len(selection.letters) + known.unchanged.num_rows - selection.files)
    batches = work_through(run, letter_batches(selection.letters, size, numbers.letters))
    return Piece(selection, tuple(fetched), tuple(batches))


def fetch_all(run: RunContext, batches: Sequence[FileBatch]) -> list[FetchedBatch]:
    """Fetch all files that are not in the raw store. A batch that fails as a whole fails the run: nobody would know
    what its files were.
    """
    fetched = fetch.map(unmapped(run), list(batches)) if batches else []
    wait_for(fetched)
    return [future.result() for future in fetched]


def work_through(run: RunContext, batches: Sequence[LetterBatch]) -> list[BatchResult]:
    """Take all letters through the letter steps, batch by batch; a batch that fails does not hold up the others.

    Raises:
        LakeError: a batch could not be kept. That is no batch's own fault, and nothing of the run is published.
        SetupError: `engine_failed`, `engine_refused`: neither is that.
    """
    if not batches:
        return []
    with run.engine.mapped() if run.engine else nullcontext():
        futures = [_begun(run, batch) for batch in batches]
        wait_for([future for steps in futures for future in steps.values()], run.progress if run.engine else None)
        return [_batch_result(run, batch, steps) for batch, steps in zip(batches, futures, strict=True)]


def _begun(run: RunContext, batch: LetterBatch) -> dict[str, PrefectFuture[Any]]:
    """The tasks of a batch, one for each step. A batch has all of them before the next has its first: what is staged of
    it is soon done with, and while one batch is staged the workers have others.
    """
    cleaned = ocr_cleanup.submit(run, batch)
    split = section_split.submit(run, cleaned, return_state=False)
    extracted = extract.submit(run, split, return_state=False)
    return dict(zip(LETTER_STEPS, (cleaned, split, extracted), strict=True))


def wait_for(futures: Sequence[PrefectFuture[Any]], progress: Progress | None = None) -> None:
    """Wait until all tasks have ended, or one has met what ends the run: a disk that is full is full for all others.

    `progress` is told of letter steps that nobody in this process hears of.

    Raises:
        LakeError, SetupError: of the first task that raised one.
    """
    for future in as_completed(list(futures)):
        future.wait()  # until then it asks the server for its state, which learns of it later
        check_engine(future)
        error = future.state.result(raise_on_failure=False) if future.state.is_failed() else None
        if isinstance(error, LakeError | SetupError):
            raise error
        if progress and future.state.is_completed():
            done: StepDone = future.result()
            progress.advance(done.step, len(done.batch.letters))


def make_public(
    run: RunContext, piece: Piece, listing: Listing, terms: Terms, place: Place, lock_timeout: float
) -> RunSummary:
    """Publish what the steps made of a piece, with the summaries of it, in one commit.

    Batches that the stage has no more, or as another run has made them, are worked through once more, while others may
    write.
    """
    batches = piece.batches
    while True:
        with writing(run.lake, run.run_id, lock_timeout) as transaction:
            gone = [batch for batch in batches if not batch.is_staged(run.stage)]
            if not gone:
                publication = Publication(transaction, piece.selection, listing, terms, place)
                summary = publish(run, publication, piece.fetched, batches)
                if summary.rows_added or summary.rows_removed:
                    aggregate(publication)
                commit(run, publication, summary, piece.fetched)
                return summary
        run_log().info(
            "batches are done again: the stage has them no more, or as another run made them", batches=len(gone)
        )
        with run.workers_anew() as anew:
            left = [without_removed(anew, batch.letters) for batch in gone]
            for step in LETTER_STEPS:
                run.progress.expect(step, sum(len(batch.letters) for batch in left))
            again = work_through(anew, left)
        batches = (*(batch for batch in batches if batch not in gone), *again)


def stale_days(lake: LakeLayout, limit: int | None) -> int | None:
    """How many days the lake has had no new letter, if that is longer than it may."""
    days = days_without_new(lake) if limit is not None else None
    return days if days is not None and limit is not None and days > limit else None


def _context(
    lake: LakeLayout, effort: Effort, reporter: RunReporter | None, engine: Engine | None
) -> AbstractContextManager[RunContext]:
    return run_context(lake, flow_run.id, effort.crawl_policy, effort.worker_count, reporter, engine)


def _tell(piece: RunSummary, public: RunSummary, lake: LakeLayout, alerts: Alerts) -> None:
    """Tell of a piece that is public, and of all that is public of the run by now."""
    for entry in piece.quarantined[: min(piece.files_failed, _FILES_NAMED)]:
        file = {"file": entry.source_name, "document_id": entry.document_id}
        run_log(**file).warning("in quarantine", code=entry.error_code, step=entry.step)
    run_log().info(in_a_sentence(public), commit=piece.commit_id, rows=piece.rows_added)
    leave_artifacts(public, lake)
    announce(piece, lake, alerts)


def _name_with_count(run_id: str, files: int) -> None:
    """Put the number of files, known only now, into the name that the UI shows."""
    with get_client(sync_client=True) as client:
        # A run that is tried again has its count already.
        name = re.sub(r": [\d,]+ files$", "", client.read_flow_run(UUID(run_id)).name)
        client.update_flow_run(UUID(run_id), name=f"{name}: {files:,} files")


def _batch_result(run: RunContext, batch: LetterBatch, futures: dict[str, PrefectFuture[Any]]) -> BatchResult:
    done: list[StepDone] = []
    for step, future in futures.items():
        if not future.state.is_completed():
            return BatchResult(batch, batch.staged(run.run_id), tuple(done), step)
        done.append(future.result())
        batch = done[-1].batch
    return BatchResult(batch, batch.staged(run.run_id), tuple(done), None)
