"""Running a letter step over a batch: once in the workers, with its result staged; or found done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from imr.errors import TRIED_AGAIN, Code, LakeError
from imr.fingerprint import LETTER_STEPS
from imr.lake.raw_store import RawStore
from imr.lake.stage import StageGoneError
from imr.publication.batch_steps.recognised_pages import bring_pages
from imr.publication.batch_steps.steps import BatchStep, SecondLook, Work, letter_step, staged_tables
from imr.publication.batches import LetterBatch
from imr.publication.caches import discard_damaged_pages
from imr.publication.run_context import RunContext
from imr.publication.selection import removed
from imr.records import Outcome
from imr.workers.batch import Ran

_TRIES = 5
"""How often a step is begun anew because the stage has lost what it needs."""


@dataclass(frozen=True, slots=True)
class StepDone:
    """What a step did of a batch: how many of its events have each status, and the codes of letters that end with it.

    `batch` may have fewer letters than the step was given: those that were removed meanwhile are no longer in it.
    `reused` tells that an earlier run had done it; `task_run_id` is the orchestrator's task run that did or found it.
    `remade` are the caches that were damaged and are made anew, by their paths below the lake.
    """

    batch: LetterBatch
    step: str
    reused: bool
    task_run_id: str | None
    statuses: Mapping[str, int]
    codes: Mapping[str, int]
    remade: tuple[str, ...] = ()


def run_step(run: RunContext, batch: LetterBatch, step: str, task_run_id: str | None = None) -> StepDone:
    """Do a step for a batch and stage the result, or find that an earlier run had done it.

    A removal takes whole batches out of the stage. Where it took what this step needs, the steps before are done
    again, for the letters that remain.

    Raises:
        LakeError: `lake_write_failed`; what else the workers cannot read, however often the stage is made anew.
    """
    why: BaseException | None = None
    for _ in range(_TRIES):
        try:
            return _run(run, batch, letter_step(run.lake, batch, step), task_run_id)
        except StageGoneError as error:
            why = error.__cause__
            batch = without_removed(run, batch)
            for before in LETTER_STEPS[: LETTER_STEPS.index(step)]:
                batch = run_step(run, batch, before, task_run_id).batch
    if why:
        raise why
    raise LakeError(Code.LAKE_WRITE_FAILED, "the stage does not keep what is put into it")


def without_removed(run: RunContext, batch: LetterBatch) -> LetterBatch:
    """The batch without letters that were removed by now; what was staged with them is staged no more."""
    gone = removed(run.lake)
    if gone.isdisjoint(ref.document_id for ref in batch.letters):
        return batch
    for step in LETTER_STEPS:
        run.stage.drop(step, batch.key(step))
    return batch.without(gone)


def _run(run: RunContext, batch: LetterBatch, step: BatchStep, task_run_id: str | None) -> StepDone:
    key = batch.key(step.name)
    is_there = run.stage.has(step.name, key)
    is_damaged = is_there and not run.stage.is_sound(step.name, key, (*step.makes, "lineage"))
    remade: tuple[str, ...] = (f"stage/{step.name}/{key}",) if is_damaged else ()
    reused = is_there and not is_damaged and _is_done(run, key, step.name)
    if reused:
        events = run.stage.get(step.name, key, "lineage")
        run.progress.advance(step.name, len(batch.letters))
    else:
        for again in LETTER_STEPS[LETTER_STEPS.index(step.name) :]:  # what comes after a step has read its results
            run.stage.drop(again, batch.key(again))
        if step.name == "ocr_cleanup":
            remade += discard_damaged_pages(run.lake, [ref.document_id for ref in batch.letters])
        work = step.prepare()
        tables = staged_tables(step, work, _worked(run, batch, step, work))
        run.stage.put(step.name, key, tables, in_parts=step.in_parts)
        events = tables["lineage"]
        if step.name == "ocr_cleanup":
            RawStore.of(run.lake).drop_copies(batch.letters)
    statuses = Counter(events["status"].to_pylist())
    for later in LETTER_STEPS[LETTER_STEPS.index(step.name) + 1 :]:
        run.progress.advance(later, statuses["quarantined"])  # they do not get there: nothing is to be waited for
    return StepDone(batch, step.name, reused, task_run_id, statuses, _codes(events), remade)


def _is_done(run: RunContext, key: str, step: str) -> bool:
    """Whether no letter of a batch that an earlier run did met a fault that may pass."""
    return TRIED_AGAIN.isdisjoint(_codes(run.stage.get(step, key, "lineage")))


def _codes(events: pa.Table) -> Counter[str]:
    return Counter(events.filter(pc.equal(events["status"], "quarantined"))["error_code"].to_pylist())


def _worked(run: RunContext, batch: LetterBatch, step: BatchStep, work: Work) -> Ran[str]:
    """What the workers make of a batch."""
    try:
        ran = run.workers.run(step.job(work.given, work.letters), work.letters, run.advance(step.name))
        return _looked_at_again(run, ran, step, work, step.second_look) if step.second_look else ran
    except LakeError as error:
        if error.code is not Code.LAKE_DAMAGED or step.name == LETTER_STEPS[0]:
            raise
        run.workers.renew()  # behind their fence, a stage that was moved away is still the one that they may read
        raise StageGoneError(f"{step.name}/{batch.key(step.name)}") from error


def _looked_at_again(run: RunContext, ran: Ran[str], step: BatchStep, work: Work, look: SecondLook) -> Ran[str]:
    """What was made, with that of the second look in place of what asked for it, all attempts kept."""
    again = [number for number, outcome in enumerate(ran.outcomes) if outcome.error and outcome.error.code == look.code]
    letters = [work.letters[number] for number in again]
    bring_pages(run.lake, [letter.document_id for letter in letters])
    job = step.job(work.given, letters, look)
    seconds = run.workers.run(job, letters, lambda _: None, chunk=1, seconds=look.seconds)
    merged = list(ran.outcomes)
    for number, second in zip(again, seconds.outcomes, strict=True):
        first = ran.outcomes[number].attempts
        later = (attempt._replace(number=attempt.number + len(first)) for attempt in second.attempts)
        merged[number] = Outcome(second.result, (*first, *later))
    return Ran(merged, {name: pa.concat_tables([rows, seconds.tables[name]]) for name, rows in ran.tables.items()})
