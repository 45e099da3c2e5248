"""What the three letter steps have in common: run a batch in the workers once, stage the result, keep the lineage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from prefect.runtime import task_run

from imr.errors import Code
from imr.fingerprint import LETTER_STEPS, step_versions
from imr.publication.events import step_events
from imr.records import LetterRef, Origin, Outcome
from imr.workers.batch import current_workers
from imr.workers.progress import advance
from tasks.log import run_log
from tasks.openlineage import lineage_of_step
from tasks.records import LetterBatch, Place


@dataclass(frozen=True, slots=True)
class StepDone:
    """What a step did of a batch. `reused` tells that an earlier run had done it."""

    batch: LetterBatch
    step: str
    letters: int
    quarantined: int
    reused: bool


class Work(NamedTuple):
    """One batch of one step: the letters that got this far, what to call for each, and the hash of its input."""

    letters: Sequence[LetterRef]
    items: Sequence[tuple[Any, ...]]
    inputs: Mapping[str, str]


class SecondLook(NamedTuple):
    """What to do with the letters that a step gave up under one code: another function, alone and with more time."""

    code: Code
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    """What the function is given besides what the first one was."""
    seconds: float


Done = Sequence[tuple[LetterRef, Any]]
"""The letters that a step could do, each with its result."""


def run_letter_step(
    place: Place,
    batch: LetterBatch,
    step: str,
    function: Callable[..., Any],
    prepare: Callable[[], Work],
    tables: Callable[[Done], dict[str, pa.Table]],
    second_look: SecondLook | None = None,
) -> StepDone:
    """Do a step for a batch, or find it done: `prepare` reads what the step before staged, `function` runs in the
    workers, `tables` makes the rows to stage of the results.
    """
    key, reused = batch.key(step), True
    with lineage_of_step(place, step, batch, key):
        if not place.stage.has(step, key):
            reused = False
            work = prepare()
            outcomes = current_workers().run(function, work.items, lambda done: advance(step, done))
            if second_look:
                outcomes = _looked_at_again(outcomes, work, second_look)
            pairs = zip(work.letters, outcomes, strict=True)
            made = tables([(ref, outcome.result) for ref, outcome in pairs if outcome.result is not None])
            origin = Origin(place.run_id, task_run.id, step_versions().of(step))
            events = step_events(step, work.letters, outcomes, origin, work.inputs, _row_counts(made))
            place.stage.put(step, key, {**made, "lineage": events})
        else:
            advance(step, len(batch.letters))
    return _step_done(batch, step, place.stage.get(step, key, "lineage", ["status", "error_code"]), reused=reused)


def _step_done(batch: LetterBatch, step: str, events: pa.Table, *, reused: bool) -> StepDone:
    """What a step did, by its events; the log hears of it, loudly if letters went to quarantine just now."""
    ends = Counter(events["status"].to_pylist())
    log = run_log(step=step, batch=batch.number)
    log.debug("batch done", reused=reused, **ends)
    for later in LETTER_STEPS[LETTER_STEPS.index(step) + 1 :]:
        advance(later, ends["quarantined"])  # they do not get there: nothing is to be waited for
    if ends["quarantined"] and not reused:
        codes = events.filter(pc.equal(events["status"], "quarantined"))["error_code"].to_pylist()
        log.warning("files to quarantine", **Counter(codes))
    return StepDone(batch, step, ends["ok"], ends["quarantined"], reused)


def _looked_at_again(outcomes: Sequence[Outcome[Any]], work: Work, look: SecondLook) -> list[Outcome[Any]]:
    """The outcomes with those of the second look in place of those that asked for it, all attempts kept."""
    again = [number for number, outcome in enumerate(outcomes) if outcome.error and outcome.error.code == look.code]
    items = [(*work.items[number], *look.arguments) for number in again]
    seconds = current_workers().run(look.function, items, lambda _: None, chunk=1, seconds=look.seconds)
    merged = list(outcomes)
    for number, second in zip(again, seconds, strict=True):
        first = outcomes[number].attempts
        later = (attempt._replace(number=attempt.number + len(first)) for attempt in second.attempts)
        merged[number] = Outcome(second.result, (*first, *later))
    return merged


def _row_counts(tables: Mapping[str, pa.Table]) -> dict[str, int]:
    """How many rows each document has over all tables."""
    counts: dict[str, int] = {}
    for table in tables.values():
        for entry in table["document_id"].value_counts().to_pylist():
            counts[entry["values"]] = counts.get(entry["values"], 0) + entry["counts"]
    return counts
