"""The publish step: the staged rows of all batches into the public tables, together with the run's summary."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import task_run

from imr.errors import LakeError
from imr.publication import publishing
from imr.publication.batches import FetchedBatch
from imr.publication.publishing import Publication
from imr.publication.run_context import RunContext
from imr.publication.run_summary import BatchResult, RunSummary
from tasks.log import run_log
from tasks.openlineage import reported_commit


@task(name="publish", task_run_name="publish{publication.place.nth}", cache_policy=NO_CACHE)
def publish(
    run: RunContext, publication: Publication, fetched: Sequence[FetchedBatch], batches: Sequence[BatchResult]
) -> RunSummary:
    """Prepare the partition files that this run's letters change, and write its summary beside them.

    Raises:
        LakeError: `gate_refused`.
    """
    return publishing.prepare(run, publication, fetched, batches, task_run.id)


@task(name="commit", task_run_name="commit{publication.place.nth}", cache_policy=NO_CACHE)
def commit(run: RunContext, publication: Publication, summary: RunSummary, fetched: Sequence[FetchedBatch]) -> None:
    """Make everything that was prepared public at once, then put this run's affairs outside the tables in order."""
    with reported_commit(run, publication.transaction, publication.place.number):
        publishing.commit(run, publication, summary)
    try:
        publishing.settle(run, publication, fetched)
    except LakeError as error:  # of caches: what is public stays so
        run_log().warning("published, but caches could not be kept", why=error.message)
