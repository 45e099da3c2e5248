"""Accuracy per field, over all letters and by letter format and text origin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from imr.evaluation.comparison import Result, compare
from imr.evaluation.labels import Label
from imr.evaluation.published import published_letters
from imr.lake.layout import LakeLayout

ALL = "all"
NOT_IN_LAKE = "not in the lake"


class Accuracy(NamedTuple):
    """How often a field is right.

    `value` is the share of right values; of list fields it is the F1 score (the harmonic mean of the share of wanted
    members that are given and of given members that are wanted). `wanted` is how many values were wanted.
    """

    value: float
    wanted: int


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the labelled letters: how many, with how many items, and how right each field is."""

    letters: int
    decisions: int
    fields: dict[str, Accuracy]

    @property
    def mean(self) -> float:
        """The mean over the fields."""
        return sum(field.value for field in self.fields.values()) / len(self.fields)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A lake measured: groups by name (`all` among the formats), and every single result."""

    by_format: dict[str, Group]
    by_text_origin: dict[str, Group]
    results: tuple[Result, ...]


def evaluate(lake: LakeLayout, labels: Sequence[Label]) -> Evaluation:
    """Measure a lake by labelled letters.

    Raises:
        LakeError: `lake_damaged` when a table cannot be read.
    """
    letters = published_letters(lake, (label.name for label in labels))
    results = {label.name: tuple(compare(label, letters.get(label.name))) for label in labels}
    formats: dict[str, list[Label]] = {ALL: list(labels)}
    origins: dict[str, list[Label]] = {}
    for label in labels:
        letter = letters.get(label.name)
        formats.setdefault(label.letter_format, []).append(label)
        origins.setdefault(letter.text_origin if letter else NOT_IN_LAKE, []).append(label)
    return Evaluation(
        {name: _group(members, results) for name, members in formats.items()},
        {name: _group(members, results) for name, members in origins.items()},
        tuple(result for name in results for result in results[name]),
    )


def _group(labels: Sequence[Label], results: dict[str, tuple[Result, ...]]) -> Group:
    ours = (result for label in labels for result in results[label.name])
    return Group(len(labels), sum(len(label.decisions) for label in labels), accuracies(ours))


def accuracies(results: Iterable[Result]) -> dict[str, Accuracy]:
    """The accuracy of each field, in the order in which the fields come."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for result in results:
        total = sums[result.field]
        for index, number in enumerate((result.hits, result.wanted, result.given)):
            total[index] += number
    return {field: Accuracy(_f1(*total), total[1]) for field, total in sums.items()}


def _f1(hits: int, wanted: int, given: int) -> float:
    """The harmonic mean of precision and recall; 1 where nothing is wanted and nothing given."""
    return 2 * hits / (wanted + given) if wanted + given else 1.0
