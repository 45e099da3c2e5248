"""The data card of a release: what is in its tables, how they were made, what they are good for and what not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from imr.fingerprint import step_versions
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.tables.schema import SCHEMA_VERSION
from imr.version import __version__

_CARD = """# Data card: imr-letters, release {name}

Decision letters of California's Independent Medical Review (IMR) of workers' compensation, as tables. One row of
`decisions` is one disputed treatment and what became of it; every value leads back to the words it was read from.

- Made on {date} by imr-letters {version}, schema {schema}, code {code}. Cite it by this name: `{name}`.
- Files and hashes: `SHA256SUMS`; columns: `DATA_DICTIONARY.md`; for programs: `datapackage.json` (Frictionless) and
  `croissant.json` (Croissant 1.0).

## What is in it

{counts}

## Where it comes from, and how it was made

The letters are public records, published with names removed by the Division of Workers' Compensation (DWC). They are
read by rules, without any model: text layer or OCR, cleaning, sections, values. What a letter does not say is null.
`method` in `provenance` says whether a value stands there as printed, was inferred, or mended after OCR.

## What it is good for

Outcomes by treatment, drug, guideline, specialty, state and time; days of each stage; which facts and guidelines stand
behind a decision. Count `is_latest` rows, and give intervals with shares of few decisions.

## What to mind

- The letters here are those that were given to the run, not all that DWC published: shares are of these letters.
- Who asked for review is no sample of all patients or treatments. A share is no forecast of a case.
- Categories, drug classes, body parts, modalities and kinds of operation are inferred from titles. They follow DWC's
  vocabulary and are not DWC's own codes. {unclassed}
- Employer, insurer, requesting physician and attorney are in no letter. DWC's and other institutes' published series
  split categories otherwise: do not mix them in one series.
- `documents.warnings` lists what is doubtful; {doubtful} of {letters} letters have a warning.
- Redaction is the publisher's. What looks like a leftover is warned of as `possible_personal_data`
  ({personal} letters): do not try to find out whom a letter is about.
"""


def data_card(lake: LakeLayout, name: str, created: dt.datetime) -> str:
    """The data card of the tables of a release, in Markdown.

    Raises:
        LakeError: `lake_damaged` when a table cannot be read.
    """
    documents = read_table(lake, "documents", ["document_id", "letter_format", "text_origin", "case_year", "warnings"])
    decisions = read_table(lake, "decisions", ["outcome", "decision_date", "is_latest"])
    citations = read_table(lake, "citations", ["guideline"])
    warned = [warnings for warnings in documents["warnings"].to_pylist() if warnings]
    return _CARD.format(
        name=name,
        date=created.date().isoformat(),
        version=__version__,
        schema=SCHEMA_VERSION,
        code=step_versions().extract,
        counts="\n".join(_counts(lake, documents, decisions)),
        unclassed=f"{citations['guideline'].null_count} of {citations.num_rows} citations are of a guideline that is in"
        " no list.",
        letters=documents.num_rows,
        doubtful=len(warned),
        personal=sum("possible_personal_data" in warnings for warnings in warned),
    )


def _counts(lake: LakeLayout, documents: pa.Table, decisions: pa.Table) -> Iterable[str]:
    latest = decisions.filter(decisions["is_latest"])
    dates = pc.min_max(latest["decision_date"]).as_py()
    quarantined = read_table(lake, "quarantine", ["source_uri"]).num_rows
    yield f"- {documents.num_rows} letters; {quarantined} further files could not be read (`quarantine`)."
    yield f"- {latest.num_rows} decisions of the latest letter of each case: {_shares(latest['outcome'])}."
    yield f"- Decided from {dates['min']} to {dates['max']}." if dates["min"] else "- No letter has a date."
    for column, what in (("case_year", "Year of the application"), ("letter_format", "Form"), ("text_origin", "Text")):
        yield f"- {what}: {_shares(documents[column])}."


def _shares(values: pa.ChunkedArray) -> str:
    """The values of a column with their counts, in their order, the unknown last."""
    counted: list[dict[str, Any]] = pc.value_counts(values).to_pylist()
    ordered = sorted(counted, key=lambda each: (each["values"] is None, str(each["values"])))
    return ", ".join(f"{'unknown' if each['values'] is None else each['values']} {each['counts']}" for each in ordered)
