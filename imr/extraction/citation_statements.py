"""Where the statements of a guideline slot begin: "Decision based on", "The Expert Reviewer relied on" and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from imr.extraction.citation_pieces import Statement
from imr.extraction.citation_tokens import any_of, either_of, entries_of, guideline_rules, is_prose, topic_names
from imr.records import Span

_LABEL = re.compile(r"\s*(?:\d{1,2}[.)]\s*)?[^:;.]{2,80}?(?::|\s[-\u2013])\s+")


def statements(text: str, slot: Span) -> Iterator[Statement]:
    """The statements of a slot that may cite; a slot without any opening words is one of them."""
    prose = is_prose(text, *slot)
    heads = list(_heads(prose).finditer(text, *slot))
    if not heads:
        yield Statement("bare", _after_label(text, slot), slot.end, prose)
    ends = [head.start() for head in heads[1:]] + [slot.end]
    for head, end in zip(heads, ends, strict=False):
        if kind := _kinds()[str(head.lastgroup)]:
            yield Statement(kind, head.end(), end, prose)


def _after_label(text: str, slot: Span) -> int:
    """Where an entry begins to cite: "Cane: Official Disability Guidelines" names its item first."""
    label = _LABEL.match(text, *slot)
    names_source = label and any(
        pattern.search(label.group()) for pattern in (*entries_of("source").values(), topic_names())
    )
    return label.end() if label and not names_source else slot.start


@cache
def _heads(prose: bool) -> re.Pattern[str]:
    """What opens a statement; "none" stands for all words that say that nothing was cited.

    It is tried only where the first words of an opening stand.
    """
    kinds = {"none": either_of("cites_none")} if prose else {}
    for opening in guideline_rules().patterns("statement"):
        if prose or "prose" not in opening.values:
            kinds[opening.name] = opening.source
    return any_of(kinds, r"\b(?={opening_words})")


@cache
def _kinds() -> dict[str, str | None]:
    """How the statements that begin with each opening are read; None where they cite nothing."""
    openings = guideline_rules().patterns("statement")
    return {"none": None} | {opening.name: opening.values.get("kind", opening.name) for opening in openings}
