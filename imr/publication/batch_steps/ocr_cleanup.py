"""The `ocr_cleanup` step over a batch: bytes of the raw store to rows of `texts`, and how each letter was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from imr.lake.raw_store import RawStore
from imr.publication.batch_steps.letter_slice import Done, LetterSlice, rows_of
from imr.publication.batch_steps.recognised_pages import RecognisedPage
from imr.reading.confidence import mean_of_pages, printed_numbers, reading_warnings
from imr.reading.ocr.cache import OcrCache, document_cache
from imr.reading.ocr.engine import OcrPage
from imr.records import CleanText, LetterRef, RawText
from imr.steps.ocr_cleanup import CleanLetter, clean_letter, scan_letter
from imr.tables.letters import TEXTS
from imr.workers.slices import note


class CleanSlice(LetterSlice):
    """Reads and cleans letters from their bytes in the raw store, which is given as `raw`."""

    def result(self, letter: LetterRef) -> CleanLetter:
        """A letter's text."""
        return clean_letter(self.path(letter), letter.document_id)

    def tables(self, done: Done) -> dict[str, pa.Table]:
        """Rows of `texts`, and how each letter was read."""
        return {"texts": text_rows(done), "reading": reading_rows(done)}

    def path(self, letter: LetterRef) -> Path:
        """Where a letter's bytes are."""
        return RawStore(Path(self.given["raw"])).path(letter.document_id, letter.suffix)


class ScanSlice(CleanSlice):
    """The same for letters with pages that are images; those that were recognised before are in the folder `ocr`."""

    def result(self, letter: LetterRef) -> CleanLetter:
        """A letter's text, with what was recognised."""
        known = document_cache(Path(self.given["ocr"]), letter.document_id)
        return scan_letter(self.path(letter), letter.document_id, _NotedPages(known.folder))


class _NotedPages(OcrCache):
    """Recognised pages of a document, of which a new one is told and not written: a worker writes nothing."""

    def put(self, page: int, result: OcrPage) -> Path:
        """Tell of a page."""
        note(RecognisedPage(self.folder.name, page, result))
        return self.folder


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


MADE = {"texts": TEXTS.schema, "reading": READING}
"""The tables that the step makes of a batch."""

OF_SCANS = ("text_origin", "printed_numbers")
OF_CLEAN_TEXT = ("clean_text", "page_starts", "map_clean", "map_raw")


def clean_texts(texts: pa.Table) -> dict[str, CleanText]:
    """The clean texts in rows of `texts`, by document."""
    rows = texts.select(["document_id", *OF_CLEAN_TEXT])
    return {document_id: CleanText(*parts) for document_id, *parts in zip(*rows.to_pydict().values(), strict=True)}


def scanned_letters(reading: pa.Table) -> dict[str, list[str]]:
    """The documents of which a page was recognised, each with the case numbers printed on its pages."""
    rows = reading.select(["document_id", *OF_SCANS]).to_pylist()
    return {row["document_id"]: row["printed_numbers"] for row in rows if row["text_origin"] in ("ocr", "mixed")}
