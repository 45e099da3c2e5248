"""The aggregation step: the summary tables, made anew from the tables as they will stand after a commit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from imr.aggregation.dwc_agreement import dwc_agreement
from imr.aggregation.guideline_agreement import guideline_agreement
from imr.aggregation.items import ITEM_KEY, Items, listed
from imr.aggregation.outcomes import outcome_counts
from imr.aggregation.periods import with_periods
from imr.aggregation.processing_times import DATES, processing_times
from imr.tables.declaration import TABLES

Reader = Callable[[str, list[str]], pa.Table]
"""Gives some columns of a whole public table."""

_DECISION_COLUMNS = [
    *ITEM_KEY, "case_number", "case_year", "treatment_category", "treatment_subcategory", "body_parts", "outcome",
    "is_latest", "claims_administrator_cites_none", "reviewer_cites_none", "decision_date", "modality", "operation",
    "cites_same_guideline",
]  # fmt: skip
_CASE_COLUMNS = [
    "document_id", "case_number", "case_year", *DATES, "reviewer_specialties", "reviewer_licensed_states", "outcome",
    "decision_count", "is_latest", "reviewer_specialty_names", "date_of_injury",
]  # fmt: skip
_INDEX_COLUMNS = [
    "case_number", "case_year", "item_number", "decision_date", "case_outcome", "outcome", "treatment_category",
    "treatment_subcategory",
]  # fmt: skip
_BY_DATE = (
    "outcomes_by_decision_year", "outcomes_by_decision_quarter", "outcomes_by_decision_month",
    "outcomes_by_category_year", "outcomes_by_injury_age",
)  # fmt: skip


def aggregate(read: Reader) -> dict[str, pa.Table]:
    """All summary tables by name. Only the latest letter of each case counts.

    A decision counts once in each group that it belongs to: in every body part, ingredient and cited guideline, and
    in every specialty and state of its reviewer; in none of these where it has none. A year, category, ingredient or
    title that is not known is a group of its own, under null.
    """
    decisions = _latest(read("decisions", _DECISION_COLUMNS))
    cases = _latest(read("cases", _CASE_COLUMNS))
    items = Items(decisions)
    citations = items.rows_of(read("citations", [*ITEM_KEY, "cited_by", "source", "title", "guideline"]))
    drugs = items.rows_of(read("drugs", [*ITEM_KEY, "ingredient", "drug_class", "product"]))
    decisions = decisions.append_column("item", pa.array(np.arange(decisions.num_rows)))
    case_of = pc.index_in(decisions["document_id"], value_set=cases["document_id"].combine_chunks())
    dated = with_periods(decisions, cases["date_of_injury"].take(case_of))
    grouped = {
        "outcomes_by_year": decisions,
        **dict.fromkeys(_BY_DATE, dated),
        "outcomes_by_treatment": decisions,
        "outcomes_by_modality": decisions.filter(decisions["modality"].is_valid()),
        "outcomes_by_operation": decisions.filter(decisions["operation"].is_valid()),
        "outcomes_by_drug": drugs,
        "outcomes_by_product": drugs,
        "outcomes_by_drug_class_year": drugs.append_column("decision_year", dated["decision_year"].take(drugs["item"])),
        "outcomes_by_body_part": listed(decisions["body_parts"], "body_part"),
        "outcomes_by_guideline": citations,
        "outcomes_by_guideline_key": citations,
        "outcomes_by_specialty": listed(cases["reviewer_specialties"].take(case_of), "specialty"),
        "outcomes_by_specialty_name": listed(cases["reviewer_specialty_names"].take(case_of), "specialty_name"),
        "outcomes_by_licensed_state": listed(cases["reviewer_licensed_states"].take(case_of), "state"),
    }
    return {
        **{name: outcome_counts(TABLES[name], rows, decisions["outcome"]) for name, rows in grouped.items()},
        "processing_times": processing_times(cases.select(["case_year", *DATES])),
        "guideline_agreement": guideline_agreement(decisions, citations),
        "dwc_agreement": dwc_agreement(read("dwc_index", _INDEX_COLUMNS), cases, decisions),
    }


def _latest(rows: pa.Table) -> pa.Table:
    return rows.filter(rows["is_latest"]).drop_columns(["is_latest"])
