"""Where the statements of a guideline slot begin: "Decision based on", "The Expert Reviewer relied on" and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from imr.extraction.citation_pieces import Statement
from imr.extraction.citation_tokens import either_of, entries_of, is_prose, topic_names
from imr.extraction.wording import any_of, by_first_letter
from imr.records import Span
from imr.rules import load_rules

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
    """What opens a statement; "none" stands for all words that say that nothing was cited."""
    patterns = {"none": either_of("cites_none")} if prose else {}
    for entry in load_rules("extraction", "guidelines")["statement"]:
        if prose or not entry.get("prose"):
            patterns[entry["name"]] = entries_of("statement")[entry["name"]].pattern
    return any_of(patterns, _opening())


@cache
def _kinds() -> dict[str, str | None]:
    """How the statements that begin with each opening are read; None where they cite nothing."""
    rules = load_rules("extraction", "guidelines")["statement"]
    return {"none": None} | {entry["name"]: entry.get("kind", entry["name"]) for entry in rules}


def _opening() -> str:
    """Where a statement may begin, so that its patterns need not be tried at every word."""
    words = load_rules("extraction", "guidelines")["opening_words"]
    return rf"\b(?={by_first_letter(words, either_case=True)})"
