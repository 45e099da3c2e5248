"""The guidelines a side cites for one disputed item.

A slot is a row of statements ("Decision based on ..."), a statement a row of citations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from imr.extraction.citation_cuts import FILLING, Piece, Statement, cut, source_name, topic_names
from imr.extraction.citation_parts import CitationMention, entries_of, read_mention
from imr.extraction.remembered import remembered
from imr.extraction.text import fold
from imr.extraction.wording import any_of, trim
from imr.records import Found, Span
from imr.rules import load_rules

__all__ = ["CitationMention", "cites_none", "read_basis", "read_citations"]

_CONJUNCTION = re.compile(r"[\s,;.]+and(?:\s+on)?(?:\s+the)?(?:\s+Non-\s?MTUS)?\Z", re.IGNORECASE)
_LABEL = re.compile(r"\s*(?:\d{1,2}[.)]\s*)?[^:;.]{2,80}:\s+")
_SLOTS = 10_000  # different wordings of slots that are remembered


def read_basis(text: str, slot: Span) -> Found[str]:
    """The words of a slot as they stand, white space folded."""
    start, end = trim(text, *slot, edge=" \t\n\f")
    return Found(fold(text[start:end]), start, end, "guidelines.basis")


def cites_none(text: str, slot: Span) -> Found[bool] | None:
    """True where the slot says that no evidence was cited; None where it does not say so."""
    found = _none_cited(text, slot)
    return found[0] if found else None


@remembered(_SLOTS)
def _none_cited(text: str, slot: Span) -> tuple[Found[bool], ...]:
    match = entries_of("cites_none")["did_not_cite"].search(text, *slot)
    return (Found(True, *match.span(), "guidelines.cites_none"),) if match else ()


@remembered(_SLOTS)
def read_citations(text: str, slot: Span) -> tuple[CitationMention, ...]:
    """The citations of a slot, in order.

    `slot` is what follows "Claims Administrator guideline:" or "MAXIMUS guideline:", or the like in the
    forms of 2013, up to the next label.
    """
    mentions: list[CitationMention] = []
    for statement in _statements(text, slot):
        previous = ""
        for piece in _sharing_standing(list(cut(text, statement))):
            source = _source_of(statement.kind, piece, text, previous)
            cited = _without_conjunction(text, trim(text, piece.start, piece.end))
            if source is None or FILLING.match(text, *cited):
                continue
            previous = source
            where = piece.named.span() if piece.named else cited
            found = Found(source, *where, f"guidelines.{statement.kind}", "exact" if piece.named else "inferred")
            mentions.append(read_mention(text, cited, found, f"guidelines.{statement.kind}"))
    return tuple(mentions)


def _statements(text: str, slot: Span) -> Iterator[Statement]:
    """The statements of a slot that may cite; a slot without any opening words is one of them."""
    heads = list(_heads().finditer(text, *slot))
    if not heads:
        yield Statement("bare", _after_label(text, slot), slot.end)
        return
    ends = [head.start() for head in heads[1:]] + [slot.end]
    for head, end in zip(heads, ends, strict=True):
        if head.lastgroup in _citing():
            yield Statement(str(head.lastgroup), head.end(), end)


def _after_label(text: str, slot: Span) -> int:
    """Where an entry begins to cite: "Cane: Official Disability Guidelines" names its item first."""
    label = _LABEL.match(text, *slot)
    names_source = label and any(
        pattern.search(label.group()) for pattern in (*entries_of("source").values(), topic_names())
    )
    return label.end() if label and not names_source else slot.start


def _without_conjunction(text: str, cited: Span) -> Span:
    """The citation without the "and" that leads to the next one."""
    ended = _CONJUNCTION.search(text, *cited)
    return trim(text, cited.start, ended.start()) if ended else cited


def _source_of(kind: str, piece: Piece, text: str, previous: str) -> str | None:
    """The publisher of a citation; None where a sentence names none."""
    name = source_name(piece.named) if piece.named else ""
    if name == "ACOEM":
        in_schedule = kind == "mtus" or (kind in ("prose", "bare") and _of_schedule(piece, text))
        return "MTUS" if in_schedule else "ACOEM"
    if name:
        return name
    if piece.goes_on and previous:
        return previous
    if kind in ("non_mtus", "other"):
        return "other"
    if kind == "mtus" or topic_names().search(text, piece.start, piece.end) or _is_in_schedule(piece.standing):
        return "MTUS"
    refers = (
        kind == "prose"
        and not piece.goes_on
        and not entries_of("no_reference")["no_reference"].match(text[piece.start : piece.end])
    )
    return "other" if refers else None


def _of_schedule(piece: Piece, text: str) -> bool:
    """Whether the letter itself counts an ACOEM guideline among the MTUS."""
    named = piece.named.group() if piece.named else ""
    return "MTUS" in named or _is_in_schedule(piece.standing)


def _is_in_schedule(standing: str) -> bool:
    words = fold(standing).casefold()
    return "part of the mtus" in words and not any(no in words for no in ("not", "neither", "none"))


def _sharing_standing(pieces: list[Piece]) -> list[Piece]:
    """What is said of several guidelines at once, "which are part of the MTUS", holds for those before it too."""
    shared = ""
    for place, piece in reversed(list(enumerate(pieces))):
        if piece.standing:
            shared = piece.standing if " are " in fold(piece.standing) else ""
        elif shared:
            pieces[place] = piece._replace(standing=shared)
    return pieces


@cache
def _heads() -> re.Pattern[str]:
    return any_of({name: pattern.pattern for name, pattern in entries_of("statement").items()})


@cache
def _citing() -> frozenset[str]:
    rules = load_rules("extraction", "guidelines")["statement"]
    return frozenset(entry["name"] for entry in rules if entry["cites"])
