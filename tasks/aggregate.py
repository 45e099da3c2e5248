"""The aggregate step: the summary tables, made anew from the tables as they will stand."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from imr.aggregation.by_year import aggregate_by_year
from imr.publication.publishing import Publication


@task(name="aggregate", task_run_name="aggregate{publication.place.nth}", cache_policy=NO_CACHE)
def aggregate(publication: Publication) -> dict[str, int]:
    """Prepare all summary tables; they become public together with what they sum up. Returns their row counts."""
    transaction = publication.transaction
    tables = aggregate_by_year(transaction.partitions, transaction.read)
    for name, rows in tables.items():
        transaction.write(name, rows)
    return {name: rows.num_rows for name, rows in tables.items()}
