"""The vocabularies a letter is written from, read once from the rule data into frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from imr.rules import load_rules
from imr.synthetic.seeded_random import Weighted

T = TypeVar("T")
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A place of injury and how titles, summaries and guidelines speak of it."""

    key: str
    weight: float
    body_parts: tuple[str, ...]
    limb: str
    names: tuple[str, ...]
    complaints: tuple[str, ...]
    findings: tuple[str, ...]
    imaging: tuple[str, ...]
    diagnoses: tuple[str, ...]
    late_topic: tuple[str, int]
    odg: tuple[str, ...]
    adjectives: tuple[str, ...] = ()
    plural: str = ""
    levels: tuple[str, ...] = ()
    topic: tuple[str, int] | None = None
    chapter: str = ""
    chapter_pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Treatment:
    """A kind of disputed item and the forms its title takes."""

    key: str
    category: str
    subcategory: str
    family: str
    weight: float
    regions: str | tuple[str, ...]
    titles: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()
    also: Pairs = ()
    body_parts: tuple[str, ...] = ()
    pace: str = "weekly"
    spinal: bool = False
    surgical: bool = False


@dataclass(frozen=True, slots=True)
class Ancillary:
    """What goes with an operation."""

    key: str
    titles: tuple[str, ...]
    also: Pairs = ()


@dataclass(frozen=True, slots=True)
class Device:
    """Equipment asked for to keep and authorized on trial."""

    names: tuple[str, ...]
    subcategory: str
    family: str
    also: Pairs = ()


@dataclass(frozen=True, slots=True)
class Medicine:
    """A drug under its brand and generic names."""

    names: tuple[str, ...]
    ingredients: tuple[str, ...]
    drug_class: str
    family: str
    strengths: tuple[str, ...]
    weight: float
    counts: tuple[int, ...] = ()
    volumes: tuple[str, ...] = ()
    form: str = ""
    also: Pairs = ()


@dataclass(frozen=True, slots=True)
class Guideline:
    """Where a family of treatments is cited from."""

    chronic: tuple[str, str] | None = None
    regional: str = ""
    topic: tuple[str, int, str] | None = None
    early_topic: str = ""
    late: tuple[str, int] | None = None
    chapter: str = ""
    odg: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reasoning:
    """What a guideline asks and why records fall short of it or meet it."""

    guideline: tuple[str, ...]
    against: tuple[str, ...]
    favour: tuple[str, ...]


def _frozen(value: object) -> object:
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value


def _made(kind: type[T], entry: dict[str, Any]) -> T:
    return kind(**{name: _frozen(value) for name, value in entry.items()})


@cache
def words(name: str, *path: str) -> dict[str, Any]:
    """A table of a rule file, its lists made tuples."""
    table = load_rules("synthetic", name)
    for step in path:
        table = table[step]
    return {key: _frozen(value) for key, value in table.items()}


@cache
def regions() -> dict[str, Region]:
    """All regions by key."""
    return {key: _made(Region, {"key": key, **entry}) for key, entry in load_rules("synthetic", "regions").items()}


@cache
def guidelines() -> dict[str, Guideline]:
    """Where each family is cited from."""
    return {key: _made(Guideline, entry) for key, entry in load_rules("synthetic", "guidelines").items()}


@cache
def reasoning() -> dict[str, Reasoning]:
    """The reasoning of each family."""
    tables = load_rules("synthetic", "rationales")
    return {key: _made(Reasoning, tables[key]) for key in guidelines()}


@cache
def treatments() -> tuple[Treatment, ...]:
    """All kinds of disputed items."""
    return tuple(_made(Treatment, entry) for entry in load_rules("synthetic", "treatments")["treatment"])


@cache
def treatments_for(region: str) -> Weighted[Treatment]:
    """The kinds of items that a patient hurt in this region may be refused, by their weight."""
    fitting = [kind for kind in treatments() if _fits(kind, region)]
    return Weighted(fitting, [kind.weight for kind in fitting])


def _fits(kind: Treatment, region: str) -> bool:
    if kind.regions == "body":
        return region != "psyche"
    return not kind.regions or region in kind.regions


@cache
def ancillaries() -> tuple[Ancillary, ...]:
    """What goes with an operation."""
    return tuple(_made(Ancillary, entry) for entry in load_rules("synthetic", "treatments")["ancillary"])


@cache
def devices() -> tuple[Device, ...]:
    """Equipment of the form that leaves the original request eligible."""
    return tuple(_made(Device, entry) for entry in load_rules("synthetic", "treatments")["device"])


@cache
def medicines() -> Weighted[Medicine]:
    """All drugs but the compounded creams, by their weight."""
    found = [_made(Medicine, entry) for entry in load_rules("synthetic", "drugs")["drug"]]
    return Weighted(found, [drug.weight for drug in found])
