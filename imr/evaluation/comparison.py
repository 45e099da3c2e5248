"""One label against what the lake says of its letter, value by value.

Case, white space, hyphens, quotation marks and a closing full stop make no difference. Diagnoses count when they are
nearly alike, and so do the titles and sections of citations; everything else must be the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple, TypeVar

from imr.evaluation.labels import CitationLabel, DecisionLabel, Label, single_values
from imr.evaluation.published import PublishedLetter, Row

CASE_FIELDS, DECISION_FIELDS = single_values(Label), single_values(DecisionLabel)
_INDEX_IN_PAIR = {"treatment_category": 0, "treatment_subcategory": 1}
_DIAGNOSES_ALIKE, _TITLES_ALIKE, _SECTIONS_ALIKE = 0.8, 0.8, 0.85

_HYPHENS = re.compile(r"\s*[-\u2010-\u2015\ufffe\u00ad]\s*")
_QUOTES = str.maketrans({"\u2019": "'", "\u201c": '"', "\u201d": '"'})
T = TypeVar("T")
U = TypeVar("U")


class Result(NamedTuple):
    """How one field of one letter or item came out.

    Of a single value, one is wanted and one given. Of a list, `wanted` and `given` count its members and `hits` those
    that are in both.
    """

    letter: str
    decision_number: int | None
    field: str
    hits: int
    wanted: int
    given: int

    @property
    def mistakes(self) -> int:
        """How many values are missing or too many."""
        return (self.wanted - self.hits) + (self.given - self.hits)


def compare(label: Label, letter: PublishedLetter | None) -> Iterator[Result]:
    """The results of one label; a letter that is not in the lake is wrong in every field."""
    yield _single(label.name, None, "letter found", letter is not None)
    for field in CASE_FIELDS:
        right = letter is not None and plain(getattr(label, field)) == plain(letter.case[field])
        yield _single(label.name, None, field, right)
    for field, same in _CASE_LISTS.items():
        given = list(letter.case[field] or ()) if letter else []
        yield _listed(label.name, None, field, getattr(label, field), given, same)
    right = letter is not None and len(letter.decisions) == len(label.decisions)
    yield _single(label.name, None, "number of decisions", right)
    for decision in label.decisions:
        yield from _compare_decision(label.name, decision, letter)


def _compare_decision(name: str, label: DecisionLabel, letter: PublishedLetter | None) -> Iterator[Result]:
    number = label.decision_number
    row = letter.decisions.get(number) if letter else None
    for field in DECISION_FIELDS:
        yield _single(name, number, field, row is not None and _is_right(field, label, row[field]))
    parts = list(row["body_parts"] or ()) if row else []
    yield _listed(name, number, "body_parts", label.body_parts, parts, _equal)
    drugs = letter.drugs[number] if letter else []
    wanted = {ingredient.casefold() for drug in label.drugs for ingredient in drug.ingredients}
    given = {drug["ingredient"].casefold() for drug in drugs if drug["ingredient"]}
    yield _listed(name, number, "drug ingredients", sorted(wanted), sorted(given), _equal)
    cited = letter.citations[number] if letter else []
    yield _listed(name, number, "citations: who and which guideline", label.citations, cited, _same_source)
    yield _listed(name, number, "citations: all parts", label.citations, cited, _same_citation)


def plain(value: object) -> str | None:
    """A value as it is compared."""
    if value is None:
        return None
    text = _HYPHENS.sub("-", str(value).casefold().translate(_QUOTES))
    return re.sub(r"\s+", " ", text).strip(" .;:,")


def alike(one: object, other: object, at: float) -> bool:
    """Whether two texts share at least a given part of their characters, in order."""
    a, b = plain(one) or "", plain(other) or ""
    return a == b or SequenceMatcher(None, a, b, autojunk=False).ratio() >= at


def _is_right(field: str, label: DecisionLabel, given: object) -> bool:
    wanted = getattr(label, field)
    if field in _INDEX_IN_PAIR:
        others = (pair[_INDEX_IN_PAIR[field]] for pair in label.also_acceptable)
        return plain(given) in {plain(value) for value in (wanted, *others)}
    if isinstance(wanted, str) or isinstance(given, str):
        return plain(wanted) == plain(given)
    return bool(wanted == given)


def _single(letter: str, number: int | None, field: str, right: bool) -> Result:
    return Result(letter, number, field, int(right), 1, 1)


def _listed(
    letter: str,
    number: int | None,
    field: str,
    wanted: Sequence[T],
    given: Sequence[U],
    same: Callable[[T, U], bool],
) -> Result:
    """Pairs each wanted member with the first given one that is the same and not yet taken."""
    left, hits = list(given), 0
    for one in wanted:
        index = next((index for index, other in enumerate(left) if same(one, other)), None)
        if index is not None:
            del left[index]
            hits += 1
    return Result(letter, number, field, hits, len(wanted), len(given))


def _equal(one: object, other: object) -> bool:
    return one == other


def _same_specialty(one: str, other: str) -> bool:
    return (plain(one) or "").replace("&", "and") == (plain(other) or "").replace("&", "and")


def _same_source(wanted: CitationLabel, given: Row) -> bool:
    return bool(wanted.cited_by == given["cited_by"] and wanted.source.casefold() == given["source"].casefold())


def _same_citation(wanted: CitationLabel, given: Row) -> bool:
    return (
        _same_source(wanted, given)
        and alike(wanted.title, given["title"], _TITLES_ALIKE)
        and wanted.year == given["year"]
        and alike(wanted.sections, given["sections"], _SECTIONS_ALIKE)
        and plain(wanted.pages) == plain(given["pages"])
    )


def _same_diagnosis(one: str, other: str) -> bool:
    return alike(one, other, _DIAGNOSES_ALIKE)


_CASE_LISTS: dict[str, Callable[[Any, Any], bool]] = {
    "reviewer_specialties": _same_specialty,
    "reviewer_licensed_states": _equal,
    "diagnoses": _same_diagnosis,
}
