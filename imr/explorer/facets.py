"""By what decisions are counted, filtered and compared: each facet with its values as SQL over one decision's rows.

In the SQL `d` is the row of `decisions`, `c` and `t` those of `cases` and `documents`, `m` its medicines and `g` its
guidelines, each with lists of distinct values. A value that a letter does not say is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple


class Facet(NamedTuple):
    """One facet: its name in the address and the index, its title on the page, its list of strings in SQL."""

    name: str
    title: str
    sql: str
    compared: bool = True
    """Whether its values are groups of decisions whose odds mean something beside each other."""


_ALL = (
    Facet("outcome", "Outcome", "[d.outcome]", compared=False),
    Facet("year", "Year of application", "[d.case_year]"),
    Facet("decided", "Year of decision", "[year(d.decision_date)]"),
    Facet("category", "Treatment", "[d.treatment_category]"),
    Facet("subcategory", "Kind of treatment", "[d.treatment_subcategory]"),
    Facet("modality", "Kind of test", "[d.modality]"),
    Facet("operation", "Kind of operation", "[d.operation]"),
    Facet("product", "Drug", "m.products"),
    Facet("ingredient", "Ingredient", "m.ingredients"),
    Facet("drug_class", "Class of drug", "m.classes"),
    Facet("compound", "Compounded drug", "m.compounds"),
    Facet("body_part", "Body part", "d.body_parts"),
    Facet("side", "Side", "[d.laterality]"),
    Facet("guideline", "Guideline of the reviewer", "g.of_reviewer"),
    Facet("denied_by", "Guideline of the denial", "g.of_administrator"),
    Facet(
        "agreement",
        "Guidelines of both sides",
        """[CASE WHEN d.cites_same_guideline THEN 'same guideline'
                 WHEN len(g.of_reviewer) > 0 AND len(g.of_administrator) > 0 THEN 'different guidelines' END,
            CASE WHEN d.reviewer_cites_none THEN 'reviewer cites none' END,
            CASE WHEN d.claims_administrator_cites_none THEN 'denial cites none' END]""",
    ),
    Facet("specialty", "Specialty of the reviewer", "coalesce(c.reviewer_specialty_names, c.reviewer_specialties)"),
    Facet("state", "Licence of the reviewer", "c.reviewer_licensed_states"),
    Facet(
        "licensed",
        "Licensed in California",
        """[CASE WHEN list_contains(c.reviewer_licensed_states, 'CA') THEN 'in California'
                 WHEN len(c.reviewer_licensed_states) > 0 THEN 'elsewhere only' END]""",
    ),
    Facet("form", "Form of the letter", "[t.letter_format]"),
    Facet(
        "doubt",
        "Doubtful values",
        """list_concat(
            CASE WHEN len(t.warnings) > 0 OR d.outcome_matches_rationale = false THEN ['any'] END, t.warnings,
            CASE WHEN d.outcome_matches_rationale = false THEN ['outcome_contradicts_rationale'] END)""",
        compared=False,
    ),
)

FACETS: Mapping[str, Facet] = {facet.name: facet for facet in _ALL}
"""All facets by name, in the order of the page."""

COMPARED = tuple(name for name, facet in FACETS.items() if facet.compared)
"""The facets by which outcomes are compared."""

STAGES: Mapping[str, tuple[str, str]] = {
    "ur_denial_to_application": ("c.ur_denial_date", "c.application_received_date"),
    "application_to_assigned": ("c.application_received_date", "c.date_assigned"),
    "assigned_to_decision": ("c.date_assigned", "c.decision_date"),
    "application_to_decision": ("c.application_received_date", "c.decision_date"),
}
"""The stages of a case by the dates between which they lie, as `processing_times` has them."""


_ACRONYMS = re.compile(r"\b(dwc|imr|ocr|pdf|ur)\b")


def words_of(value: str) -> str:
    """A value as people read it: codes of closed vocabularies without their underlines."""
    return _ACRONYMS.sub(lambda found: found[0].upper(), value.replace("_", " ")) if value.islower() else value
