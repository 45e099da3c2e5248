"""The extract step: sections to records, every value with the words it came from."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
from prefect import task
from prefect.cache_policies import NO_CACHE

from imr.fingerprint import step_versions
from imr.publication.events import output_hashes
from imr.publication.rows import clean_texts, record_tables, scanned_letters, split_letters
from imr.records import CleanText
from imr.steps import extract_letter
from tasks.letter_step import Done, StepDone, Work, run_letter_step
from tasks.options import BATCH_RETRIES
from tasks.records import Place


@task(name="extract", task_run_name="extract {split.batch.number}", cache_policy=NO_CACHE, **BATCH_RETRIES)
def extract(place: Place, split: StepDone) -> StepDone:
    """Extract the records of the letters of a batch that could be split."""
    batch, stage = split.batch, place.stage
    read_in, split_in = batch.key("ocr_cleanup"), batch.key("section_split")

    def prepare() -> Work:
        sections = stage.get("section_split", split_in, "sections")
        letters = split_letters(stage.get("section_split", split_in, "splitting"), sections)
        refs = [ref for ref in batch.letters if ref.document_id in letters]
        scanned = scanned_letters(stage.get("ocr_cleanup", read_in, "reading"))
        items = [
            (texts()[ref.document_id], letters[ref.document_id], ref.source_name, scanned.get(ref.document_id))
            for ref in refs
        ]
        return Work(refs, items, output_hashes(stage.get("section_split", split_in, "lineage")))

    def tables(done: Done) -> dict[str, pa.Table]:
        reading = stage.get("ocr_cleanup", read_in, "reading")
        char_counts = {document_id: len(clean.text) for document_id, clean in texts().items()}
        return record_tables(done, reading, char_counts, place.run_id, step_versions())

    @cache
    def texts() -> dict[str, CleanText]:
        return clean_texts(stage.get("ocr_cleanup", read_in, "texts"))

    return run_letter_step(place, batch, "extract", extract_letter, prepare, tables)
