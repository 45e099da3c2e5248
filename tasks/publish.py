"""The publish step: the staged rows of all batches into the public tables, together with the run's summary."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import task_run

from imr.fingerprint import step_versions
from imr.lake.transaction import Transaction
from imr.publication import gates
from imr.publication.dwc_index import merge_index
from imr.publication.merging import merge, withdraw
from imr.publication.quarantine import keep_copies
from imr.publication.run_summary import BatchResult, RunSummary, refused_letters, summarise_run
from imr.publication.selection import Selection
from imr.records import Origin
from imr.settings import GateLimits
from imr.sources.cache import remember
from imr.sources.dwc.crawl_cache import remember_crawls
from imr.sources.listing import Listing
from tasks.openlineage import lineage_of_commit
from tasks.records import FileBatch, Place


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a run may publish: what it is done for, its gates, and those of them that are let pass."""

    operation: str = "ingest"
    limits: GateLimits = field(default_factory=GateLimits)
    accepted: Collection[str] = ()


class Publication:
    """One run's letters on their way into the tables: prepared by `publish` and `aggregate`, decided by `commit`."""

    def __init__(self, transaction: Transaction, selection: Selection, listing: Listing, terms: Terms) -> None:
        self.transaction = transaction
        self.selection = selection
        self.listing = listing
        self.terms = terms


@task(name="publish", task_run_name="publish", cache_policy=NO_CACHE)
def publish(
    place: Place, publication: Publication, fetched: Sequence[FileBatch], batches: Sequence[BatchResult]
) -> RunSummary:
    """Prepare the partition files that this run's letters change, and write its summary beside them.

    A letter that was public and that the present version refuses for what it holds is taken out of the tables. What
    a source's index says goes into them whatever became of the letters.

    Raises:
        LakeError: `gate_refused`.
    """
    transaction, selection, terms = publication.transaction, publication.selection, publication.terms
    staged = [batch.staged for batch in batches if batch.failed_step is None]
    merged = merge(transaction, place.stage, staged)
    withdraw(transaction, refused_letters(place.stage, batches) | {v.document_id for v in merged.violations})
    if publication.listing.index is not None:
        removed = [event["source_uri"] for event in selection.events if event.get("skip_reason") == "removed"]
        merge_index(transaction, publication.listing.index, removed)
    refusals = [
        *gates.row_counts(terms.limits, transaction),
        *gates.drift(terms.limits, place.lake, place.stage, staged),
    ]
    retries = [place.stage.get("fetch", batch.key(place.run_id), "lineage") for batch in fetched]
    origin = Origin(place.run_id, task_run.id, step_versions().extract)
    done = summarise_run(transaction, place.stage, selection, retries, batches, merged, origin, terms.operation)
    refusals += gates.error_budget(terms.limits, done.files_published + done.files_failed, done.files_failed)
    passed = gates.pass_gates(refusals, terms.accepted)
    return replace(done, accepted=tuple(f"{refusal.gate}: {refusal.why}" for refusal in passed))


@task(name="commit", task_run_name="commit", cache_policy=NO_CACHE)
def commit(place: Place, publication: Publication, summary: RunSummary, fetched: Sequence[FileBatch]) -> None:
    """Make everything that was prepared public at once, then put this run's affairs outside the tables in order."""
    with lineage_of_commit(publication.transaction):
        keep_copies(place.lake, summary.quarantined)
        publication.transaction.commit()
    remember(place.lake, publication.selection.to_cache)
    remember_crawls(place.lake, publication.listing.crawls)
    for batch in fetched:  # every run asks its sources anew: what this one was told is of no further use
        place.stage.drop("fetch", batch.key(place.run_id))
