"""Publishing: the staged rows of a run's batches into the public tables, together with the run's summary."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from imr.fingerprint import step_versions
from imr.lake.files import lake_errors
from imr.lake.transaction import Transaction
from imr.publication import gates
from imr.publication.batches import FileBatch
from imr.publication.dwc_index import merge_index
from imr.publication.merging import merge, withdraw
from imr.publication.quarantine import keep_copies
from imr.publication.run_context import RunContext
from imr.publication.run_summary import BatchResult, RunSummary, refused_letters, summarise_run
from imr.publication.selection import Selection
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


class Publication:
    """One run's letters on their way into the tables: prepared step by step, then decided by one commit."""

    def __init__(self, transaction: Transaction, selection: Selection, listing: Listing, terms: Terms) -> None:
        self.transaction = transaction
        self.selection = selection
        self.listing = listing
        self.terms = terms


def prepare(
    run: RunContext,
    publication: Publication,
    fetched: Sequence[FileBatch],
    batches: Sequence[BatchResult],
    task_run_id: str | None = None,
) -> RunSummary:
    """Prepare the partition files that a run's letters change, and write its summary beside them.

    A letter that was public and that the present version refuses for what it holds is taken out of the tables; one
    that met any other fault stays in them as it was. What a source's index says goes into them whatever became of the
    letters.

    Raises:
        LakeError: `gate_refused`.
    """
    transaction, selection, terms = publication.transaction, publication.selection, publication.terms
    staged = [batch.staged for batch in batches if batch.failed_step is None]
    if publication.listing.index is not None:
        removed = [event.source_uri for event in selection.events if event.skip_reason == "removed"]
        merge_index(transaction, publication.listing.index, removed)
    merged = merge(transaction, run.stage, staged, terms.anew)
    withdraw(transaction, refused_letters(run.stage, batches))
    refusals = [
        *gates.row_counts(terms.limits, transaction),
        *gates.drift(terms.limits, run.lake, run.stage, staged),
    ]
    retries = [run.stage.get("fetch", batch.key(run.run_id), "lineage") for batch in fetched]
    origin = Origin(run.run_id, task_run_id, step_versions().extract)
    done = summarise_run(transaction, run.stage, selection, retries, batches, merged, origin, terms.operation)
    refusals += gates.error_budget(terms.limits, done.files_published + done.files_failed, done.files_failed)
    passed = gates.pass_gates(refusals, terms.accepted)
    return replace(done, accepted=tuple(f"{refusal.gate}: {refusal.why}" for refusal in passed))


def commit(run: RunContext, publication: Publication, summary: RunSummary) -> None:
    """Make everything that was prepared public at once.

    Raises:
        LakeError: `lake_write_failed`.
    """
    with lake_errors():
        keep_copies(run.lake, summary.quarantined)
    publication.transaction.commit()


def settle(run: RunContext, publication: Publication, fetched: Sequence[FileBatch]) -> None:
    """Put the affairs of a run outside of the tables in order, once it is public."""
    remember(run.lake, publication.selection.to_cache)
    remember_crawls(run.lake, publication.listing.crawls)
    for batch in fetched:  # every run reads its sources anew: what this one found there is of no further use
        run.stage.drop("fetch", batch.key(run.run_id))
