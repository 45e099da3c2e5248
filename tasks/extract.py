"""The extract step: sections to records, every value with the words it came from."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from imr.publication.batch_steps.running import StepDone
from imr.publication.run_context import RunContext
from tasks.letter_step import run_letter_step
from tasks.options import BATCH_RETRIES


@task(name="extract", task_run_name="extract {split.batch.number}", cache_policy=NO_CACHE, **BATCH_RETRIES)
def extract(run: RunContext, split: StepDone) -> StepDone:
    """Extract the records of the letters of a batch that could be split."""
    return run_letter_step(run, split.batch, "extract")
