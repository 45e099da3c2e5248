"""The aggregation step: the summary tables, made anew from the tables as they will stand after a commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.compute as pc

from imr.aggregation.guideline_agreement import guideline_agreement
from imr.aggregation.outcomes import outcome_counts
from imr.aggregation.processing_times import DATES, processing_times
from imr.lake.tables import TABLES

Reader = Callable[[str, list[str]], pa.Table]
"""Gives some columns of a whole public table."""

_ITEM = ["document_id", "decision_number"]
_DECISION_COLUMNS = [
    *_ITEM, "case_year", "treatment_category", "treatment_subcategory", "body_parts", "outcome", "is_latest",
    "claims_administrator_cites_none", "reviewer_cites_none",
]  # fmt: skip
_CASE_COLUMNS = ["document_id", "case_year", *DATES, "reviewer_specialties", "reviewer_licensed_states", "is_latest"]


def aggregate(read: Reader) -> dict[str, pa.Table]:
    """All summary tables by name. Only the latest letter of each case counts.

    A decision counts once in each group that it belongs to: in every body part, ingredient and cited guideline, and
    in every specialty and state of its reviewer; in none of these where it has none.
    """
    decisions = _latest(read("decisions", _DECISION_COLUMNS))
    cases = _latest(read("cases", _CASE_COLUMNS))
    outcomes = decisions.select([*_ITEM, "outcome"])
    drugs = read("drugs", [*_ITEM, "ingredient", "drug_class"])
    citations = read("citations", [*_ITEM, "cited_by", "source", "title"])
    listed = {
        "outcomes_by_body_part": _listed(decisions, "body_parts", "body_part"),
        "outcomes_by_specialty": _of_case(outcomes, cases, "reviewer_specialties", "specialty"),
        "outcomes_by_licensed_state": _of_case(outcomes, cases, "reviewer_licensed_states", "state"),
        "outcomes_by_drug": _of_item(outcomes, drugs, ["ingredient", "drug_class"]),
        "outcomes_by_guideline": _of_item(outcomes, citations, ["cited_by", "source", "title"]),
    }
    grouped = {"outcomes_by_year": decisions, "outcomes_by_treatment": decisions, **listed}
    return {
        **{name: outcome_counts(TABLES[name], rows) for name, rows in grouped.items()},
        "processing_times": processing_times(cases),
        "guideline_agreement": guideline_agreement(decisions.drop_columns(["body_parts"]), citations),
    }


def _latest(rows: pa.Table) -> pa.Table:
    return rows.filter(rows["is_latest"]).drop_columns(["is_latest"])


def _listed(rows: pa.Table, column: str, name: str) -> pa.Table:
    """One row for each distinct entry of a list column, with the item and, if it has one, its outcome."""
    lists = rows[column].combine_chunks()
    others = [field for field in (*_ITEM, "outcome") if field in rows.schema.names]
    flat = rows.select(others).take(pc.list_parent_indices(lists)).append_column(name, pc.list_flatten(lists))
    return _distinct(flat, flat.schema.names)


def _of_case(outcomes: pa.Table, cases: pa.Table, column: str, name: str) -> pa.Table:
    """The decisions of each case, once for every entry of one of its list columns."""
    flat = _listed(cases, column, name)
    return outcomes.join(flat, "document_id", join_type="inner")


def _of_item(outcomes: pa.Table, rows: pa.Table, groups: list[str]) -> pa.Table:
    """The decisions, once for every distinct group of their drugs or citations."""
    return outcomes.join(_distinct(rows, [*_ITEM, *groups]), _ITEM, join_type="inner")


def _distinct(rows: pa.Table, columns: Iterable[str]) -> pa.Table:
    return rows.group_by(list(columns)).aggregate([])
