"""The summary tables: single files without partitions, made anew by every commit that changes what they sum up."""

from __future__ import annotations

from typing import get_args

from imr.records import CitedBy
from imr.tables.schema import Column, Table, optional, required

_CASE_YEAR = optional("case_year", "int16", "Year of the application, from the case number")


def _outcomes(name: str, meaning: str, groups: tuple[Column, ...]) -> Table:
    counts = (
        required("decisions", "int64", "Disputed items"),
        required("upheld", "int64", "Of these, the denial stands"),
        required("overturned", "int64", "Of these, found medically necessary"),
        required("partially_overturned", "int64", "Of these, found so in part"),
        required("overturn_rate", "float64", "Overturned or partially, over decisions"),
        required("overturn_rate_low", "float64", "Lower end of its 95 % Wilson interval"),
        required("overturn_rate_high", "float64", "Upper end"),
    )
    return Table(name, meaning, groups + counts, tuple(group.name for group in groups))


AGGREGATES = (
    _outcomes("outcomes_by_year", "Outcomes by year of the application", (_CASE_YEAR,)),
    _outcomes(
        "outcomes_by_treatment",
        "Outcomes by treatment",
        (
            optional("treatment_category", "string", "Category"),
            optional("treatment_subcategory", "string", "Subcategory"),
        ),
    ),
    _outcomes(
        "outcomes_by_drug",
        "Outcomes of the items that dispute a drug, by ingredient",
        (optional("ingredient", "string", "Generic name"), optional("drug_class", "string", "Class")),
    ),
    _outcomes("outcomes_by_body_part", "Outcomes by body part", (required("body_part", "string", "Body part"),)),
    _outcomes(
        "outcomes_by_guideline",
        "Outcomes by cited guideline",
        (
            required("cited_by", "string", "Which side cites it", get_args(CitedBy)),
            required("source", "string", "Whose guideline"),
            optional("title", "string", "Guideline, chapter or topic"),
        ),
    ),
    _outcomes(
        "outcomes_by_specialty", "Outcomes by reviewer's specialty", (required("specialty", "string", "Specialty"),)
    ),
    _outcomes(
        "outcomes_by_licensed_state", "Outcomes by reviewer's state", (required("state", "string", "USPS code"),)
    ),
    Table(
        "processing_times",
        "Days between the dates of a case, by year of the application",
        (
            _CASE_YEAR,
            required(
                "stage",
                "string",
                "From which date to which",
                (
                    "ur_denial_to_application",
                    "application_to_assigned",
                    "assigned_to_decision",
                    "application_to_decision",
                ),
            ),
            required("cases", "int64", "Cases with both dates"),
            *(
                required(f"days_{name}", "float64", f"Days: {meaning}")
                for name, meaning in (
                    ("min", "least"),
                    ("p25", "first quartile"),
                    ("median", "median"),
                    ("p75", "third quartile"),
                    ("p95", "95th percentile"),
                    ("max", "most"),
                )
            ),
        ),
        ("case_year", "stage"),
    ),
    Table(
        "guideline_agreement",
        "Whether claims administrator and reviewer cite the same guideline",
        (
            _CASE_YEAR,
            optional("treatment_category", "string", "Category"),
            required("decisions", "int64", "Disputed items"),
            required("same_guideline", "int64", "Of these, with a guideline that both cite"),
            required("different_guideline", "int64", "Of these, with guidelines of both sides, none in common"),
            required("claims_administrator_cited_none", "int64", "Of these, where the claims administrator cites none"),
            required("reviewer_cited_none", "int64", "Of these, where the reviewer cites none"),
        ),
        ("case_year", "treatment_category"),
    ),
    Table(
        "dwc_agreement",
        "How often DWC's index and the letters say the same, of the cases whose letter is in the lake",
        (
            _CASE_YEAR,
            optional("treatment_category", "string", "Category as DWC lists it; null where categories do not matter"),
            required(
                "measure",
                "string",
                "What is compared: values of a case, or the values of its items, in whatever order they are listed",
                (
                    "case_outcome",
                    "case_decision_date",
                    "case_item_count",
                    "item_outcome",
                    "item_category",
                    "item_subcategory",
                ),
            ),
            required("compared", "int64", "Cases, or listed items, of which both sides say something"),
            required("same", "int64", "Of these, those of which both say the same"),
            required("agreement_rate", "float64", "Same, over compared"),
        ),
        ("case_year", "measure", "treatment_category"),
    ),
)
