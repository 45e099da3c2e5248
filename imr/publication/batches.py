"""The batches that a run hands from step to step: ids and addresses, never texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from imr.fingerprint import LETTER_STEPS, staged_by, step_versions
from imr.lake.stage import StageStore, stage_key
from imr.records import LetterRef
from imr.sources.listing import SourceFile
from imr.tables.declaration import DOCUMENTS, LETTER_TABLES

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class StagedBatch:
    """The letters of one batch that a run is to publish, and the keys under which the steps staged them.

    The stage may hold more letters under these keys: they count as if they were not there.
    """

    letters: tuple[LetterRef, ...]
    keys: Mapping[str, str]
    run_id: str

    def only(self, documents: Collection[str]) -> StagedBatch:
        """The batch without letters that are not among some documents."""
        return replace(self, letters=tuple(ref for ref in self.letters if ref.document_id in documents))

    def rows(self, stage: StageStore, table: str) -> pa.Table:
        """What the batch has for a table, as rows that this run makes public."""
        return _staged_rows(stage, staged_by(table), self, table)

    def events(self, stage: StageStore, step: str) -> pa.Table:
        """What a step did of each letter and attempt: rows of `lineage`, but for what says of which run they are."""
        return self._of_letters(stage.get(step, self.keys[step], "lineage"))

    def _of_letters(self, rows: pa.Table) -> pa.Table:
        ids = pa.array([ref.document_id for ref in self.letters], pa.string())
        return rows.filter(pc.is_in(rows["document_id"], value_set=ids)).replace_schema_metadata(None)


# A batch's letters go to a few neighbouring partitions, each of which asks for the same rows in turn.
@lru_cache(maxsize=len(LETTER_TABLES))
def _staged_rows(stage: StageStore, step: str, batch: StagedBatch, table: str) -> pa.Table:
    rows = batch._of_letters(stage.get(step, batch.keys[step], table))
    return _of_run(rows, batch.run_id) if table == DOCUMENTS.name else rows


def _of_run(documents: pa.Table, run_id: str) -> pa.Table:
    """The staged rows with what only the run knows that publishes them."""
    now = dt.datetime.now(dt.UTC)
    columns = {name: documents[name] for name in documents.schema.names}
    columns |= {"run_id": [run_id] * documents.num_rows, "first_seen_at": [now] * documents.num_rows}
    schema = DOCUMENTS.schema.remove_metadata()
    return pa.table([columns[name] for name in schema.names], schema=schema)


# An orchestrator may look for futures inside every dataclass and tuple it is handed; a plain class it takes as it is,
# which for hundreds of letters makes the difference between microseconds and tenths of a second.


class FileBatch:
    """Some files to fetch."""

    def __init__(self, number: int, files: Sequence[SourceFile]) -> None:
        self.number = number
        self.files = tuple(files)

    def key(self, run_id: str) -> str:
        """Their name in the fetch step's stage: every run reads its sources anew."""
        return stage_key(step_versions().fetch, (run_id, *(file.uri for file in self.files)))


class FetchedBatch:
    """Some files as they were fetched: what was found at each address, and the events of retries."""

    def __init__(self, batch: FileBatch, files: pa.Table, retries: pa.Table) -> None:
        self.batch = batch
        self.files = files
        self.retries = retries


class LetterBatch:
    """Some letters on their way through the steps."""

    def __init__(self, number: int, letters: Sequence[LetterRef]) -> None:
        self.number = number
        self.letters = tuple(letters)
        self._keys = dict[str, str]()

    def key(self, step: str) -> str:
        """Their name in a step's stage: made of all that its result depends on.

        That is their hashes and addresses, the code and rules up to the step, and how often they were tried.
        """
        if step not in self._keys:  # each step asks for it a dozen times
            parts = (" ".join(map(str, ref)) for ref in self.letters)
            self._keys[step] = stage_key(step_versions().of(step), parts)
        return self._keys[step]

    def staged(self, run_id: str) -> StagedBatch:
        """Where a run that publishes them finds what all steps made of them."""
        return StagedBatch(self.letters, {step: self.key(step) for step in LETTER_STEPS}, run_id)

    def without(self, documents: Collection[str]) -> LetterBatch:
        """The batch without some letters."""
        return LetterBatch(self.number, [ref for ref in self.letters if ref.document_id not in documents])


BATCH_BYTES = 64 << 20
"""Bytes of letters in a batch: what is made of them is in memory at once, several times over."""


def letter_batches(letters: Sequence[LetterRef], size: int, numbers: Iterator[int]) -> list[LetterBatch]:
    """The letters in batches of at most so many, and of at most `BATCH_BYTES` but for a larger letter."""
    batches: list[list[LetterRef]] = []
    weight = 0
    for letter in letters:
        if not batches or len(batches[-1]) == size or weight + letter.byte_size > BATCH_BYTES:
            batches.append([])
            weight = 0
        batches[-1].append(letter)
        weight += letter.byte_size
    return [LetterBatch(next(numbers), batch) for batch in batches]


def in_batches(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """The items in runs of at most `size`."""
    return [items[start : start + size] for start in range(0, len(items), size)]
