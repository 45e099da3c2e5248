"""The OCR cleanup step: bytes to raw text, raw text to clean text, with the map between."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from imr.publication.batch_steps.running import StepDone
from imr.publication.batches import LetterBatch
from imr.publication.run_context import RunContext
from tasks.letter_step import run_letter_step
from tasks.options import BATCH_RETRIES


@task(name="ocr_cleanup", task_run_name="ocr_cleanup {batch.number}", cache_policy=NO_CACHE, **BATCH_RETRIES)
def ocr_cleanup(run: RunContext, batch: LetterBatch) -> StepDone:
    """Read and clean the letters of a batch."""
    return run_letter_step(run, batch, "ocr_cleanup")
