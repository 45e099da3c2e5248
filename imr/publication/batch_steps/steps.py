"""The letter steps over a batch: what each reads from the stage, what workers do with it, what it stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, NamedTuple

import msgspec
import pyarrow as pa

from imr.errors import Code
from imr.fingerprint import step_versions
from imr.lake.layout import LakeLayout
from imr.lake.raw_store import RawStore
from imr.lake.stage import StageGoneError, StageStore
from imr.publication.batch_steps import extract, ocr_cleanup, section_split
from imr.publication.batch_steps.letter_slice import LetterSlice
from imr.publication.batch_steps.recognised_pages import keep_page
from imr.publication.batches import LetterBatch
from imr.publication.events import output_hashes, step_events
from imr.records import LetterRef
from imr.tables.schema import FORMS
from imr.workers.batch import Job, Ran

Sha256 = Annotated[str, msgspec.Meta(pattern=FORMS["document_id"])]
"""What a worker tells of a letter that a step could do: the hash of what it made of it."""

SCAN_SECONDS = 300.0
"""How long a worker may take for one letter with scanned pages; what it has recognised by then is kept."""


class Work(NamedTuple):
    """One batch of one step: the letters that got this far, what the step is given, and the hash of its input."""

    letters: Sequence[LetterRef]
    given: dict[str, Any]
    inputs: Mapping[str, str]


class SecondLook(NamedTuple):
    """What to do with the letters that a step gave up under one code: alone, with more time, and otherwise."""

    code: Code
    slice: type[LetterSlice]
    seconds: float
    note: Callable[[Sequence[Sequence[Any]], Any], None]
    """What takes what workers tell of letters before they are done."""


@dataclass(frozen=True, slots=True)
class BatchStep:
    """One letter step over one batch.

    `prepare` looks up what the step before staged, `slice` is what a worker does with some of the letters, `makes` are
    the tables that it makes rows of. Where `in_parts`, later steps read the rows of some letters.
    """

    name: str
    makes: Mapping[str, pa.Schema]
    slice: type[LetterSlice]
    prepare: Callable[[], Work]
    second_look: SecondLook | None = None
    in_parts: bool = True

    def job(self, given: dict[str, Any], letters: Sequence[LetterRef], look: SecondLook | None = None) -> Job[str]:
        """What workers are to do of some letters."""
        sizes = [letter.byte_size for letter in letters]
        note = look.note if look else None
        return Job(look.slice if look else self.slice, given, Sha256, self.makes, sizes, note)


def letter_step(lake: LakeLayout, batch: LetterBatch, step: str) -> BatchStep:
    """A step over a batch, by the step's name."""
    stage = StageStore.of(lake)
    return {"ocr_cleanup": _ocr_cleanup, "section_split": _section_split, "extract": _extract}[step](lake, stage, batch)


def _ocr_cleanup(lake: LakeLayout, _: StageStore, batch: LetterBatch) -> BatchStep:
    def prepare() -> Work:
        RawStore.of(lake).bring_here(batch.letters)
        given = {"raw": lake.raw, "ocr": lake.ocr}
        return Work(batch.letters, given, {ref.document_id: ref.document_id for ref in batch.letters})

    # A scanned page costs as much as hundreds of others, and a letter has some of them.
    keep = partial(keep_page, lake)
    second_look = SecondLook(Code.NEEDS_OCR, ocr_cleanup.ScanSlice, SCAN_SECONDS, keep)
    return BatchStep("ocr_cleanup", ocr_cleanup.MADE, ocr_cleanup.CleanSlice, prepare, second_look)


def _section_split(_: LakeLayout, stage: StageStore, batch: LetterBatch) -> BatchStep:
    def prepare() -> Work:
        return _after(stage, batch, "ocr_cleanup", {"ocr_cleanup": ("texts", "reading")})

    return BatchStep("section_split", section_split.MADE, section_split.SplitSlice, prepare)


def _extract(_: LakeLayout, stage: StageStore, batch: LetterBatch) -> BatchStep:
    def prepare() -> Work:
        read = {"ocr_cleanup": ("texts", "reading"), "section_split": ("sections", "splitting")}
        work = _after(stage, batch, "section_split", read)
        return work._replace(given={**work.given, "versions": step_versions()})

    return BatchStep("extract", extract.MADE, extract.ExtractSlice, prepare, in_parts=False)


def _after(stage: StageStore, batch: LetterBatch, before: str, read: Mapping[str, Sequence[str]]) -> Work:
    """What there is to do once another step has done what it could; `read` are files of the stage, by step."""
    for step in read:
        if not stage.has(step, batch.key(step)):
            raise StageGoneError(f"{step}/{batch.key(step)}")
    inputs = output_hashes(stage.get(before, batch.key(before), "lineage"))
    given = {name: stage.file(step, batch.key(step), name) for step, names in read.items() for name in names}
    return Work([ref for ref in batch.letters if ref.document_id in inputs], given, inputs)


def staged_tables(step: BatchStep, work: Work, ran: Ran[str]) -> dict[str, pa.Table]:
    """The tables that a step stages of a batch: the rows it made, and its events as `lineage`; all of no run yet."""
    version = step_versions().of(step.name)
    events = step_events(step.name, work.letters, ran.outcomes, version, work.inputs, _row_counts(ran.tables))
    return {**ran.tables, "lineage": events}


def _row_counts(tables: Mapping[str, pa.Table]) -> dict[str, int]:
    """How many rows each document has over all tables."""
    counts: dict[str, int] = {}
    for table in tables.values():
        for entry in table["document_id"].value_counts().to_pylist():
            counts[entry["values"]] = counts.get(entry["values"], 0) + entry["counts"]
    return counts
