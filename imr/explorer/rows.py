"""What the index says of each decision of some files of the tables, as the JSON of one document of the index."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from imr.explorer.facets import FACETS, STAGES

READ = ("decisions", "cases", "documents", "drugs", "citations")
"""The tables that are read, whose files go by the same years and parts."""

UNIT = "unit"
"""A further column of `decisions`: from which year and part a row is."""

_KEY = "md5_number_lower(concat_ws('/', {row}.document_id, {row}.decision_number))"
KEY = _KEY.format(row="d")
"""A decision's number in the index, of 64 bits: SQL over a row `d` of `decisions`."""


def _strings(values: str) -> str:
    """Distinct texts of a list in SQL, without null: the index counts a decision once for each value."""
    return f"list_sort(list_distinct(CAST(coalesce({values}, []) AS VARCHAR[])))"


def _one(value: str) -> str:
    return f"CASE WHEN {value} IS NULL THEN [] ELSE [{value}] END"


_TEXTS = {"request": "d.treatment_request", "rationale": "d.rationale", "summary": "c.clinical_case_summary"}
_DAYS = {name: f"date_diff('day', {first}, {last})" for name, (first, last) in STAGES.items()}

_DOCUMENT = {
    "key": KEY,
    "document_id": "d.document_id",
    "item": "d.decision_number",
    "case_number": _one("d.case_number"),
    "date": _one("CAST(d.decision_date AS VARCHAR)"),
    "day": "greatest(coalesce(date_diff('day', DATE '1900-01-01', d.decision_date), 0), 0)",
    "latest": "CAST(d.is_latest AS INT)",
    "overturned": "CAST(d.outcome <> 'upheld' AS INT)",
    "same": _one("md5_number_lower(nullif(trim(regexp_replace(lower(d.rationale), '[^a-z0-9]+', ' ', 'g')), ''))"),
    **{name: _one(value) for name, value in _TEXTS.items()},
    **{name: f"CASE WHEN {value} >= 0 THEN [{value}] ELSE [] END" for name, value in _DAYS.items()},
    **{facet.name: _strings(facet.sql) for facet in FACETS.values()},
}

SQL = f"""
WITH m AS (
    SELECT document_id, decision_number,
        list(product) AS products, list(ingredient) AS ingredients, list(drug_class) AS classes,
        CASE WHEN bool_or(is_compound) THEN ['compounded'] ELSE ['not compounded'] END AS compounds
    FROM drugs GROUP BY ALL
), named AS (
    SELECT document_id, decision_number, cited_by, coalesce(guideline, concat_ws(': ', source, title)) AS named
    FROM citations
), g AS (
    SELECT document_id, decision_number,
        coalesce(list(named) FILTER (cited_by = 'reviewer'), []) AS of_reviewer,
        coalesce(list(named) FILTER (cited_by = 'claims_administrator'), []) AS of_administrator
    FROM named GROUP BY ALL
), found AS (
    SELECT d.{UNIT} AS {UNIT}, {{{", ".join(f"'{name}': {value}" for name, value in _DOCUMENT.items())}}} AS said
    FROM decisions d JOIN cases c USING (document_id) JOIN documents t USING (document_id)
    LEFT JOIN m USING (document_id, decision_number) LEFT JOIN g USING (document_id, decision_number)
), written AS (SELECT {UNIT}, said.key AS key, coalesce(said.rationale[1], '') AS rationale,
    CAST(to_json(said) AS VARCHAR) AS document FROM found)
SELECT {UNIT}, key, md5_number_lower(document) AS print, rationale, document FROM written
"""


def documents_of(tables: Mapping[str, pa.Table]) -> pa.Table:
    """The documents of the index: `unit`, `key`, `document` as JSON, and `print`, another one when that changes.

    `rationale` is what its bands are made of, which the index has besides.
    """
    with duckdb.connect(config={"threads": "2"}) as connection:
        for name in READ:
            connection.register(name, tables[name])
        return connection.sql(SQL).to_arrow_table()
