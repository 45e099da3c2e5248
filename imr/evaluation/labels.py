"""Hand-made labels: what careful readers say that a letter says, one JSON file per letter."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LETTER_KEYS = (
    "file", "letter_format", "case_number", "decision_date", "date_assigned", "ur_denial_date",
    "application_received_date", "date_of_injury", "priority", "patient_age", "patient_sex", "reviewer_specialties",
    "reviewer_licensed_states", "diagnoses", "decisions",
)  # fmt: skip
DECISION_KEYS = (
    "decision_number", "treatment_request", "original_request", "authorized_portion", "outcome", "treatment_category",
    "treatment_subcategory", "also_acceptable", "body_parts", "laterality", "visits", "visits_per_week", "weeks",
    "drugs", "quantity", "refills", "is_retrospective", "is_associated_surgical_service", "states_medically_necessary",
    "claims_administrator_cites_none", "reviewer_cites_none", "citations",
)  # fmt: skip


class LabelError(ValueError):
    """A label that cannot be used: which file, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Label:
    """One labelled letter; `name` is the stem of its file, by which the lake knows it."""

    name: str
    letter_format: str
    values: dict[str, Any]

    @property
    def decisions(self) -> list[dict[str, Any]]:
        """The labels of its disputed items, in order."""
        return list(self.values["decisions"])


def read_labels(places: Sequence[Path]) -> list[Label]:
    """The labels in some folders or files, by name.

    Raises:
        LabelError: there is none, one cannot be read or lacks a key, or two are of one letter.
    """
    labels = [_read(path) for path in _files(places)]
    if not labels:
        raise LabelError(f"no label files (*.json) in {', '.join(map(str, places))}")
    names = [label.name for label in labels]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise LabelError(f"more than one label for {', '.join(twice)}")
    return labels


def _files(places: Iterable[Path]) -> Iterable[Path]:
    for place in places:
        yield from sorted(place.glob("*.json")) if place.is_dir() else [place]


def _read(path: Path) -> Label:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LabelError(f"{path}: {type(error).__name__}: no readable JSON") from error
    _require(path, values, LETTER_KEYS, "")
    for place, decision in enumerate(values["decisions"], 1):
        _require(path, decision, DECISION_KEYS, f"decision {place}: ")
    return Label(Path(values["file"]).stem, values["letter_format"], values)


def _require(path: Path, values: object, keys: Sequence[str], where: str) -> None:
    missing = [key for key in keys if not isinstance(values, dict) or key not in values]
    if missing:
        raise LabelError(f"{path}: {where}lacks {', '.join(missing)}")
