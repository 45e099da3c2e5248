"""A letter from the tables of a lake, as it was published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TypeVar

from imr.api.letter import Letter, placed_values
from imr.lake.layout import LakeLayout
from imr.lake.lookup import Row, letter_rows
from imr.records import Case, Citation, Decision, Drug, Section

R = TypeVar("R")


def published_letter(lake: LakeLayout, document: Row) -> Letter:
    """The letter of a row of `documents`.

    Raises:
        LakeError: `lake_damaged` when a table cannot be read.
    """

    def rows(table: str, number: str | None = None) -> list[Row]:
        found = letter_rows(lake, table, document).to_pylist()
        return sorted(found, key=lambda row: (row.get("decision_number") or 0, row[number])) if number else found

    (text,), (case,) = rows("texts"), rows("cases")
    return Letter(
        document_id=document["document_id"],
        source_name=document["source_name"],
        text_origin=document["text_origin"],
        raw_text=text["raw_text"],
        text=text["clean_text"],
        sections=tuple(_section(row) for row in sorted(rows("sections"), key=lambda row: row["section_number"])),
        case=_record(Case, case),
        decisions=tuple(_record(Decision, row) for row in rows("decisions", "decision_number")),
        drugs=tuple(_record(Drug, row) for row in rows("drugs", "drug_number")),
        citations=tuple(_record(Citation, row) for row in rows("citations", "citation_number")),
        values=placed_values(rows("provenance"), text["clean_text"]),
        warnings=tuple(document["warnings"]),
    )


def _record(kind: Callable[..., R], row: Row) -> R:
    values = {field.name: row[field.name] for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


def _section(row: Row) -> Section:
    return Section(row["section"], row["decision_number"], row["title"], row["clean_start"], row["clean_end"])
