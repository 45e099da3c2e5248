"""Running a letter step over a batch: once in the workers, with its result staged; or found done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from imr.errors import TRIED_AGAIN
from imr.fingerprint import LETTER_STEPS, step_versions
from imr.publication.batch_steps.work import BatchStep, SecondLook, Work, staged_tables
from imr.publication.batches import LetterBatch
from imr.publication.run_context import RunContext
from imr.records import Origin, Outcome


@dataclass(frozen=True, slots=True)
class StepDone:
    """What a step did of a batch: how many of its events have each status, and the codes of letters that end with it.

    `reused` tells that an earlier run had done it.
    """

    batch: LetterBatch
    step: str
    reused: bool
    statuses: Mapping[str, int]
    codes: Mapping[str, int]


def run_step(run: RunContext, batch: LetterBatch, step: BatchStep, task_run_id: str | None = None) -> StepDone:
    """Do a step for a batch and stage the result, or find that an earlier run had done it."""
    key = batch.key(step.name)
    reused = _is_done(run, batch, step.name)
    if reused:
        run.progress.advance(step.name, len(batch.letters))
    else:
        for again in LETTER_STEPS[LETTER_STEPS.index(step.name) :]:  # what comes after a step has read its results
            run.stage.drop(again, batch.key(again))
        work = step.prepare()
        outcomes = run.workers.run(step.function, work.items, run.advance(step.name))
        if step.second_look:
            outcomes = _looked_at_again(run, outcomes, work, step.second_look)
        origin = Origin(run.run_id, task_run_id, step_versions().of(step.name))
        run.stage.put(step.name, key, staged_tables(step, work, outcomes, origin))
    return _step_done(run, batch, step.name, reused=reused)


def _is_done(run: RunContext, batch: LetterBatch, step: str) -> bool:
    """Whether an earlier run did a step for a batch, and no letter of it met a fault that may pass."""
    key = batch.key(step)
    if not run.stage.has(step, key):
        return False
    codes = run.stage.get(step, key, "lineage", ["status", "error_code"])
    ended = codes.filter(pc.equal(codes["status"], "quarantined"))["error_code"].to_pylist()
    return TRIED_AGAIN.isdisjoint(ended)


def _step_done(run: RunContext, batch: LetterBatch, step: str, *, reused: bool) -> StepDone:
    """What a step did, by its staged events."""
    events = run.stage.get(step, batch.key(step), "lineage", ["status", "error_code"])
    statuses = Counter(events["status"].to_pylist())
    for later in LETTER_STEPS[LETTER_STEPS.index(step) + 1 :]:
        run.progress.advance(later, statuses["quarantined"])  # they do not get there: nothing is to be waited for
    codes = events.filter(pc.equal(events["status"], "quarantined"))["error_code"].to_pylist()
    return StepDone(batch, step, reused, statuses, Counter(codes))


def _looked_at_again(
    run: RunContext, outcomes: Sequence[Outcome[Any]], work: Work, look: SecondLook
) -> list[Outcome[Any]]:
    """The outcomes with those of the second look in place of those that asked for it, all attempts kept."""
    again = [number for number, outcome in enumerate(outcomes) if outcome.error and outcome.error.code == look.code]
    items = [(*work.items[number], *look.arguments) for number in again]
    seconds = run.workers.run(look.function, items, lambda _: None, chunk=1, seconds=look.seconds)
    merged = list(outcomes)
    for number, second in zip(again, seconds, strict=True):
        first = outcomes[number].attempts
        later = (attempt._replace(number=attempt.number + len(first)) for attempt in second.attempts)
        merged[number] = Outcome(second.result, (*first, *later))
    return merged
