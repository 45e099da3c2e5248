"""The treatments that a title names, and the one of them that it disputes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

from imr.extraction.vocabulary import Hit, Vocabulary
from imr.records import Span
from imr.rules import load_rules


class Treatment(NamedTuple):
    """A kind of treatment in the state's vocabulary, and how surely its name decides (the lowest rank wins).

    `by_part` marks operations that are spine surgery or not by the body part they are done on, `first_visit`
    the consultations, which are surgical consults when a surgeon is consulted, `talk` the names of a profession
    whose counted sessions are therapy.
    """

    category: str
    subcategory: str
    rank: float
    by_part: bool = False
    first_visit: bool = False
    talk: bool = False


_IGNORED = Treatment("", "", 0)
_WORD = re.compile(r"[A-Za-z]{7,}")


def named_treatments(text: str, title: Span) -> list[Hit[Treatment]]:
    """Every treatment named in `text[title.start:title.end]`, in order; none of what belongs to one before it."""
    hits = [hit for hit in treatment_names().find(text, *title) if hit.key is not _IGNORED]
    may_have = len(hits) > 1 and may_be_flagged("details", text[slice(*title)].lower())
    details = title_flag("details").search(text, *title) if may_have else None
    if details is None:
        return hits
    whole = [hit for hit in hits if hit.start < details.start()]
    only = [hit for hit in hits if hit.start >= details.start()] if _is_collective(text, whole) else []
    return only if len(only) == 1 else whole or hits


def _is_collective(text: str, hits: list[Hit[Treatment]]) -> bool:
    """Whether nothing but "labs", "tests" and the like is named, which one named behind it says better."""
    collective = load_rules("extraction", "treatments")["collective"]
    return bool(hits) and all(text[hit.start : hit.end].lower() in collective for hit in hits)


def title_treatments(text: str, title: Span) -> list[Hit[Treatment]]:
    """The treatments that a title names; failing these, the procedures told by the ending of their names.

    A title that opens with a way to travel names after it only where to.
    """
    hits = named_treatments(text, title)
    if hits and hits[0].key.category == "Transportation":
        return hits[:1]
    return hits or [
        Hit(treatment, *word.span())
        for word in _WORD.finditer(text, *title)
        if (treatment := _told_by_ending(word.group().lower()))
    ]


def disputed_treatment(text: str, title: Span) -> Hit[Treatment] | None:
    """The name that decides what kind of treatment the title disputes."""
    return min(title_treatments(text, title), key=lambda hit: (hit.key.rank, hit.start), default=None)


@cache
def treatment_names() -> Vocabulary[Treatment]:
    """All names of treatments, ready to be looked for."""
    rules = load_rules("extraction", "treatments")
    names = dict.fromkeys(rules["ignored"], _IGNORED)
    for entry in rules["treatment"]:
        fields = {key: value for key, value in entry.items() if key != "names"}
        names.update(dict.fromkeys(chain.from_iterable(map(_spellings, entry["names"])), Treatment(**fields)))
    return Vocabulary(names | dict.fromkeys(_guiding(names), _IGNORED))


def _guiding(names: Collection[str]) -> Iterator[str]:
    """The names of pictures by which something else is done, "hip ultrasound guided", as "ultrasound guided" is."""
    guides = [name.rpartition(" ") for name in names if name.endswith((" guided", " guidance"))]
    return (f"{name} {word}" for picture, _, word in guides for name in names if name.endswith(f" {picture}"))


def _spellings(name: str) -> Iterator[str]:
    """A name as it is listed, and with each of the abbreviations that one of its words has."""
    yield name
    abbreviated: dict[str, list[str]] = load_rules("extraction", "treatments")["abbreviated"]
    for word, short_forms in abbreviated.items():
        if word in name:
            yield from (other for short in short_forms for other in _spellings(name.replace(word, short)))


@lru_cache(maxsize=1000)
def _told_by_ending(word: str) -> Treatment | None:
    return next((t for endings, not_these, t in _endings() if word.endswith(endings) and word not in not_these), None)


@cache
def _endings() -> tuple[tuple[tuple[str, ...], tuple[str, ...], Treatment], ...]:
    """Endings of names, the words that only end like them, and what they stand for."""
    entries = [dict(entry) for entry in load_rules("extraction", "treatments")["ending"]]
    return tuple((tuple(entry.pop("endings")), tuple(entry.pop("except")), Treatment(**entry)) for entry in entries)


def may_be_flagged(name: str, said: str) -> bool:
    """Whether a title's `lowered` words hold one of the marks without which no title has a flag."""
    return load_rules("extraction", "treatments").pattern("flag", name).may_be_in(said)


@cache
def title_flag(name: str) -> re.Pattern[str]:
    """One of the patterns that qualify a title: `retrospective`, `associated_surgical_service`, ..."""
    return load_rules("extraction", "treatments").pattern("flag", name).expression
