"""The OCR cleanup step: bytes to raw text, raw text to clean text, with the map between."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE

from imr.errors import Code
from imr.lake.raw_store import RawStore
from imr.publication.rows import reading_rows, text_rows
from imr.steps import clean_letter, scan_letter
from tasks.letter_step import SecondLook, StepDone, Work, run_letter_step
from tasks.options import BATCH_RETRIES
from tasks.records import LetterBatch, Place

SCAN_SECONDS = 300.0
"""How long a worker may take for one letter with scanned pages; what it has recognised by then is kept."""


@task(name="ocr_cleanup", task_run_name="ocr_cleanup {batch.number}", cache_policy=NO_CACHE, **BATCH_RETRIES)
def ocr_cleanup(place: Place, batch: LetterBatch) -> StepDone:
    """Read and clean the letters of a batch."""

    def prepare() -> Work:
        store = RawStore(place.lake.raw)
        items = [(store.path(ref.document_id, ref.suffix),) for ref in batch.letters]
        return Work(batch.letters, items, {ref.document_id: ref.document_id for ref in batch.letters})

    return run_letter_step(
        place,
        batch,
        "ocr_cleanup",
        clean_letter,
        prepare,
        lambda done: {"texts": text_rows(done), "reading": reading_rows(done)},
        # A scanned page costs as much as hundreds of others, and a letter has some of them.
        SecondLook(Code.NEEDS_OCR, scan_letter, (place.lake.ocr,), SCAN_SECONDS),
    )
