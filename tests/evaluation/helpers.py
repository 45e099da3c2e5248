"""Labels and rows of an invented letter."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from imr.evaluation.labels import DecisionLabel, Label
from imr.evaluation.published import PublishedLetter

LETTER_KEYS = tuple(field.name for field in fields(Label))
DECISION_KEYS = tuple(field.name for field in fields(DecisionLabel))
_LISTS = {
    "reviewer_specialties", "reviewer_licensed_states", "diagnoses", "decisions", "also_acceptable", "body_parts",
    "drugs", "citations",
}  # fmt: skip


def _empty(keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: [] if key in _LISTS else None for key in keys}


def decision(number: int, **values: Any) -> dict[str, Any]:
    """The label of an item; what is not given is null or empty."""
    return {**_empty(DECISION_KEYS), "decision_number": number, **values}


def label(file: str, *decisions: dict[str, Any], **values: Any) -> dict[str, Any]:
    """The label of a letter; what is not given is null or empty."""
    given = {"file": file, "letter_format": "notice_2013", "decisions": list(decisions)}
    return {**_empty(LETTER_KEYS), **given, **values}


def citation(**values: Any) -> dict[str, Any]:
    """A citation, of a label or a lake alike."""
    given = {"cited_by": "reviewer", "source": "MTUS", "title": "Knee Complaints", "year": 2004}
    return {**given, "sections": None, "pages": None, **values}


def published(values: dict[str, Any]) -> PublishedLetter:
    """What a lake holds that says exactly what a label says."""
    letter = PublishedLetter(
        "plain_text", {key: values[key] for key in LETTER_KEYS if key not in ("file", "decisions")}
    )
    for row in values["decisions"]:
        number = row["decision_number"]
        letter.decisions[number] = {key: row[key] for key in DECISION_KEYS if key not in ("drugs", "citations")}
        letter.citations[number] = list(row["citations"])
        letter.drugs[number] = [{"ingredient": name} for drug in row["drugs"] for name in drug["ingredients"]]
    return letter
