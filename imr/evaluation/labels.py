"""Hand-made labels: what careful readers say that a letter says, one JSON file per letter."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
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
ENTRY_KEYS = {
    "drugs": ("name", "ingredients", "strength"),
    "citations": ("cited_by", "source", "title", "year", "sections", "pages"),
}
"""The keys of each entry in an item's lists."""


def _is_list(value: object, of: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(of(member) for member in value)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_pair(value: object) -> bool:
    return _is_list(value, _is_text) and len(value) == 2  # type: ignore[arg-type]


_Form = tuple[str, Callable[[object], bool]]
_TEXT: _Form = ("text", _is_text)
_TEXTS: _Form = ("list of texts", lambda value: _is_list(value, _is_text))
_PAIRS: _Form = ("list of pairs of texts", lambda value: _is_list(value, _is_pair))
_LIST: _Form = ("list", lambda value: isinstance(value, list))
_COUNT: _Form = ("whole number from 1", lambda value: type(value) is int and value > 0)
_SINGLE: _Form = ("single value", lambda value: value is None or isinstance(value, str | int | float))
_FORMS: dict[str, _Form] = {
    "file": _TEXT, "letter_format": _TEXT, "cited_by": _TEXT, "source": _TEXT, "reviewer_specialties": _TEXTS,
    "reviewer_licensed_states": _TEXTS, "diagnoses": _TEXTS, "body_parts": _TEXTS, "ingredients": _TEXTS,
    "also_acceptable": _PAIRS, "decisions": _LIST, "drugs": _LIST, "citations": _LIST, "decision_number": _COUNT,
}  # fmt: skip
"""What the value of a key must be; any other is a single value or null."""


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
        LabelError: there is none, one cannot be read, lacks a key or holds a value of another form under it, or two
            are of one letter.
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
        _require_decision(path, decision, f"decision {place}: ")
    numbers = [decision["decision_number"] for decision in values["decisions"]]
    if len(set(numbers)) < len(numbers):
        raise LabelError(f"{path}: two decisions have the same decision_number")
    return Label(Path(values["file"]).stem, values["letter_format"], values)


def _require_decision(path: Path, decision: dict[str, Any], where: str) -> None:
    _require(path, decision, DECISION_KEYS, where)
    for name, keys in ENTRY_KEYS.items():
        for place, entry in enumerate(decision[name], 1):
            _require(path, entry, keys, f"{where}{name} {place}: ")


def _require(path: Path, values: dict[str, Any], keys: Sequence[str], where: str) -> None:
    """Names the keys that are missing or hold something else than they must; never what they hold."""
    missing = [key for key in keys if not isinstance(values, dict) or key not in values]
    if missing:
        raise LabelError(f"{path}: {where}lacks {', '.join(missing)}")
    for key in keys:
        form, holds = _FORMS.get(key, _SINGLE)
        if not holds(values[key]):
            raise LabelError(f"{path}: {where}{key} is no {form}")
