"""What a rationale itself concludes: whether this item is medically necessary.

The last conclusion of the rationale's own wins. A sentence on the earlier review, on what guidelines ask in
general or on what somebody believes is not its own, nor is the stock advice on weaning that may follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from imr.extraction.text import fold
from imr.extraction.wording import Marked, entries, lowered, marked
from imr.records import Found, Span
from imr.rules import load_rules

# A sentence begins after a full stop, but not after that of a number, an initial or an abbreviation.
_SENTENCE_END = re.compile(
    r"[.!?;](?:(?<!\b[A-Za-z]\.)(?<!\bDr\.)(?<!\bvs\.)(?<!\b[Nn]o\.)(?<!\d\.)|(?<=\d\.)(?=\s+[A-Z]))['\")”]*\s+"
)


def read_verdict(text: str, rationale: Span, request: str = "") -> Found[bool] | None:
    """Whether the rationale finds the item medically necessary; None where it never concludes.

    `request` is the item as titled: where a conclusion repeats it, its words ("for use after surgery") say nothing
    of the conclusion.
    """
    sentences = _sentences(text, rationale)[::-1]
    for tier in ("conclusion", "leaning"):
        for sentence in sentences:
            own = [found for found in _verdicts(text, sentence, tier) if _is_own(text, found, sentence, tier, request)]
            if own:
                return max(own, key=lambda found: found.end)
    return None


def _sentences(text: str, rationale: Span) -> list[Span]:
    ends = [match.end() for match in _SENTENCE_END.finditer(text, *rationale)]
    return [Span(*pair) for pair in zip([rationale.start, *ends], [*ends, rationale.end], strict=True)]


def _verdicts(text: str, sentence: Span, tier: str) -> Iterator[Found[bool]]:
    """Every wording of a verdict in a sentence, the denying ones first: of two that end alike they are meant."""
    lower = lowered(text[slice(*sentence)])
    for necessary, wording in _wordings(tier):
        if wording.may_be_in(lower):
            for match in wording.pattern.finditer(text, *sentence):
                yield Found(necessary, *match.span(), f"verdicts.{wording.name}")


def _is_own(text: str, found: Found[bool], sentence: Span, tier: str, request: str) -> bool:
    """Whether the words around a verdict leave it to the reviewer and to this request."""
    if _patterns("conditional")["conditional"].match(text, found.end, sentence.end):
        return False
    if tier == "leaning" and not _patterns("own")["own"].search(text, sentence.start, found.end):
        return False
    before = fold(text[sentence.start : found.start]) + " "
    before = before.replace(request, "it") if request else before
    lower = lowered(before)
    return not any(wording.may_be_in(lower) and wording.pattern.search(before) for wording in _foreign())


@cache
def _wordings(tier: str) -> tuple[tuple[bool, Marked], ...]:
    """What each wording of a verdict says, the denying ones first."""
    wordings = ((entry["necessary"], marked(entry)) for entry in load_rules("extraction", "verdicts")[tier])
    return tuple(sorted(wordings, key=lambda wording: wording[0]))


@cache
def _foreign() -> tuple[Marked, ...]:
    return tuple(map(marked, load_rules("extraction", "verdicts")["foreign"]))


@cache
def _patterns(table: str) -> dict[str, re.Pattern[str]]:
    return entries(load_rules("extraction", "verdicts"), table)
