"""The batches that a run hands from step to step: ids and addresses, never texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import pyarrow as pa

from imr.fingerprint import LETTER_STEPS, staged_by, step_versions
from imr.lake.stage import StageStore, stage_key
from imr.records import LetterRef
from imr.sources.listing import SourceFile
from imr.tables.declaration import LETTER_TABLES

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class StagedBatch:
    """The letters of one batch, and the keys under which the steps staged what they made of them."""

    letters: tuple[LetterRef, ...]
    keys: Mapping[str, str]

    def rows(self, stage: StageStore, table: str) -> pa.Table:
        """What the batch has for a table."""
        return _staged_rows(stage, staged_by(table), self, table)


# A batch's letters go to a few neighbouring partitions, each of which asks for the same rows in turn.
@lru_cache(maxsize=len(LETTER_TABLES))
def _staged_rows(stage: StageStore, step: str, batch: StagedBatch, table: str) -> pa.Table:
    return stage.get(step, batch.keys[step], table).replace_schema_metadata(None)


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


class LetterBatch:
    """Some letters on their way through the steps."""

    def __init__(self, number: int, letters: Sequence[LetterRef]) -> None:
        self.number = number
        self.letters = tuple(letters)

    def key(self, step: str) -> str:
        """Their name in a step's stage: made of all that its result depends on.

        That is their hashes and addresses, the code and rules up to the step, and how often they were tried.
        """
        return stage_key(step_versions().of(step), (" ".join(map(str, ref)) for ref in self.letters))

    def staged(self) -> StagedBatch:
        """Where to find what all steps made of them."""
        return StagedBatch(self.letters, {step: self.key(step) for step in LETTER_STEPS})


def in_batches(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """The items in runs of at most `size`."""
    return [items[start : start + size] for start in range(0, len(items), size)]
