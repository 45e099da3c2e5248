"""An evaluation as JSON, and what became right or wrong since an earlier one. Neither holds a word of a letter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from imr.evaluation.accuracy import Evaluation, Group
from imr.evaluation.comparison import Result


class SavedError(ValueError):
    """A file that is no saved evaluation."""


class FieldLocation(NamedTuple):
    """Which value is meant: its letter, its disputed item if it has one, and its field."""

    letter: str
    decision_number: int | None
    field: str


class Changes(NamedTuple):
    """The values that are better and those that are worse than before, in the order of the labels."""

    gains: tuple[FieldLocation, ...]
    losses: tuple[FieldLocation, ...]


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The figures by group, the letters, and every mistake by its location."""
    return {
        "by_format": _groups(evaluation.by_format),
        "by_text_origin": _groups(evaluation.by_text_origin),
        "letters": list(dict.fromkeys(result.letter for result in evaluation.results)),
        "mistakes": [result._asdict() for result in evaluation.results if result.mistakes],
    }


def read_saved(file: Path) -> dict[str, Any]:
    """An evaluation that was saved.

    Raises:
        SavedError: the file cannot be read or is none.
    """
    try:
        saved = json.loads(file.read_text(encoding="utf-8"))
        return {"letters": set(saved["letters"]), "mistakes": [Result(**mistake) for mistake in saved["mistakes"]]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SavedError(f"{file}: {type(error).__name__}: no saved evaluation") from error


def changes_since(saved: Mapping[str, Any], evaluation: Evaluation) -> Changes:
    """What is better or worse than in a saved evaluation, in the letters that both of them measured.

    Raises:
        SavedError: they have no letter in common, so that "nothing is worse" would say nothing.
    """
    before = {_location(mistake): mistake.mistakes for mistake in saved["mistakes"]}
    compared = [result for result in evaluation.results if result.letter in saved["letters"]]
    if not compared:
        raise SavedError("the saved evaluation measured none of these letters")
    return Changes(
        tuple(_location(r) for r in compared if r.mistakes < before.get(_location(r), 0)),
        tuple(_location(r) for r in compared if r.mistakes > before.get(_location(r), 0)),
    )


def _location(result: Result) -> FieldLocation:
    return FieldLocation(result.letter, result.decision_number, result.field)


def _groups(groups: Mapping[str, Group]) -> dict[str, Any]:
    return {
        name: {
            "letters": group.letters,
            "decisions": group.decisions,
            "mean": group.mean,
            "fields": {field: accuracy._asdict() for field, accuracy in group.fields.items()},
        }
        for name, group in groups.items()
    }
