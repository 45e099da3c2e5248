"""The publish step: the staged rows of all batches into the public tables, together with the run's account."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import task_run

from imr.fingerprint import step_versions
from imr.lake.account import BatchResult, RunAccount, account
from imr.lake.publishing import merge
from imr.lake.quarantine import drop_copies, keep_copies
from imr.lake.selection import Selection
from imr.lake.stamps import remember
from imr.lake.transaction import Transaction
from imr.records import Origin
from tasks.records import FileBatch, Place


class Publication:
    """One run's letters on their way into the tables: prepared by `publish` and `aggregate`, decided by `commit`."""

    def __init__(self, transaction: Transaction, selection: Selection) -> None:
        self.transaction = transaction
        self.selection = selection


@task(name="publish", cache_policy=NO_CACHE)
def publish(
    place: Place, publication: Publication, fetched: Sequence[FileBatch], batches: Sequence[BatchResult]
) -> RunAccount:
    """Prepare the partition files that this run's letters change, and write its account beside them."""
    transaction, selection = publication.transaction, publication.selection
    merged = merge(transaction, place.stage, [batch.staged for batch in batches if batch.failed_step is None])
    retries = [place.stage.get("fetch", batch.key(place.run_id), "lineage") for batch in fetched]
    origin = Origin(place.run_id, task_run.id, step_versions().extract)
    return account(transaction, place.stage, selection, retries, batches, merged, origin, operation="ingest")


@task(name="commit", cache_policy=NO_CACHE)
def commit(place: Place, publication: Publication, account: RunAccount, fetched: Sequence[FileBatch]) -> None:
    """Make everything that was prepared public at once, then put this run's affairs outside the tables in order."""
    keep_copies(place.lake, account.quarantined)
    publication.transaction.commit()
    kept_back = {entry["document_id"] for entry in account.quarantined}
    drop_copies(place.lake, {ref.document_id for ref in publication.selection.letters} - kept_back)
    remember(place.lake, publication.selection.stamps)
    for batch in fetched:  # every run asks its sources anew: what this one was told is of no further use
        place.stage.drop("fetch", batch.key(place.run_id))
