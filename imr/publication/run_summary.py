"""The summary of a run: what became of every file, in lineage, quarantine and one row of `commits`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from imr.errors import HELD_BY_THE_LETTER, Code, InternalError, LakeError, LetterError
from imr.fingerprint import step_versions
from imr.lake.public import read_table
from imr.lake.stage import StageStore
from imr.lake.transaction import Transaction
from imr.publication import quarantine
from imr.publication.batch_steps.running import StepDone
from imr.publication.batches import LetterBatch, StagedBatch
from imr.publication.events import Event, event, event_rows, letter_rows, of_run, rows_alike
from imr.publication.merging import Merged
from imr.publication.selection import Selection
from imr.records import Attempt, LetterRef, Origin
from imr.tables.declaration import COMMITS, LINEAGE, TABLES
from imr.tables.validation import Violation

_COUNTED = (
    "run_id", "files_in", "files_published", "files_skipped", "files_quarantined", "rows_added", "rows_removed",
)  # fmt: skip


_LONGEST_MESSAGE = 500  # characters
_SLOWEST = 20
"""Files that are named as those that took longest."""


class BatchResult(NamedTuple):
    """A batch as the steps left it: the steps that are done, and the step that failed as a whole, if any."""

    letters: LetterBatch
    staged: StagedBatch
    done: tuple[StepDone, ...]
    failed_step: str | None

    def only(self, documents: Collection[str]) -> BatchResult:
        """The batch without letters that are not among some documents."""
        return self._replace(staged=self.staged.only(documents))

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The rules that rows of these letters break."""
        documents = {ref.document_id for ref in self.staged.letters}
        return tuple(broken for done in self.done for broken in done.violations if broken.document_id in documents)

    def is_staged(self, stage: StageStore) -> bool:
        """Whether the stage still has what the steps made of it, and not what another run has made since."""
        keys = self.staged.keys
        return all(
            stage.has(done.step, keys[done.step]) and stage.seals(done.step, keys[done.step]) == done.seals
            for done in self.done
        )


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did, in numbers."""

    run_id: str
    commit_id: str
    files_in: int
    files_published: int
    files_skipped: int
    files_quarantined: int
    files_failed: int
    """Of those in quarantine, the files that were tried by this run."""
    rows_added: int
    rows_removed: int
    decisions: int
    tables: tuple[str, ...]
    quarantined: tuple[quarantine.Entry, ...] = field(default=(), repr=False)
    """The entries of this run's files in quarantine; the first `files_failed` of them were tried by it."""
    steps: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """How many events of each status each step has."""
    warnings: Mapping[str, int] = field(default_factory=dict)
    """How many of the published letters have each warning."""
    accepted: tuple[str, ...] = ()
    """What gates held against the commit and were told to let pass."""
    passed_over: Mapping[str, int] = field(default_factory=dict)
    """The files of its sources that were taken for no letters, by kind."""
    caches_remade: tuple[str, ...] = ()
    """The caches that were damaged, thrown away and made anew, by their paths below the lake."""
    step_ms: Mapping[str, int] = field(default_factory=dict)
    """Milliseconds that each step spent on files, over all workers."""
    slowest: tuple[tuple[str, int], ...] = field(default=(), repr=False)
    """The files that took longest, by name, and their milliseconds in all steps."""
    commits: int = 1
    """In how many pieces the run became public; `commit_id` is the last one's."""

    def plus(self, later: RunSummary) -> RunSummary:
        """What a run did up to and with a later piece."""
        sums = {name: getattr(self, name) + getattr(later, name) for name in _SUMS}
        failed = (*self.quarantined[: self.files_failed], *later.quarantined[: later.files_failed])
        not_tried = (*self.quarantined[self.files_failed :], *later.quarantined[later.files_failed :])
        touched = {*self.tables, *later.tables}
        return replace(
            later,
            **sums,
            tables=tuple(name for name in TABLES if name in touched),
            quarantined=(*failed, *not_tried),
            steps={
                step: _added(self.steps.get(step, {}), later.steps.get(step, {}))
                for step in {**self.steps, **later.steps}
            },
            warnings=_added(self.warnings, later.warnings),
            accepted=tuple(dict.fromkeys((*self.accepted, *later.accepted))),
            passed_over=_added(self.passed_over, later.passed_over),
            step_ms=_added(self.step_ms, later.step_ms),
            slowest=tuple(sorted((*self.slowest, *later.slowest), key=lambda item: (-item[1], item[0]))[:_SLOWEST]),
        )


_SUMS = (
    "files_in", "files_published", "files_skipped", "files_quarantined", "files_failed", "rows_added", "rows_removed",
    "decisions", "caches_remade", "commits",
)  # fmt: skip


def _added(some: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {name: some.get(name, 0) + more.get(name, 0) for name in {**some, **more}}


def summarise_run(
    transaction: Transaction,
    stage: StageStore,
    selection: Selection,
    fetched: Sequence[pa.Table],
    batches: Sequence[BatchResult],
    merged: Merged,
    origin: Origin,
    operation: str,
) -> RunSummary:
    """Write the summary of a run into its transaction.

    `fetched` are the retries of the fetch step; what the letter steps did is read from the stage.

    Raises:
        LakeError: `internal_error` when files in are not files published, skipped and quarantined.
    """
    letters = transaction.changes
    refs = {ref.document_id: ref for ref in selection.letters}
    staged = [_with_reuse(stage, batch, origin) for batch in batches]
    closing = [*_failed(zip(batches, staged, strict=True), origin), *_broken(merged, refs, origin)]
    published = rows_alike(letter_rows([refs[name] for name in merged.document_ids]), "publish", "ok", origin)
    new = [selection.passed, published, event_rows([*selection.events, *closing])]
    lineage = _commit_rows(transaction, [*fetched, *staged], new)
    failures = [*selection.failed, *_failures(staged, closing, refs)]
    reached = selection.reached(read_table(transaction.lake, "quarantine", ["source_uri"])["source_uri"])
    met = quarantine.Met(failures, selection.known_bad, frozenset(merged.document_ids), reached)
    entries = quarantine.update(transaction, met, refs.values(), step_versions().extract)
    result = RunSummary(
        run_id=origin.run_id,
        commit_id=transaction.commit_id,
        files_in=selection.files,
        files_published=len(merged.document_ids),
        files_skipped=selection.skipped,
        files_quarantined=len(failures) + len(selection.known_bad),
        files_failed=len(failures),
        rows_added=letters.rows_added,
        rows_removed=letters.rows_removed,
        decisions=merged.decisions,
        tables=transaction.changes.tables,
        quarantined=tuple(entries),
        steps=_step_counts(lineage),
        warnings=merged.warnings,
        step_ms=_milliseconds(lineage, "step"),
        slowest=_slowest(lineage, selection.names),
        caches_remade=tuple(path for batch in batches for done in batch.done for path in done.remade),
    )
    if result.files_in != result.files_published + result.files_skipped + result.files_quarantined:
        raise LakeError(Code.INTERNAL_ERROR, "files in are not files published, skipped and quarantined")
    note_commit(transaction, operation, **{name: getattr(result, name) for name in _COUNTED})
    return result


def note_commit(transaction: Transaction, operation: str, **columns: object) -> None:
    """Write the one row of `commits` that tells of this transaction; counts that it is not given are 0."""
    now = dt.datetime.now(dt.UTC)
    counts = {column.name: 0 for column in COMMITS.columns if column.kind in ("int32", "int64")}
    row = {**counts, **columns, "commit_id": transaction.commit_id, "committed_at": now, "operation": operation}
    row |= {"tables": transaction.changes.tables, "code_version": step_versions().extract}
    transaction.append("commits", now.date(), pa.Table.from_pylist([row], schema=COMMITS.schema))


def refused_letters(stage: StageStore, batches: Sequence[BatchResult]) -> set[str]:
    """The letters of a run that the present version refuses for what they hold, and for nothing else."""
    refused: set[str] = set()
    for batch in batches:
        for done in batch.done:
            if HELD_BY_THE_LETTER.isdisjoint(done.codes):
                continue  # not worth reading
            events = batch.staged.events(stage, done.step)
            ended = events.filter(pc.equal(events["status"], "quarantined"))
            codes = zip(ended["document_id"].to_pylist(), ended["error_code"].to_pylist(), strict=True)
            refused |= {document_id for document_id, code in codes if code in HELD_BY_THE_LETTER}
    return refused


def _with_reuse(stage: StageStore, batch: BatchResult, origin: Origin) -> pa.Table:
    """The staged events of a batch; for a step that an earlier run had done, this run's passing over it as well."""
    tables = [LINEAGE.schema.empty_table()]
    for done in batch.done:
        events = batch.staged.events(stage, done.step)
        tables.append(of_run(events, origin.run_id, None if done.reused else done.task_run_id))
        if done.reused:
            ok = set(events.filter(pc.equal(events["status"], "ok"))["document_id"].to_pylist())
            letters = [ref for ref in batch.staged.letters if ref.document_id in ok]
            passing = Origin(origin.run_id, done.task_run_id, step_versions().of(done.step))
            tables.append(rows_alike(letter_rows(letters), done.step, "skipped", passing, skip_reason="staged"))
    return pa.concat_tables([table.replace_schema_metadata(None) for table in tables])


def _failed(batches: Iterable[tuple[BatchResult, pa.Table]], origin: Origin) -> Iterator[Event]:
    """The events of letters whose whole batch failed. They were not at fault, and are tried again; those that had
    ended in a step before, as the batch's own events tell, have ended.
    """
    for batch, events in batches:
        if batch.failed_step is not None:
            ended = set(events.filter(pc.equal(events["status"], "quarantined"))["document_id"].to_pylist())
            error = InternalError(Code.BATCH_FAILED, "the batch failed as a whole; see the task run")
            for ref in (ref for ref in batch.staged.letters if ref.document_id not in ended):
                yield _closing(batch.failed_step, ref, origin, error)


def _broken(merged: Merged, refs: Mapping[str, LetterRef], origin: Origin) -> Iterator[Event]:
    """The events of letters whose rows break a rule of the declaration."""
    broken: dict[str, list[str]] = {}
    for violation in merged.violations:
        said = f"{violation.table}.{violation.column} {violation.rule}"
        broken.setdefault(violation.document_id, []).append(said)
    for document_id, all_said in broken.items():
        error = InternalError(Code.INVALID_ROWS, "; ".join(all_said)[:_LONGEST_MESSAGE])
        yield _closing("publish", refs[document_id], origin, error)


def _closing(step: str, ref: LetterRef, origin: Origin, error: LetterError) -> Event:
    attempt = Attempt(1, dt.datetime.now(dt.UTC), 0, error)
    return event(step, "quarantined", ref.source_uri, origin, attempt, document_id=ref.document_id)


def _failures(
    staged: Sequence[pa.Table], closing: Sequence[Event], refs: Mapping[str, LetterRef]
) -> Iterator[quarantine.Failure]:
    """The letters of this run that did not make it, each once: those of the steps, then those of its end."""
    seen: set[str] = set()
    columns = ["document_id", "step", "error_code", "error_message"]
    of_steps = [
        (row["document_id"], row["step"], Code(row["error_code"]), row["error_message"])
        for table in staged
        for row in table.filter(pc.equal(table["status"], "quarantined")).select(columns).to_pylist()
    ]
    of_end = [(e.document_id, e.step, e.error_code, e.error_message) for e in closing]
    for document_id, *failure in [*of_steps, *of_end]:
        if document_id not in seen:
            seen.add(document_id)
            yield quarantine.Failure(document_id, refs[document_id].source_uri, refs[document_id].source_name, *failure)


def _commit_rows(transaction: Transaction, staged: Sequence[pa.Table], new: Sequence[pa.Table]) -> pa.Table:
    """Add the events to `lineage`, each under the date on which it happened and with this commit's id.

    Those of the stage may be there already, from a run that made use of the same work or was broken off once it was
    public; others are `new`.
    """
    staged_events, new_events = (_of_commit(transaction, tables) for tables in (staged, new))
    events = pa.concat_tables([staged_events, new_events])
    for date in pc.unique(_dates(events)):
        again = transaction.unseen("lineage", date.as_py(), _on(date, staged_events), on="event_id", by="started_at")
        transaction.append("lineage", date.as_py(), pa.concat_tables([again, _on(date, new_events)]))
    return events


def _of_commit(transaction: Transaction, tables: Sequence[pa.Table]) -> pa.Table:
    plain = [table.replace_schema_metadata(None) for table in (LINEAGE.schema.empty_table(), *tables)]
    events = pa.concat_tables(plain)
    index = events.schema.get_field_index("commit_id")
    commit_id = pa.repeat(pa.scalar(transaction.commit_id), events.num_rows)
    return events.set_column(index, events.schema.field(index), commit_id)


def _on(date: pa.Scalar, events: pa.Table) -> pa.Table:
    """The events of a date; where all are of it, as of a million that are passed over, they are not copied."""
    is_then = pc.equal(_dates(events), date)
    return events if pc.all(is_then, min_count=0).as_py() else events.filter(is_then)


def _dates(events: pa.Table) -> pa.ChunkedArray:
    """The date of each event; of no event at all a column of dates as well."""
    return pa.chunked_array(pc.cast(events["started_at"], pa.date32()).chunks, pa.date32())


def _milliseconds(lineage: pa.Table, by: str) -> dict[str, int]:
    """The time that events took, by one of their columns."""
    return dict(zip(*lineage.group_by(by).aggregate([("duration_ms", "sum")]).to_pydict().values(), strict=True))


def _slowest(lineage: pa.Table, names: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    times = _milliseconds(lineage.filter(pc.greater(lineage["duration_ms"], 0)), "source_uri")
    longest = sorted(times.items(), key=lambda item: (-item[1], item[0]))[:_SLOWEST]
    return tuple((names.get(uri, uri), ms) for uri, ms in longest)


def _step_counts(lineage: pa.Table) -> dict[str, dict[str, int]]:
    counts = lineage.group_by(["step", "status"], use_threads=False).aggregate([([], "count_all")])
    steps: dict[str, dict[str, int]] = {}
    for step, status, count in zip(*counts.to_pydict().values(), strict=True):
        steps.setdefault(step, {})[status] = count
    return steps
