"""The section split step: clean text to sections."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from imr.publication.batch_steps.running import StepDone
from imr.publication.run_context import RunContext
from tasks.letter_step import run_letter_step
from tasks.options import BATCH_RETRIES


@task(
    name="section_split", task_run_name="section_split {cleaned.batch.number}", cache_policy=NO_CACHE, **BATCH_RETRIES
)
def section_split(run: RunContext, cleaned: StepDone) -> StepDone:
    """Split the letters of a batch that could be read."""
    return run_letter_step(run, cleaned.batch, "section_split")
