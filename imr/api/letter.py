"""A letter as people who write Python meet it: its records, and behind every value the words it was read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from imr.records import Case, Citation, Decision, Drug, Method, Section, Span

Record = Case | Decision | Drug | Citation


class Value(NamedTuple):
    """One extracted value, where it stands, and the words that it was read from.

    Attributes:
        table: The table of its record: `cases`, `decisions`, `drugs` or `citations`.
        decision_number: The disputed item that it belongs to; None for what a letter says once.
        item_number: The number of its drug or citation; None for others.
        field: The field of its record. A field that holds several values has a `Value` for each.
        value: The value as text: dates in ISO form, truth values as `true` and `false`.
        words: The words it was read from, as they stand in the clean text; None for a value of the file's name.
        span: Where these begin and end in the clean text, in code points; None as before.
        raw_span: What they were read from in the raw text; None as before.
        page: The page they stand on, from 1; None as before.
        method: `exact`, or `repaired` where OCR had misread them, `inferred` where they do not name the value
            itself, `file_name` where the letter does not say it and the file's name does.
        rule: The rule that read it.
    """

    table: str
    decision_number: int | None
    item_number: int | None
    field: str
    value: str
    words: str | None
    span: Span | None
    raw_span: Span | None
    page: int | None
    method: Method
    rule: str


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """One letter: its text, its parts, its records, and every value with the words it was read from.

    `imr.read_letter` makes it from a file, `imr.Lake.letter` from the tables of a lake. The records have the fields
    of the tables' rows; the data dictionary says what each means.

    Attributes:
        document_id: SHA-256 of the file's bytes in lower-case hex; names the letter in every table.
        source_name: The name of its file.
        text_origin: Where its text is from: `text_layer`, `ocr`, `mixed` or `plain_text`.
        raw_text: The text as the file or OCR gave it.
        text: The text after cleaning: paragraphs without page furniture, no word rewritten.
        sections: The letter's parts, in order; `words` gives the text of one.
        case: What it says once: dates, reviewer, patient, diagnoses, the outcome over all items.
        decisions: The disputed items and what became of them.
        drugs: The ingredients of disputed drugs.
        citations: The guidelines that either side cites.
        values: Every extracted value, table by table and item by item.
        warnings: What is doubtful about the letter, as codes.
    """

    document_id: str
    source_name: str
    text_origin: str
    raw_text: str
    text: str
    sections: tuple[Section, ...]
    case: Case
    decisions: tuple[Decision, ...]
    drugs: tuple[Drug, ...]
    citations: tuple[Citation, ...]
    values: tuple[Value, ...]
    warnings: tuple[str, ...]

    def __repr__(self) -> str:
        # Short, and without the letter's text: it ends up in logs.
        name = self.case.case_number or self.source_name
        return f"<Letter {name}: {self.case.outcome}, {len(self.decisions)} decisions>"

    def values_of(self, record: Record, field: str | None = None) -> tuple[Value, ...]:
        """The values of one record of this letter, with the words that each was read from.

        What was not read but computed, such as the number of decisions, has none.

        Args:
            record: The letter's `case`, or one of its `decisions`, `drugs` or `citations`.
            field: Only the values of this field.

        Examples:
            >>> import imr
            >>> letter = imr.read_letter("data_lake/landing/CM14-0900001.pdf")
            >>> for value in letter.values_of(letter.decisions[0], "outcome"):
            ...     print(value.words, value.span, value.page)
            Overturned Span(start=2415, end=2425) 1
        """
        cell = _cell(record)
        return tuple(
            value
            for value in self.values
            if (value.table, value.decision_number, value.item_number) == cell and field in (None, value.field)
        )

    def words(self, part: Section | Span) -> str:
        """The words of a section or a span.

        Examples:
            >>> import imr
            >>> letter = imr.read_letter("data_lake/landing/CM14-0900001.pdf")
            >>> letter.words(letter.sections[0])[:25]
            'Case Number: CM14-0900001'
        """
        return self.text[part.start : part.end]


def placed_values(rows: Iterable[Mapping[str, Any]], text: str) -> tuple[Value, ...]:
    """The values of a letter from its rows of `provenance`, in the order of that table."""
    return tuple(_value(row, text) for row in sorted(rows, key=_order))


def _value(row: Mapping[str, Any], text: str) -> Value:
    span, raw_span = _span(row, "clean"), _span(row, "raw")
    words = None if span is None else text[span.start : span.end]
    cell = row["table_name"], row["decision_number"], row["item_number"], row["field"]
    return Value(*cell, row["value"], words, span, raw_span, row["page"], row["method"], row["rule"])


def _span(row: Mapping[str, Any], text: str) -> Span | None:
    start, end = row[f"{text}_start"], row[f"{text}_end"]
    return None if start is None else Span(start, end)


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    numbers = (row["decision_number"] or 0, row["item_number"] or 0)
    return row["table_name"], *numbers, row["field"], row["clean_start"] or 0, row["value"]


def _cell(record: Record) -> tuple[str, int | None, int | None]:
    match record:
        case Decision():
            return "decisions", record.decision_number, None
        case Drug():
            return "drugs", record.decision_number, record.drug_number
        case Citation():
            return "citations", record.decision_number, record.citation_number
        case _:
            return "cases", None, None
