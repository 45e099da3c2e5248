"""Publishing: the staged rows of a run's batches into the public tables, together with the run's summary."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from imr.errors import LakeError
from imr.fingerprint import step_versions
from imr.lake.files import lake_errors
from imr.lake.traces import kept_of
from imr.lake.transaction import Transaction
from imr.publication import gates
from imr.publication.batches import FetchedBatch
from imr.publication.dwc_index import merge_index
from imr.publication.gates import SoFar
from imr.publication.merging import merge, withdraw
from imr.publication.quarantine import keep_copies
from imr.publication.refused import forget_refused, keep_refused
from imr.publication.run_context import RunContext
from imr.publication.run_summary import BatchResult, RunSummary, refused_letters, summarise_run
from imr.publication.selection import Selection, decide_again
from imr.records import Origin
from imr.settings import GateLimits
from imr.sources.cache import remember
from imr.sources.dwc.crawl_cache import remember_crawls
from imr.sources.listing import Listing


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a run may publish: what it is done for, its gates, and those of them that are let pass."""

    operation: str = "ingest"
    limits: GateLimits = field(default_factory=GateLimits)
    accepted: Collection[str] = ()
    anew: Collection[str] = ()
    """Documents of which all rows are replaced, wherever they stand."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which piece of a run is to be published, counted from 1, after which others, and whether it is the last."""

    number: int
    so_far: SoFar
    is_last: bool

    @property
    def nth(self) -> str:
        """What the piece adds to the name of its tasks: nothing, or its number from the second on."""
        return "" if self.number == 1 else f" {self.number}"


class Publication:
    """A piece of a run on its way into the tables: prepared step by step, then decided by one commit.

    What was decided of them before this run was the only writer is decided again, and holds from now on.
    """

    def __init__(
        self, transaction: Transaction, selection: Selection, listing: Listing, terms: Terms, place: Place | None = None
    ) -> None:
        self.transaction = transaction
        self.place = place or Place(1, SoFar(), is_last=True)
        self.selection = decide_again(transaction.lake, selection, step_versions().extract, terms.anew)
        self.listing = listing
        self.terms = terms


def prepare(
    run: RunContext,
    publication: Publication,
    fetched: Sequence[FetchedBatch],
    batches: Sequence[BatchResult],
    task_run_id: str | None = None,
) -> RunSummary:
    """Prepare the partition files that a run's letters change, and write its summary beside them.

    A letter that was public and that the present version refuses for what it holds is taken out of the tables; one
    that met any other fault stays in them as it was. What a source's index says goes into them whatever became of the
    letters.

    Raises:
        LakeError: `gate_refused`. What the run had found is kept where a person can look at it.
    """
    transaction, selection, terms = publication.transaction, publication.selection, publication.terms
    so_far, more = publication.place.so_far, not publication.place.is_last
    chosen = {ref.document_id for ref in selection.letters}
    transaction.erase(_bytes_of_removed(run, selection, batches))
    batches = [batch.only(chosen) for batch in batches]
    whole = [batch for batch in batches if batch.failed_step is None]
    staged, broken = [batch.staged for batch in whole], [rule for batch in whole for rule in batch.violations]
    if publication.listing.index is not None:
        merge_index(transaction, publication.listing.index, selection.addresses_of_removed)
    merged = merge(transaction, run.stage, staged, broken, terms.anew)
    withdraw(transaction, refused_letters(run.stage, batches))
    refusals = [
        *gates.row_counts(terms.limits, transaction, so_far),
        *gates.drift(terms.limits, run.lake, run.stage, staged, so_far, more_to_come=more),
    ]
    origin = Origin(run.run_id, task_run_id, step_versions().extract)
    retries = [batch.retries for batch in fetched]
    done = summarise_run(transaction, run.stage, selection, retries, batches, merged, origin, terms.operation)
    refusals += gates.error_budget(terms.limits, done.files_published + done.files_failed, done.files_failed, so_far)
    try:
        passed = gates.pass_gates(refusals, terms.accepted)
    except LakeError as refusal:
        keep_refused(run.lake, run.run_id, refusal.message, done.quarantined)
        raise
    return replace(done, accepted=tuple(f"{refusal.gate}: {refusal.why}" for refusal in passed))


def commit(run: RunContext, publication: Publication, summary: RunSummary) -> None:
    """Make everything that was prepared public at once.

    Raises:
        LakeError: `lake_write_failed`.
    """
    with lake_errors():
        keep_copies(run.lake, summary.quarantined)
    publication.transaction.commit()


def settle(run: RunContext, publication: Publication, fetched: Sequence[FetchedBatch]) -> None:
    """Put the affairs of a run outside of the tables in order, once it is public.

    Raises:
        LakeError: `lake_write_failed`: a cache could not be kept, and the next run has to look for itself.
    """
    forget_refused(run.lake)
    more = not publication.place.is_last
    remember(run.lake, publication.selection.to_cache, publication.selection.removed, more_to_come=more)
    remember_crawls(run.lake, publication.listing.crawls)
    for done in fetched:  # every run reads its sources anew: what this one found there is of no further use
        run.stage.drop("fetch", done.batch.key(run.run_id))


def _bytes_of_removed(run: RunContext, selection: Selection, batches: Sequence[BatchResult]) -> Iterator[Path]:
    """What this run has kept of letters before it heard that they were removed."""
    removed = selection.removed
    yield from kept_of(run.lake, removed)
    for batch in batches if removed else ():
        if not removed.isdisjoint(ref.document_id for ref in batch.staged.letters):
            yield from (run.stage.folder(step, key) for step, key in batch.staged.keys.items())
