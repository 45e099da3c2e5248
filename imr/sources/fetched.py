"""What the fetch step found at each address of a batch, as rows of the stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from imr.errors import Code, SourceError
from imr.records import Attempt, LetterRef, Outcome, ResponseInfo
from imr.sources.fetching import Fetched
from imr.sources.listing import SourceFile

FETCHED = pa.schema(
    {
        "source_uri": pa.string(),
        "source_name": pa.string(),
        "document_id": pa.string(),
        "suffix": pa.string(),
        "byte_size": pa.int64(),
        "stamp": pa.string(),
        "attempt": pa.int16(),
        "started_at": pa.timestamp("us", tz="UTC"),
        "duration_ms": pa.int32(),
        "error_code": pa.string(),
        "error_message": pa.string(),
        "source_status": pa.int16(),
        "source_etag": pa.string(),
        "source_bytes": pa.int64(),
    }
)
"""One row per file; `document_id` and what follows from the bytes are null where they could not be read."""


class FetchedFile(NamedTuple):
    """One file that was to be fetched: its letter and stamp if its bytes are here, and the last attempt at it."""

    uri: str
    name: str
    letter: LetterRef | None
    stamp: str
    attempt: Attempt


def fetched_rows(files: Sequence[SourceFile], outcomes: Sequence[Outcome[Fetched]]) -> pa.Table:
    """What was found, one row per file."""
    rows = [fetched_row(file, outcome) for file, outcome in zip(files, outcomes, strict=True)]
    return pa.Table.from_pylist(rows, schema=FETCHED)


def fetched_row(file: SourceFile, outcome: Outcome[Fetched]) -> dict[str, Any]:
    """What was found of one file."""
    last, error = outcome.attempts[-1], outcome.error
    response_info = last.response or ResponseInfo(byte_size=outcome.result.byte_size if outcome.result else None)
    return {
        "source_uri": file.uri,
        "source_name": file.name,
        **(outcome.result._asdict() if outcome.result else {}),
        "attempt": last.number,
        "started_at": last.started_at,
        "duration_ms": last.duration_ms,
        "error_code": error.code if error else None,
        "error_message": error.message if error else None,
        "source_status": response_info.status,
        "source_etag": response_info.etag,
        "source_bytes": response_info.byte_size,
    }


def fetched_files(rows: pa.Table) -> list[FetchedFile]:
    """The rows as records again."""
    return [fetched_file(row) for row in rows.to_pylist()]


def fetched_file(row: dict[str, Any]) -> FetchedFile:
    """One such row as a record."""
    uri, name, document_id = row["source_uri"], row["source_name"], row["document_id"]
    letter = LetterRef(document_id, row["suffix"], uri, name, row["byte_size"]) if document_id else None
    error = SourceError(Code(row["error_code"]), row["error_message"]) if row["error_code"] else None
    response_info = ResponseInfo(row["source_status"], row["source_etag"], row["source_bytes"])
    attempt = Attempt(row["attempt"], row["started_at"], row["duration_ms"], error, response_info)
    return FetchedFile(uri, name, letter, row["stamp"] or "", attempt)
