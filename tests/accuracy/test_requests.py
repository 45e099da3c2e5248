"""Titles, with a rationale where it matters, in the wording of many years and offices, and what is read from them.

`requests.tsv` was written by reading the labelling rules, a part of it each time before the extraction's rules were
changed. Alternatives that a careful reader could equally choose stand between bars; an empty one means none.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from imr.extraction.amounts import read_amounts
from imr.extraction.body_parts import read_body_parts
from imr.extraction.categories import read_category
from imr.extraction.drugs import read_drugs
from imr.extraction.sides import read_laterality
from imr.records import Span

Row = dict[str, str]
with (Path(__file__).parent / "requests.tsv").open(encoding="utf-8", newline="") as file:
    ROWS: list[Row] = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


class Read(NamedTuple):
    """What is read of one row, by column."""

    category: str
    body_parts: str
    laterality: str
    ingredients: str
    amounts: str


def read(row: Row) -> Read:
    text = f"{row['title']}\n{row['rationale']}"
    title, rationale = Span(0, len(row["title"])), Span(len(row["title"]) + 1, len(text))
    drugs, amounts = read_drugs(text, title), read_amounts(text, title)
    parts = read_body_parts(text, title, rationale)
    side = read_laterality(text, title, rationale, parts)
    found = {field: amount.value for field, amount in amounts._asdict().items() if amount}
    return Read(
        "/".join(read_category(text, title, drugs, parts).value),
        ", ".join(part.value for part in parts),
        side.value if side else "",
        ", ".join(ingredient for drug in drugs for ingredient in drug.ingredients),
        " ".join(f"{field}={value:g}" for field, value in found.items()),
    )


def as_set(values: str) -> set[str]:
    return set(filter(None, map(str.strip, values.split(","))))


SAME: dict[str, Callable[[str, str], bool]] = {
    "category": str.__eq__,
    "body_parts": lambda one, two: as_set(one) == as_set(two),
    "laterality": str.__eq__,
    "ingredients": lambda one, two: as_set(one) == as_set(two),
    "amounts": str.__eq__,
}


def wrong(rows: list[Row], field: str) -> list[tuple[str, str, str]]:
    """Title, what is read and what is right, where these differ."""
    return [
        (row["title"], found, row[field])
        for row in rows
        if not any(SAME[field](found := getattr(read(row), field), right.strip()) for right in row[field].split("|"))
    ]


def test_there_are_enough_of_them() -> None:
    assert len(ROWS) > 500
    assert len({(row["title"], row["rationale"]) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("field", SAME)
def test_every_request_is_read(field: str) -> None:
    assert wrong(ROWS, field) == []


@pytest.mark.parametrize("field", SAME)
def test_a_wrong_value_is_seen(field: str) -> None:
    assert wrong([ROWS[0] | {field: "something else"}], field)
