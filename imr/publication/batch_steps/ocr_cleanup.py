"""The `ocr_cleanup` step over a batch: bytes of the raw store to rows of `texts`, and how each letter was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from imr.errors import Code
from imr.publication.batch_steps.work import BatchStep, Done, SecondLook, Work, rows_of
from imr.reading.confidence import mean_of_pages, printed_numbers, reading_warnings
from imr.records import CleanText, LetterRef, RawText
from imr.steps.ocr_cleanup import CleanLetter, clean_letter, scan_letter
from imr.tables.letters import TEXTS

if TYPE_CHECKING:
    from imr.lake.raw_store import RawStore
    from imr.publication.batches import LetterBatch

SCAN_SECONDS = 300.0
"""How long a worker may take for one letter with scanned pages; what it has recognised by then is kept."""


def ocr_cleanup_step(batch: LetterBatch, store: RawStore, ocr: Path) -> BatchStep:
    """Read and clean the letters of a batch; `ocr` is the folder in which recognised pages are kept."""

    def prepare() -> Work:
        items = [(store.path(ref.document_id, ref.suffix), ref.document_id) for ref in batch.letters]
        return Work(batch.letters, items, {ref.document_id: ref.document_id for ref in batch.letters})

    def tables(done: Done) -> dict[str, pa.Table]:
        return {"texts": text_rows(done), "reading": reading_rows(done)}

    # A scanned page costs as much as hundreds of others, and a letter has some of them.
    second_look = SecondLook(Code.NEEDS_OCR, scan_letter, (ocr,), SCAN_SECONDS)
    return BatchStep("ocr_cleanup", ("texts", "reading"), clean_letter, prepare, tables, second_look)


def text_rows(letters: Sequence[tuple[LetterRef, CleanLetter]]) -> pa.Table:
    """Rows of `texts`."""
    cleaned = [letter.clean for _, letter in letters]
    columns: dict[str, Iterable[Any]] = {
        "document_id": [ref.document_id for ref, _ in letters],
        "raw_text": [letter.raw.text for _, letter in letters],
        "clean_text": [clean.text for clean in cleaned],
        "page_ocr_confidences": [_of_pages(letter.raw, "mean") for _, letter in letters],
        "page_ocr_low_shares": [_of_pages(letter.raw, "low_share") for _, letter in letters],
    }
    return rows_of(TEXTS.schema, cleaned, columns)


def _of_pages(raw: RawText, what: str) -> list[float | None] | None:
    """What OCR says of each page; null for a page with a text layer, and for a letter without OCR."""
    return [page and getattr(page, what) for page in raw.ocr] or None


READING = pa.schema(
    {
        "document_id": pa.string(),
        "media_type": pa.string(),
        "text_origin": pa.string(),
        "page_count": pa.int32(),
        "ocr_confidence": pa.float32(),
        "ocr_low_confidence_share": pa.float32(),
        "warnings": pa.list_(pa.string()),
        "printed_numbers": pa.list_(pa.string()),
    }
)
"""What the reading says of a letter besides its text: kept in the stage for the `documents` table."""


def reading_rows(letters: Sequence[tuple[LetterRef, CleanLetter]]) -> pa.Table:
    """How each letter was read."""
    raws: list[RawText] = [letter.raw for _, letter in letters]
    return pa.table(
        {
            "document_id": [ref.document_id for ref, _ in letters],
            "media_type": [raw.media_type for raw in raws],
            "text_origin": [raw.text_origin for raw in raws],
            "page_count": [raw.page_count for raw in raws],
            "ocr_confidence": [mean_of_pages(raw.ocr, "mean") for raw in raws],
            "ocr_low_confidence_share": [mean_of_pages(raw.ocr, "low_share") for raw in raws],
            "warnings": [list(reading_warnings(raw)) for raw in raws],
            "printed_numbers": [printed_numbers(raw.text) if raw.ocr else [] for raw in raws],
        },
        schema=READING,
    )


def clean_texts(texts: pa.Table) -> dict[str, CleanText]:
    """The clean texts in rows of `texts`, by document."""
    rows = texts.select(["document_id", "clean_text", "page_starts", "map_clean", "map_raw"])
    return {document_id: CleanText(*parts) for document_id, *parts in zip(*rows.to_pydict().values(), strict=True)}


def scanned_letters(reading: pa.Table) -> dict[str, list[str]]:
    """The documents of which a page was recognised, each with the case numbers printed on its pages."""
    rows = reading.select(["document_id", "text_origin", "printed_numbers"]).to_pylist()
    return {row["document_id"]: row["printed_numbers"] for row in rows if row["text_origin"] in ("ocr", "mixed")}
