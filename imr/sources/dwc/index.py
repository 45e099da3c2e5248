"""What the search tool lists, as rows of `dwc_index` and as letters to fetch."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

import pyarrow as pa
import pyarrow.compute as pc

from imr.errors import Code, ListingError
from imr.sources.dwc.search import Search
from imr.sources.dwc.vocabulary import category, outcome, subcategory
from imr.sources.dwc.walk import ENDPOINT, Listed
from imr.sources.links import at
from imr.sources.listing import SourceFile
from imr.tables.declaration import DWC_INDEX
from imr.tables.schema import FORMS

LISTED = pa.schema([pa.field(field.name, field.type) for field in DWC_INDEX.schema])
"""The columns of `dwc_index`, each of which may be null: a case whose number has not the form of one has no year."""

_DATES = {
    "decision_date": "Decision Date",
    "date_of_injury": "Date of Injury",
    "application_received_date": "Received Date",
}
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\b")


def listed_rows(cases: Mapping[str, Listed], site: str, listed_at: dt.datetime) -> pa.Table:
    """Everything that is listed of some cases, a row for each item.

    Raises:
        ListingError: `listing_changed` when a column of dates holds something else in every row.
    """
    dates = {number: _dates(case) for number, case in cases.items()}
    for name, title in _DATES.items():
        if any(case.says(title) for case in cases.values()) and not any(read[name] for read in dates.values()):
            raise ListingError(Code.LISTING_CHANGED, f"the search tool's column {title} no longer holds dates")
    rows = [
        {**dates[number], **row, "listed_at": listed_at}
        for number, case in cases.items()
        for row in _rows(number, case, site)
    ]
    return pa.Table.from_pylist(rows, schema=LISTED)


def index_of(rows: pa.Table) -> pa.Table:
    """Those of the listed rows that `dwc_index` can hold."""
    return rows.filter(rows["case_year"].is_valid()).cast(DWC_INDEX.schema.remove_metadata())


def letters(rows: pa.Table, search: Search) -> list[SourceFile]:
    """The letters that a search wants of what is listed. Nothing is known of the files but their addresses."""
    asked = {
        "case_outcome": search.outcome,
        "reviewer_specialty": search.specialty,
        "treatment_category": search.category,
    }
    for name, value in asked.items():
        if value is not None:
            rows = rows.filter(pc.equal(pc.utf8_lower(rows[name]), value.lower()))
    return [at(uri) for uri in pc.unique(rows["source_uri"]).drop_null().to_pylist()]


def _rows(number: str, case: Listed, site: str) -> Iterator[dict[str, Any]]:
    """The rows of one case, one at least: what stands in the results by treatment is null where these lack it."""
    of_case = {
        "case_number": number,
        "case_year": 2000 + int(number[2:4]) if re.match(FORMS["case_number"], number) else None,
        "reviewer_specialty": case.says("IMRO Reviewer Specialty") or None,
        "case_outcome": outcome(case.says("Case Outcome"), "case"),
        "listed_case_outcome": case.says("Case Outcome") or None,
        "source_uri": _address(case, site),
    }
    for number_in_case, row in enumerate(case.items or (None,), 1):
        yield {**of_case, "item_number": number_in_case, **(_item(row.cells) if row else {})}


def _item(cells: Mapping[str, str]) -> dict[str, str | None]:
    of = category(cells["Request Category"])
    return {
        "outcome": outcome(cells["Request Decision"], "item"),
        "treatment_category": of,
        "treatment_subcategory": subcategory(cells["SubCategory/Drug"], of),
        "listed_outcome": cells["Request Decision"] or None,
        "listed_category": cells["Request Category"] or None,
        "listed_subcategory": cells["SubCategory/Drug"] or None,
    }


def _dates(case: Listed) -> dict[str, dt.date | None]:
    return {name: _date(case.says(title)) for name, title in _DATES.items()}


def _date(text: str) -> dt.date | None:
    """A date as listed; None for an empty cell and for what is no date."""
    match = _DATE.match(text)
    try:
        return dt.date(int(match[3]), int(match[1]), int(match[2])) if match else None
    except ValueError:
        return None


def _address(case: Listed, site: str) -> str | None:
    return urljoin(site + ENDPOINT, case.link) if case.link else None
