"""What the flow hands from task to task: ids and paths, never texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from imr.fingerprint import LETTER_STEPS, step_versions
from imr.lake.layout import Lake
from imr.lake.stage import StageStore, stage_key
from imr.publication.merging import StagedBatch
from imr.records import LetterRef
from imr.sources.listing import SourceFile

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """The lake a run works on, and the run."""

    root: Path
    run_id: str

    @property
    def lake(self) -> Lake:
        """The lake's folders."""
        return Lake(self.root)

    @property
    def stage(self) -> StageStore:
        """The lake's stage."""
        return StageStore(self.lake.stage)


# Prefect looks for futures inside every dataclass and tuple it is handed; a plain class it takes as it is, which
# for hundreds of letters makes the difference between microseconds and tenths of a second.


class FileBatch:
    """Some files to fetch."""

    def __init__(self, number: int, files: Sequence[SourceFile]) -> None:
        self.number = number
        self.files = tuple(files)

    def key(self, run_id: str) -> str:
        """Their name in the fetch step's stage: every run asks their source anew."""
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
