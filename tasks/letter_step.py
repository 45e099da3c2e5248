"""What the three letter steps have in common: a batch run once, told to OpenLineage and to the log."""

from __future__ import annotations

from prefect.runtime import task_run

from imr.errors import Code
from imr.publication.batch_steps.running import StepDone, run_step
from imr.publication.batches import LetterBatch
from imr.publication.elsewhere import RunElsewhere
from imr.publication.run_context import RunContext
from tasks.log import run_log
from tasks.openlineage import reported_step


def run_letter_step(sent: RunContext | RunElsewhere, batch: LetterBatch, step: str) -> StepDone:
    """Do a step for a batch, or find it done; the log hears of it, loudly if letters went to quarantine just now."""
    with sent.here() as run, reported_step(run, step, batch, batch.key(step)):
        done = run_step(run, batch, step, task_run.id)
    log = run_log(step=step, batch=batch.number)
    for cache in done.remade:
        log.warning("damaged cache thrown away, it is made anew", code=Code.LAKE_DAMAGED, cache=cache)
    log.debug("batch done", reused=done.reused, **done.statuses)
    if done.codes and not done.reused:
        log.warning("files to quarantine", **done.codes)
    return done
