"""The key of a cited guideline: source and chapter or topic, so that equal guidelines are equal values."""

from __future__ import annotations

from functools import cache, lru_cache

from imr.normalising.classes import leftmost, values_of
from imr.rules import load_rules

SOURCES = ("MTUS", "ODG", "ACOEM", "other")


@lru_cache(maxsize=50_000)
def guideline_key(source: str, title: str | None) -> str | None:
    """The key of a citation, such as `MTUS: Chronic Pain Medical Treatment`; that of the source alone where no chapter
    or topic is named. None where the title names one that no list has.
    """
    rules = load_rules("normalising", "guideline_keys")
    if title is None or rules.pattern("source_alone").expression.fullmatch(title):
        return None if source == "other" else source
    name = leftmost(rules.patterns(source), title)
    if name is None:
        return None
    return f"{source}: {name}"


@cache
def guideline_keys() -> tuple[str, ...]:
    """All keys."""
    rules = load_rules("normalising", "guideline_keys")
    named = (f"{source}: {name}" for source in SOURCES for name in values_of(rules.patterns(source)))
    return tuple(sorted((*(source for source in SOURCES if source != "other"), *named)))
