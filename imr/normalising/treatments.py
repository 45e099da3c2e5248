"""What kind of test, or of operation, a disputed item is."""

from __future__ import annotations

from functools import cache, lru_cache

from imr.normalising.classes import first_listed, leftmost, values_of
from imr.rules import load_rules

_TESTS = ("Imaging/Radiology", "EMG/NCV/NCS")
_OPERATIONS = ("Arthroscopic Surgery", "Non-arthroscopic Surgery", "Spine")


@lru_cache(maxsize=10_000)
def modality(category: str | None, subcategory: str | None, request: str) -> str | None:
    """How a test of imaging or of nerves is made; None for other items, and where the title does not say."""
    if category != "Diagnostic Testing" or subcategory not in _TESTS:
        return None
    return leftmost(load_rules("normalising", "modalities").patterns("modality"), request)


@lru_cache(maxsize=10_000)
def operation(category: str | None, subcategory: str | None, request: str) -> str | None:
    """The kind of an operation; None for other items, and where the title says no more than that it is one."""
    if category != "Surgery" or subcategory not in _OPERATIONS:
        return None
    return first_listed(load_rules("normalising", "operations").patterns("operation"), request)


@cache
def modalities() -> tuple[str, ...]:
    """All modalities."""
    return values_of(load_rules("normalising", "modalities").patterns("modality"))


@cache
def operations() -> tuple[str, ...]:
    """All kinds of operations."""
    return values_of(load_rules("normalising", "operations").patterns("operation"))
