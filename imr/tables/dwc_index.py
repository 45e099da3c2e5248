"""The tables of what others say of the letters: the index of the Division of Workers' Compensation."""

from __future__ import annotations

from imr.tables.schema import NARROW, Table, optional, required

_LISTED = "as the search tool lists it"

DWC_INDEX = Table(
    "dwc_index",
    "One row per case and item as DWC's search tool lists them, whether its letter is in the lake or not",
    (
        required("case_number", "string", "Case number"),
        required("case_year", "int16", "Year of the application, from the case number"),
        required("item_number", "int16", "Place of the item in the tool's list of the case, from 1"),
        optional("decision_date", "date", "Date of the decision"),
        optional("date_of_injury", "date", "Date of injury"),
        optional("application_received_date", "date", "Date the application was received"),
        optional("reviewer_specialty", "string", f"The reviewer's specialty, {_LISTED}"),
        optional("case_outcome", "string", "Outcome over all items", ("upheld", "overturned", "mixed")),
        optional("outcome", "string", "Outcome of the item", ("upheld", "overturned", "partially_overturned")),
        optional("treatment_category", "string", "Category, in the words of `decisions` where they have it"),
        optional("treatment_subcategory", "string", "Subcategory or drug class, likewise"),
        optional("listed_case_outcome", "string", f"Outcome of the case, {_LISTED}"),
        optional("listed_outcome", "string", f"Outcome of the item, {_LISTED}"),
        optional("listed_category", "string", f"Category, {_LISTED}"),
        optional("listed_subcategory", "string", f"Subcategory or drug class, {_LISTED}"),
        optional("source_uri", "string", "Address of the letter; null where the tool lists none"),
        required("listed_at", "instant", "When the case was first listed as it is now"),
    ),
    ("case_number", "item_number"),
    "case_year",
    NARROW,
)
