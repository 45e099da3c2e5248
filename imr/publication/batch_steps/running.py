"""Running a letter step over a batch: once in the workers, with its result staged; or found done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

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
from imr.tables.declaration import LETTER_TABLES, TABLES
from imr.tables.validation import Violation, violations
from imr.workers.batch import Ran

_TRIES = 5
"""How often a step is begun anew because the stage has lost what it needs."""


@dataclass(frozen=True, slots=True)
class StepDone:
    """What a step did of a batch: how many of its events have each status, and the codes of letters that end with it.

    `batch` may have fewer letters than the step was given: those that were removed meanwhile are no longer in it.
    `reused` tells that an earlier run had done it; `task_run_id` is the orchestrator's task run that did or found it.
    `remade` are the caches that were damaged and are made anew, by their paths below the lake. `violations` are the
    rules that rows of it break: they may not become public. `seals` are of the staged tables of which all this is told.
    """

    batch: LetterBatch
    step: str
    reused: bool
    task_run_id: str | None
    statuses: Mapping[str, int]
    codes: Mapping[str, int]
    remade: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    seals: str = ""


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
    staged = _found(run, batch, step) if is_there else None
    remade: tuple[str, ...] = (f"stage/{step.name}/{key}",) if is_there and not staged else ()
    reused = staged is not None and TRIED_AGAIN.isdisjoint(_codes(staged.events))  # no fault in it that may pass
    if staged and reused:
        run.progress.advance(step.name, len(batch.letters))
    else:
        for again in LETTER_STEPS[LETTER_STEPS.index(step.name) :]:  # what comes after a step has read its results
            run.stage.drop(again, batch.key(again))
        if step.name == "ocr_cleanup":
            remade += discard_damaged_pages(run.lake, [ref.document_id for ref in batch.letters])
        staged = _made(run, batch, step)
        if step.name == "ocr_cleanup":
            RawStore.of(run.lake).drop_copies(batch.letters)
    statuses = Counter(staged.events["status"].to_pylist())
    for later in LETTER_STEPS[LETTER_STEPS.index(step.name) + 1 :]:
        run.progress.advance(later, statuses["quarantined"])  # they do not get there: nothing is to be waited for
    codes, seals = _codes(staged.events), run.stage.seals(step.name, key)
    return StepDone(batch, step.name, reused, task_run_id, statuses, codes, remade, staged.violations, seals)


class _Staged(NamedTuple):
    """What publishing has to know of the rows that a step has in the stage: its events, and which rules rows break."""

    events: pa.Table
    violations: tuple[Violation, ...]

    @classmethod
    def of(cls, tables: Iterable[tuple[str, pa.Table]]) -> _Staged:
        """The same of all tables of the step, `lineage` the last of them."""
        found: list[Violation] = []
        for name, rows in tables:
            found += violations(TABLES[name], rows) if name in _OF_LETTERS else ()
        return cls(rows, tuple(found))


_OF_LETTERS = frozenset(table.name for table in LETTER_TABLES)


def _made(run: RunContext, batch: LetterBatch, step: BatchStep) -> _Staged:
    """What a step has in the stage once it is done for a batch."""
    work = step.prepare()
    tables = staged_tables(step, work, _worked(run, batch, step, work))
    if run.stage.put(step.name, batch.key(step.name), tables, in_parts=step.in_parts):
        return _Staged.of(tables.items())
    return _Staged.of(_read(run, batch, step))


def _found(run: RunContext, batch: LetterBatch, step: BatchStep) -> _Staged | None:
    """What a step has in the stage; None where not all of it can be read, from its first byte to the last."""
    try:
        return _Staged.of(_read(run, batch, step))
    except LakeError:
        return None


def _read(run: RunContext, batch: LetterBatch, step: BatchStep) -> Iterator[tuple[str, pa.Table]]:
    for name in (*step.makes, "lineage"):
        yield name, run.stage.get(step.name, batch.key(step.name), name)


def _codes(events: pa.Table) -> Counter[str]:
    return Counter(events.filter(pc.equal(events["status"], "quarantined"))["error_code"].to_pylist())


def _worked(run: RunContext, batch: LetterBatch, step: BatchStep, work: Work) -> Ran[str]:
    """What the workers make of a batch."""
    try:
        job = step.job(work.given, work.letters)
        ran = run.workers.run(job, work.letters, run.advance(step.name), turn=batch.number)
        return _looked_at_again(run, batch, ran, step, work, step.second_look) if step.second_look else ran
    except LakeError as error:
        if error.code is not Code.LAKE_DAMAGED or step.name == LETTER_STEPS[0]:
            raise
        run.workers.renew()  # behind their fence, a stage that was moved away is still the one that they may read
        raise StageGoneError(f"{step.name}/{batch.key(step.name)}") from error


def _looked_at_again(
    run: RunContext, batch: LetterBatch, ran: Ran[str], step: BatchStep, work: Work, look: SecondLook
) -> Ran[str]:
    """What was made, with that of the second look in place of what asked for it, all attempts kept."""
    again = [number for number, outcome in enumerate(ran.outcomes) if outcome.error and outcome.error.code == look.code]
    letters = [work.letters[number] for number in again]
    bring_pages(run.lake, [letter.document_id for letter in letters])
    job = step.job(work.given, letters, look)
    seconds = run.workers.run(job, letters, lambda _: None, chunk=1, seconds=look.seconds, turn=batch.number)
    merged = list(ran.outcomes)
    for number, second in zip(again, seconds.outcomes, strict=True):
        first = ran.outcomes[number].attempts
        later = (attempt._replace(number=attempt.number + len(first)) for attempt in second.attempts)
        merged[number] = Outcome(second.result, (*first, *later))
    return Ran(merged, {name: pa.concat_tables([rows, seconds.tables[name]]) for name, rows in ran.tables.items()})
