"""The columns that are made of other columns: names under which equal things are equal, and what a row's item has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from imr.normalising.guidelines import guideline_key
from imr.normalising.products import product_name
from imr.normalising.specialties import specialty_names
from imr.normalising.treatments import modality, operation

OF_THE_ITEM = ("case_number", "decision_date", "outcome", "is_latest")
"""The columns that drugs and citations have from the item they belong to; drugs have its case year as well, which
citations have as the key of their folders."""

DERIVED: Mapping[str, tuple[str, ...]] = {
    "cases": ("reviewer_specialty_names",),
    "decisions": ("modality", "operation", "cites_same_guideline"),
    "drugs": ("product", *OF_THE_ITEM, "case_year"),
    "citations": ("guideline", *OF_THE_ITEM),
}
"""The derived columns of each table. They hold for the rows of whole letters: each is made of these alone."""

_ITEM = ("document_id", "decision_number")


def with_derived(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables `cases`, `decisions`, `drugs` and `citations` of some letters with their derived columns filled."""
    citations = _filled(
        tables["citations"], {"guideline": _mapped(guideline_key, tables["citations"], "source", "title")}
    )
    items = tables["decisions"]
    treatments = ("treatment_category", "treatment_subcategory", "treatment_request")
    decisions = _filled(
        items,
        {
            "modality": _mapped(modality, items, *treatments),
            "operation": _mapped(operation, items, *treatments),
            "cites_same_guideline": _cites_same(items, citations),
        },
    )
    cases = tables["cases"]
    return {
        "cases": _filled(cases, {"reviewer_specialty_names": _mapped(specialty_names, cases, "reviewer_specialties")}),
        "decisions": decisions,
        "drugs": _filled(
            tables["drugs"], {"product": _products(tables["drugs"]), **_of_items(tables["drugs"], decisions)}
        ),
        "citations": _filled(citations, _of_items(citations, decisions)),
    }


def _mapped(function: Callable[..., Any], rows: pa.Table, *columns: str) -> list[Any]:
    return list(map(function, *(rows[column].to_pylist() for column in columns)))


def _keys(rows: pa.Table) -> list[tuple[str, int]]:
    """The item that each row belongs to."""
    return list(zip(*(rows[column].to_pylist() for column in _ITEM), strict=True))


def _products(drugs: pa.Table) -> list[str]:
    """The product of each row: the rows of one name in an item are its ingredients."""
    names = drugs["name"].to_pylist()
    products = list(zip(_keys(drugs), names, strict=True))
    ingredients: dict[Any, list[str | None]] = {}
    for product, ingredient in zip(products, drugs["ingredient"].to_pylist(), strict=True):
        ingredients.setdefault(product, []).append(ingredient)
    classes, compounds = drugs["drug_class"].to_pylist(), drugs["is_compound"].to_pylist()
    rows = zip(products, names, classes, compounds, strict=True)
    return [
        product_name(name, ingredients[product], drug_class, is_compound=is_compound)
        for product, name, drug_class, is_compound in rows
    ]


def _cites_same(decisions: pa.Table, citations: pa.Table) -> list[bool]:
    """Whether both sides of each item cite one guideline: the same key, or, in no class, the same source and title."""
    cited: dict[Any, set[Any]] = {}
    columns = (citations[name].to_pylist() for name in ("cited_by", "guideline", "source", "title"))
    for item, side, key, source, title in zip(_keys(citations), *columns, strict=True):
        cited.setdefault((item, side), set()).add(key or (source, (title or "").casefold()))
    nothing: set[Any] = set()
    return [
        not cited.get((item, "claims_administrator"), nothing).isdisjoint(cited.get((item, "reviewer"), nothing))
        for item in _keys(decisions)
    ]


def _of_items(rows: pa.Table, decisions: pa.Table) -> dict[str, pa.ChunkedArray]:
    """The columns of the item that each row belongs to; null where there is none."""
    place = {item: number for number, item in enumerate(_keys(decisions))}
    places = pa.array(map(place.get, _keys(rows)), pa.int64())
    return {name: decisions[name].take(places) for name in (*OF_THE_ITEM, "case_year") if name in rows.schema.names}


def _filled(rows: pa.Table, columns: Mapping[str, Sequence[Any] | Iterable[Any]]) -> pa.Table:
    """The rows with some of their columns replaced, in the place and of the type that they have."""
    for name, values in columns.items():
        place = rows.schema.get_field_index(name)
        field = rows.schema.field(place)
        made = values if isinstance(values, pa.ChunkedArray) else pa.array(values, field.type)
        rows = rows.set_column(place, field, made)
    return rows
