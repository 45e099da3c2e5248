"""The section split step: clean text to sections."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
from prefect import task
from prefect.cache_policies import NO_CACHE

from imr.publication.events import output_hashes
from imr.publication.rows import clean_texts, scanned_letters, section_rows, splitting_rows
from imr.records import CleanText
from imr.steps import split_letter
from tasks.letter_step import Done, StepDone, Work, run_letter_step
from tasks.options import BATCH_RETRIES
from tasks.records import Place


@task(
    name="section_split", task_run_name="section_split {cleaned.batch.number}", cache_policy=NO_CACHE, **BATCH_RETRIES
)
def section_split(place: Place, cleaned: StepDone) -> StepDone:
    """Split the letters of a batch that could be read."""
    batch = cleaned.batch
    staged = batch.key("ocr_cleanup")

    def prepare() -> Work:
        letters = [ref for ref in batch.letters if ref.document_id in texts()]
        hashes = output_hashes(place.stage.get("ocr_cleanup", staged, "lineage"))
        scanned = scanned_letters(place.stage.get("ocr_cleanup", staged, "reading"))
        items = [(texts()[ref.document_id].text, ref.document_id in scanned) for ref in letters]
        return Work(letters, items, hashes)

    def tables(done: Done) -> dict[str, pa.Table]:
        return {"sections": section_rows(done, texts()), "splitting": splitting_rows(done)}

    @cache
    def texts() -> dict[str, CleanText]:
        return clean_texts(place.stage.get("ocr_cleanup", staged, "texts"))

    return run_letter_step(place, batch, "section_split", split_letter, prepare, tables)
