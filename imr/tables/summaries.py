"""The summary tables: single files without partitions, made anew by every commit that changes what they sum up."""

from __future__ import annotations

from typing import get_args

from imr.normalising.guidelines import SOURCES, guideline_keys
from imr.normalising.specialties import specialties
from imr.normalising.treatments import modalities, operations
from imr.records import CitedBy
from imr.tables.schema import Column, Table, optional, required
from imr.tables.vocabularies import vocabulary

_CASE_YEAR = optional("case_year", "int16", "Year of the application, from the case number")
_DECISION_YEAR = optional("decision_year", "int16", "Year of the decision")
_CATEGORY = optional("treatment_category", "string", "Category", vocabulary("treatment_category"))
_SUBCATEGORY = optional("treatment_subcategory", "string", "Subcategory", vocabulary("treatment_subcategory"))
_DRUG_CLASS = optional("drug_class", "string", "Class", vocabulary("drug_class"))
_CITED_BY = required("cited_by", "string", "Which side cites it", get_args(CitedBy))

_DATED = (
    "(SELECT *, year(decision_date) AS decision_year, date_trunc('quarter', decision_date) AS decision_quarter,"
    " date_trunc('month', decision_date) AS decision_month FROM {rows})"
)
_OF_CASES = "decisions JOIN (SELECT document_id, unnest({column}) AS {name} FROM cases) USING (document_id)"
_INJURED = (
    "(SELECT d.*, CASE WHEN date_of_injury <= d.decision_date THEN date_sub('year', date_of_injury, d.decision_date)"
    " END AS injury_age_years FROM decisions AS d JOIN cases USING (document_id))"
)


def _outcomes(name: str, meaning: str, groups: tuple[Column, ...], rows: str = "decisions") -> Table:
    """A table of outcomes by some columns of `rows`, which is what stands behind FROM in the way back."""
    counts = (
        required("decisions", "int64", "Disputed items"),
        required("upheld", "int64", "Of these, the denial stands"),
        required("overturned", "int64", "Of these, found medically necessary"),
        required("partially_overturned", "int64", "Of these, found so in part"),
        required("overturn_rate", "float64", "Overturned or partially, over decisions"),
        required("overturn_rate_low", "float64", "Lower end of its 95 % Wilson interval"),
        required("overturn_rate_high", "float64", "Upper end"),
    )
    key = tuple(group.name for group in groups)
    return Table(name, meaning, groups + counts, key, letters=_decisions_of(rows, key))


def _decisions_of(rows: str, key: tuple[str, ...]) -> str:
    """SQL that gives the decisions which a row sums up."""
    of_group = " AND ".join(["is_latest", *(f"{name} IS NOT DISTINCT FROM ${name}" for name in key)])
    return f"SELECT DISTINCT document_id, decision_number FROM {rows} WHERE {of_group}"


AGGREGATES = (
    _outcomes("outcomes_by_year", "Outcomes by year of the application", (_CASE_YEAR,)),
    _outcomes(
        "outcomes_by_decision_year",
        "Outcomes by year of the decision",
        (_DECISION_YEAR,),
        _DATED.format(rows="decisions"),
    ),
    _outcomes(
        "outcomes_by_decision_quarter",
        "Outcomes by quarter of the decision",
        (optional("decision_quarter", "date", "First day of the quarter"),),
        _DATED.format(rows="decisions"),
    ),
    _outcomes(
        "outcomes_by_decision_month",
        "Outcomes by month of the decision",
        (optional("decision_month", "date", "First day of the month"),),
        _DATED.format(rows="decisions"),
    ),
    _outcomes("outcomes_by_treatment", "Outcomes by treatment", (_CATEGORY, _SUBCATEGORY)),
    _outcomes(
        "outcomes_by_category_year",
        "Outcomes by category and year of the decision",
        (_CATEGORY, _DECISION_YEAR),
        _DATED.format(rows="decisions"),
    ),
    _outcomes(
        "outcomes_by_modality",
        "Outcomes of tests by how they are made",
        (required("modality", "string", "Modality", modalities()),),
    ),
    _outcomes(
        "outcomes_by_operation",
        "Outcomes of operations by their kind",
        (required("operation", "string", "Kind of operation", operations()),),
    ),
    _outcomes(
        "outcomes_by_drug",
        "Outcomes of the items that dispute a drug, by ingredient",
        (optional("ingredient", "string", "Generic name"), _DRUG_CLASS),
        "drugs",
    ),
    _outcomes(
        "outcomes_by_product",
        "Outcomes of the items that dispute a drug, by product: a brand and its generic product are one",
        (optional("product", "string", "Product, as in `drugs`"), _DRUG_CLASS),
        "drugs",
    ),
    _outcomes(
        "outcomes_by_drug_class_year",
        "Outcomes of the items that dispute a drug, by class and year of the decision",
        (_DRUG_CLASS, _DECISION_YEAR),
        _DATED.format(rows="drugs"),
    ),
    _outcomes(
        "outcomes_by_body_part",
        "Outcomes by body part",
        (required("body_part", "string", "Body part", vocabulary("body_part")),),
        "(SELECT *, unnest(body_parts) AS body_part FROM decisions)",
    ),
    _outcomes(
        "outcomes_by_guideline",
        "Outcomes by cited guideline",
        (
            _CITED_BY,
            required("source", "string", "Whose guideline", SOURCES),
            optional("title", "string", "Guideline, chapter or topic"),
        ),
        "citations",
    ),
    _outcomes(
        "outcomes_by_guideline_key",
        "Outcomes by cited guideline under one name for each, whatever its words; null where it is in no list",
        (_CITED_BY, optional("guideline", "string", "Key of the guideline, as in `citations`", guideline_keys())),
        "citations",
    ),
    _outcomes(
        "outcomes_by_specialty",
        "Outcomes by reviewer's specialty",
        (required("specialty", "string", "Specialty, in the letters' words"),),
        _OF_CASES.format(column="reviewer_specialties", name="specialty"),
    ),
    _outcomes(
        "outcomes_by_specialty_name",
        "Outcomes by reviewer's specialty under the names of DWC's search tool",
        (required("specialty_name", "string", "Specialty", specialties()),),
        _OF_CASES.format(column="reviewer_specialty_names", name="specialty_name"),
    ),
    _outcomes(
        "outcomes_by_licensed_state",
        "Outcomes by reviewer's state",
        (required("state", "string", "USPS code", vocabulary("licensed_state")),),
        _OF_CASES.format(column="reviewer_licensed_states", name="state"),
    ),
    _outcomes(
        "outcomes_by_injury_age",
        "Outcomes by age of the injury when the case was decided",
        (
            optional(
                "injury_age_years", "int16", "Whole years from injury to decision; null without both dates in order"
            ),
        ),
        _INJURED,
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
        letters=(
            "SELECT document_id FROM cases WHERE is_latest AND case_year IS NOT DISTINCT FROM $case_year AND"
            " CASE $stage WHEN 'ur_denial_to_application' THEN application_received_date - ur_denial_date"
            " WHEN 'application_to_assigned' THEN date_assigned - application_received_date"
            " WHEN 'assigned_to_decision' THEN decision_date - date_assigned"
            " ELSE decision_date - application_received_date END >= 0"
        ),
    ),
    Table(
        "guideline_agreement",
        "Whether claims administrator and reviewer cite the same guideline",
        (
            _CASE_YEAR,
            _CATEGORY,
            required("decisions", "int64", "Disputed items"),
            required("same_guideline", "int64", "Of these, with a guideline that both cite"),
            required("different_guideline", "int64", "Of these, with guidelines of both sides, none in common"),
            required("claims_administrator_cited_none", "int64", "Of these, where the claims administrator cites none"),
            required("reviewer_cited_none", "int64", "Of these, where the reviewer cites none"),
        ),
        ("case_year", "treatment_category"),
        letters=_decisions_of("decisions", ("case_year", "treatment_category")),
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
        letters=(
            "SELECT DISTINCT document_id FROM cases JOIN dwc_index AS i USING (case_number) WHERE is_latest AND"
            " i.case_year IS NOT DISTINCT FROM $case_year AND"
            " coalesce($treatment_category, i.treatment_category) IS NOT DISTINCT FROM i.treatment_category"
        ),
    ),
)
