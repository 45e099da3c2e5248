"""The closed vocabularies of the tables: those of the rules, and said in the files."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from imr.extraction.categories import read_category
from imr.normalising.specialties import specialties
from imr.records import Span
from imr.rules import load_rules
from imr.tables.declaration import TABLES
from imr.tables.vocabularies import vocabulary

_TREATMENTS = load_rules("extraction", "treatments")
_CLASSES = set(load_rules("extraction", "drugs")["class"])
_NAMED = [entry for table in ("treatment", "ending") for entry in _TREATMENTS[table]]


def _listed(name: str) -> Iterator[str]:
    match name:
        case "letter_format":
            yield from (entry["name"] for entry in load_rules("splitting", "formats")["format"])
        case "treatment_category" | "treatment_subcategory":
            yield from (entry[name.removeprefix("treatment_")] for entry in _NAMED)
            yield from _CLASSES if name == "treatment_subcategory" else ()
        case "drug_class":
            yield from _CLASSES | set(load_rules("extraction", "drugs")["stems"].values())
        case "body_part":
            yield from (*load_rules("extraction", "body_parts")["part"], "psyche")
        case "licensed_state":
            yield from load_rules("extraction", "states")["codes"].values()


@pytest.mark.parametrize(
    "name",
    ["letter_format", "treatment_category", "treatment_subcategory", "drug_class", "body_part", "licensed_state"],
)
def test_a_vocabulary_is_what_the_rules_can_give(name: str) -> None:
    assert set(vocabulary(name)) == set(_listed(name))


@pytest.mark.parametrize("title", ["Nothing that is known", "Associated surgical service: walker", "Norco 10mg #60"])
def test_the_categories_that_no_rule_names_are_in_the_vocabulary(title: str) -> None:
    category, subcategory = read_category(title, Span(0, len(title)), ()).value
    assert category in vocabulary("treatment_category")
    assert subcategory in vocabulary("treatment_subcategory")


def test_the_metadata_of_a_field_have_its_vocabulary_and_its_meaning() -> None:
    metadata = TABLES["cases"].schema.field("reviewer_specialty_names").metadata
    assert json.loads(metadata[b"values"]) == list(specialties())
    assert metadata[b"description"].startswith(b"The specialties under the names")
    assert b"values" not in TABLES["cases"].schema.field("case_number").metadata
