"""Every field of every letter of the project that has a label: the samples, and the letters beside this.

Those `by_other_hands` were written and labelled by authors who had not seen the rules.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from imr.evaluation.labels import CitationLabel, DecisionLabel, LetterLabel, single_values
from imr.steps import Columns, clean_letter, extract_letter, split_letter

ROOT = Path(__file__).parent.parent.parent
LETTERS_OF = {
    ROOT / "tests" / "golden" / "landing": ROOT / "data_lake" / "landing",
    ROOT / "tests" / "accuracy" / "labels": ROOT / "tests" / "accuracy" / "letters",
    ROOT / "tests" / "accuracy" / "by_other_hands" / "labels": ROOT
    / "tests"
    / "accuracy"
    / "by_other_hands"
    / "letters",
}
LABELS: dict[str, dict[str, Any]] = {}
LETTERS: dict[str, Path] = {}
for _labels, _letters in LETTERS_OF.items():
    for _file in sorted(_labels.glob("*.json")):
        LABELS[_file.stem] = json.loads(_file.read_text(encoding="utf-8"))
        LETTERS[_file.stem] = _letters / LABELS[_file.stem]["file"]

CASE_FIELDS = tuple(field.name for field in fields(LetterLabel) if field.name != "decisions")
_OF_A_PAIR = ("treatment_category", "treatment_subcategory")  # more than one of which may be right
DECISION_FIELDS = ("decision_number", *(name for name in single_values(DecisionLabel) if name not in _OF_A_PAIR))
CITATION_FIELDS = tuple(field.name for field in fields(CitationLabel))

Rows = list[dict[str, Any]]


@cache
def extracted(name: str) -> dict[str, Rows]:
    """The rows of one letter by table."""
    path = LETTERS[name]
    cleaned = clean_letter(path).clean
    records = extract_letter(cleaned, split_letter(cleaned.text).letter, path.name)
    return {table: _rows(columns) for table, columns in records.rows.items()}


def _rows(columns: Columns) -> Rows:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def plain(value: object) -> object:
    """A value as JSON holds it."""
    match value:
        case dt.date():
            return value.isoformat()
        case tuple():
            return [plain(item) for item in value]
        case _:
            return value


ITEMS = [
    pytest.param(name, decision, id=f"{name}-{decision['decision_number']}")
    for name, label in LABELS.items()
    for decision in label["decisions"]
]


def of_item(name: str, table: str, number: int) -> Rows:
    return [row for row in extracted(name)[table] if row["decision_number"] == number]


@pytest.mark.parametrize("name", LABELS)
def test_what_a_letter_says_once_is_read(name: str) -> None:
    (case,) = extracted(name)["cases"]
    label = LABELS[name]
    assert {field: plain(case[field]) for field in CASE_FIELDS} == {field: label[field] for field in CASE_FIELDS}


@pytest.mark.parametrize("name", LABELS)
def test_all_items_are_found(name: str) -> None:
    assert len(extracted(name)["decisions"]) == len(LABELS[name]["decisions"])


@pytest.mark.parametrize(("name", "label"), ITEMS)
def test_an_item_is_read(name: str, label: dict[str, Any]) -> None:
    (item,) = of_item(name, "decisions", label["decision_number"])
    assert {field: plain(item[field]) for field in DECISION_FIELDS} == {f: label[f] for f in DECISION_FIELDS}
    assert set(item["body_parts"]) == set(label["body_parts"])


@pytest.mark.parametrize(("name", "label"), ITEMS)
def test_an_items_category_is_one_that_an_analyst_may_choose(name: str, label: dict[str, Any]) -> None:
    (item,) = of_item(name, "decisions", label["decision_number"])
    acceptable = [[label["treatment_category"], label["treatment_subcategory"]], *label["also_acceptable"]]
    assert [item["treatment_category"], item["treatment_subcategory"]] in acceptable


@pytest.mark.parametrize(("name", "label"), ITEMS)
def test_an_items_drugs_are_read(name: str, label: dict[str, Any]) -> None:
    found: dict[tuple[str, str | None], set[str | None]] = {}
    for drug in of_item(name, "drugs", label["decision_number"]):
        found.setdefault((drug["name"], drug["strength"]), set()).add(drug["ingredient"])
    expected = {(drug["name"], drug["strength"]): set(drug["ingredients"]) or {None} for drug in label["drugs"]}
    assert list(found.items()) == list(expected.items())


@pytest.mark.parametrize(("name", "label"), ITEMS)
def test_an_items_citations_are_read(name: str, label: dict[str, Any]) -> None:
    cited = of_item(name, "citations", label["decision_number"])
    assert [{field: row[field] for field in CITATION_FIELDS} for row in cited] == label["citations"]
