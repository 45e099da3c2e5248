"""The guidelines a side cites for one disputed item.

A slot is a row of statements ("Decision based on ..."), a statement a row of citations.
"""

from __future__ import annotations

from imr.extraction.citation_cuts import cut
from imr.extraction.citation_joins import filling
from imr.extraction.citation_parts import CitationMention, read_mention
from imr.extraction.citation_sources import sharing_standing, source_of
from imr.extraction.citation_statements import statements
from imr.extraction.citation_tokens import guideline_rules
from imr.extraction.remembered import remembered
from imr.extraction.wording import trim
from imr.records import Found, Span
from imr.text import fold, lowered

__all__ = ["CitationMention", "cites_none", "read_basis", "read_citations"]

_LONGEST_LINK = 40  # characters, white space included
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
    """Where a slot says so; one that cites all the same speaks of something else."""
    lower = lowered(text[slot.start : slot.end])
    for none in guideline_rules().patterns("cites_none"):
        if none.may_be_in(lower) and (match := none.expression.search(text, *slot)):
            return () if read_citations(text, slot) else (Found(True, *match.span(), f"guidelines.{none.name}"),)
    return ()


@remembered(_SLOTS)
def read_citations(text: str, slot: Span) -> tuple[CitationMention, ...]:
    """The citations of a slot, in order.

    `slot` is what follows "Claims Administrator guideline:" or "MAXIMUS guideline:", or the like in the
    forms of 2013, up to the next label.
    """
    mentions: list[CitationMention] = []
    for statement in statements(text, slot):
        previous = ""
        for piece in sharing_standing(cut(text, statement)):
            source = source_of(statement.kind, piece, text, previous)
            cited = _without_link(text, trim(text, piece.start, piece.end))
            if source is None or filling().match(text, *cited):
                continue
            previous = source
            where = piece.named.span() if piece.named else cited
            found = Found(source, *where, f"guidelines.{statement.kind}", "exact" if piece.named else "inferred")
            mentions.append(read_mention(text, cited, piece, found, f"guidelines.{statement.kind}"))
    return tuple(mentions)


def _without_link(text: str, cited: Span) -> Span:
    """The citation without the "and" that leads to the next one."""
    leading_on = guideline_rules().pattern("leading_on").expression
    ended = leading_on.search(text, max(cited.start, cited.end - _LONGEST_LINK), cited.end)
    return trim(text, cited.start, ended.start()) if ended else cited
