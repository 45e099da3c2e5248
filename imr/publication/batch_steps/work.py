"""What the letter steps over a batch have in common: their parts, and the tables that they stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

import pyarrow as pa

from imr.errors import Code, InternalError, LakeError, LetterError, UnreadableError, raised_at
from imr.fingerprint import step_versions
from imr.lake.stage import StageGoneError
from imr.publication.events import step_events
from imr.records import LetterRef, Outcome
from imr.tables.schema import LARGEST

Done = Sequence[tuple[LetterRef, Any]]
"""The letters that a step could do, each with its result."""


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


@dataclass(frozen=True, slots=True)
class BatchStep:
    """One letter step over one batch.

    `prepare` reads what the step before staged, `function` is called for each letter in a worker, `tables` makes the
    rows to stage of the results, the tables that `makes` names.
    """

    name: str
    makes: tuple[str, ...]
    function: Callable[..., Any]
    prepare: Callable[[], Work]
    tables: Callable[[Done], dict[str, pa.Table]]
    second_look: SecondLook | None = None
    fitted: Callable[[Any], Any] = lambda result: result
    """A result of which no rows can be made as it is, without what their columns cannot hold."""


def staged_tables(step: BatchStep, work: Work, outcomes: Sequence[Outcome[Any]]) -> dict[str, pa.Table]:
    """The tables that a step stages of a batch: the rows it made, and its events as `lineage`; all of no run yet."""
    made, outcomes = _made(step, work.letters, outcomes)
    version = step_versions().of(step.name)
    events = step_events(step.name, work.letters, outcomes, version, work.inputs, _row_counts(made))
    return {**made, "lineage": events}


def _made(
    step: BatchStep, letters: Sequence[LetterRef], outcomes: Sequence[Outcome[Any]]
) -> tuple[dict[str, pa.Table], list[Outcome[Any]]]:
    """The rows of a batch, and what became of its letters: one of which none can be made ends there, alone."""
    known = {ref.document_id: outcome for ref, outcome in zip(letters, outcomes, strict=True)}
    done = [(ref, known[ref.document_id].result) for ref in letters if known[ref.document_id].result is not None]
    try:
        made = step.tables(done)
    except _OF_NO_LETTER:
        raise
    except Exception:  # whatever it is: whose it is shows when each letter is tried by itself
        for ref, fitted in _apart(step, done):
            known[ref.document_id] = fitted.of(known[ref.document_id])
        done = [(ref, known[ref.document_id].result) for ref, _ in done if known[ref.document_id].result is not None]
        made = step.tables(done)
    return made, [known[ref.document_id] for ref in letters]


_OF_NO_LETTER = (LakeError, OSError, MemoryError, StageGoneError)


class _Fitted(NamedTuple):
    """What rows can be made of, or why of nothing."""

    result: Any
    error: LetterError | None = None

    def of(self, outcome: Outcome[Any]) -> Outcome[Any]:
        """The outcome of a letter, with this in place of its result."""
        last = outcome.attempts[-1]._replace(error=self.error)
        return Outcome(self.result, (*outcome.attempts[:-1], last))


def _apart(step: BatchStep, done: Done) -> list[tuple[LetterRef, _Fitted]]:
    """What becomes of each letter of some whose rows cannot be made all together, found by halving them."""
    try:
        step.tables(done)
    except _OF_NO_LETTER:
        raise
    except Exception:
        if len(done) > 1:
            half = len(done) // 2
            return [*_apart(step, done[:half]), *_apart(step, done[half:])]
        ((ref, result),) = done
        return [(ref, _fitted(step, ref, result))]
    return [(ref, _Fitted(result)) for ref, result in done]


def _fitted(step: BatchStep, ref: LetterRef, result: Any) -> _Fitted:  # noqa: ANN401 - whatever the step makes
    """One letter's result as rows can be made of it."""
    try:
        fitted = step.fitted(result)
        step.tables([(ref, fitted)])
    except _OF_NO_LETTER:
        raise
    except LetterError as error:
        return _Fitted(None, error)
    except Exception as error:
        return _Fitted(None, InternalError(Code.INVALID_ROWS, f"no rows can be made of it: {raised_at(error)}"))
    return _Fitted(fitted)


def rows_of(schema: pa.Schema, records: Sequence[object], columns: Mapping[str, Iterable[Any]]) -> pa.Table:
    """Rows of a table: the given columns, and each other one from the records' attribute of its name.

    Raises:
        UnreadableError: `too_many_parts` when a number is larger than its column holds.
    """
    arrays = [
        _array(field, columns[field.name] if field.name in columns else map(attrgetter(field.name), records))
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(field: pa.Field, values: Iterable[Any]) -> pa.Array:
    try:
        return pa.array(values, field.type)
    except (OverflowError, pa.ArrowInvalid) as error:
        if not pa.types.is_integer(field.type):
            raise
        message = f"the letter has more than {LARGEST[str(field.type)]} of what {field.name} counts"
        raise UnreadableError(Code.TOO_MANY_PARTS, message) from error


def _row_counts(tables: Mapping[str, pa.Table]) -> dict[str, int]:
    """How many rows each document has over all tables."""
    counts: dict[str, int] = {}
    for table in tables.values():
        for entry in table["document_id"].value_counts().to_pylist():
            counts[entry["values"]] = counts.get(entry["values"], 0) + entry["counts"]
    return counts
