"""What a worker does with some letters of a batch, whichever the step: results one by one, then the rows of all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any

import pyarrow as pa

from imr.errors import Code, InternalError, LakeError, LetterError, ResourceError, UnreadableError, raised_at
from imr.lake.staged_rows import staged_rows
from imr.records import LetterRef
from imr.tables.schema import LARGEST
from imr.workers.slices import Made

Done = Sequence[tuple[LetterRef, Any]]
"""The letters that a step could do, each with its result."""


class LetterSlice(ABC):
    """Some letters of a batch in one step, as a worker has them in hand. Each result has its `sha256`."""

    def __init__(self, given: Mapping[str, Any], items: Sequence[Sequence[Any]]) -> None:
        self.given = given
        self.letters = [LetterRef(*item) for item in items]

    @abstractmethod
    def result(self, letter: LetterRef) -> Any:  # noqa: ANN401 - whatever the step makes
        """What the step makes of a letter.

        Raises:
            LetterError: nothing.
        """

    @abstractmethod
    def tables(self, done: Done) -> dict[str, pa.Table]:
        """The rows to stage of some results."""

    def fitted(self, result: Any) -> Any:  # noqa: ANN401 - whatever the step makes
        """A result of which no rows can be made as it is, without what their columns cannot hold."""
        return result

    def do(self, number: int) -> Any:  # noqa: ANN401 - whatever the step makes
        """The step's result for one of the letters."""
        return self.result(self.letters[number])

    def made(self, done: Mapping[int, Any]) -> Made:
        """The rows of the letters that could be done: one of which none can be made ends there, alone."""
        fits, errors = dict(done), dict[int, LetterError]()
        try:
            tables = self._of(fits)
        except _OF_NO_LETTER:
            raise
        except Exception:  # whatever it is: whose it is shows when each letter is tried by itself
            fits, errors = self._apart(fits)
            tables = self._of(fits)
        batches = {name: _one_batch(table) for name, table in tables.items()}
        return Made({number: result.sha256 for number, result in fits.items()}, errors, batches)

    def staged(self, file: str, *columns: str) -> pa.Table:
        """What a step before has staged of these letters: some columns of one of the files that this step is given."""
        return staged_rows(Path(self.given[file]), [letter.document_id for letter in self.letters], columns)

    def _of(self, results: Mapping[int, Any]) -> dict[str, pa.Table]:
        return self.tables([(self.letters[number], result) for number, result in results.items()])

    def _apart(self, results: dict[int, Any]) -> tuple[dict[int, Any], dict[int, LetterError]]:
        """What becomes of each letter of some whose rows cannot be made all together, found by halving them."""
        try:
            self._of(results)
        except _OF_NO_LETTER:
            raise
        except Exception:
            if len(results) > 1:
                numbers = list(results)
                halves = numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
                parts = [self._apart({number: results[number] for number in half}) for half in halves]
                return parts[0][0] | parts[1][0], parts[0][1] | parts[1][1]
            ((number, result),) = results.items()
            return self._alone(number, result)
        return results, {}

    def _alone(self, number: int, result: Any) -> tuple[dict[int, Any], dict[int, LetterError]]:  # noqa: ANN401
        """One letter's result as rows can be made of it, or why there can be none."""
        try:
            fitted = self.fitted(result)
            self._of({number: fitted})
        except _OF_NO_LETTER:
            raise
        except LetterError as error:
            return {}, {number: error}
        except MemoryError:
            return {}, {number: ResourceError(Code.OUT_OF_MEMORY, "its rows took more memory than they may")}
        except Exception as error:
            return {}, {number: InternalError(Code.INVALID_ROWS, f"no rows can be made of it: {raised_at(error)}")}
        return {number: fitted}, {}


_OF_NO_LETTER = (LakeError, OSError)


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


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
