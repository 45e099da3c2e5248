"""Whose guideline a citation is: the source it names, or the one that the words around it say."""

from __future__ import annotations

import re

from imr.extraction.citation_pieces import Piece, source_name
from imr.extraction.citation_tokens import chapter_name, entries_of, guideline_rules, topic_names
from imr.text import fold

_OUTSIDE = ("non_mtus", "other")  # statements that name sources outside of the MTUS
# As books and articles call the ACOEM guidelines, by the name of their editor.
_OF_ACOEM = re.compile(r"\bOccupational\s+Medicine\s+Practice\s+Guidelines\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|neither|none)\b", re.IGNORECASE)


def source_of(kind: str, piece: Piece, text: str, previous: str) -> str | None:
    """The publisher of a citation; None where a sentence names none. `previous` is that of the piece before."""
    name = source_name(piece.named) if piece.named else ""
    if name == "ACOEM":
        return "MTUS" if _is_in_schedule(kind, piece) else "ACOEM"
    if name:
        return name
    outside = kind in _OUTSIDE
    if outside and not piece.pages_at and chapter_name().match(text, piece.start, piece.end):
        return "ODG"  # "Shoulder (Acute & Chronic), Physical therapy": so only its chapters are called
    if piece.begins_with_topic and not outside:
        return "MTUS"
    if entries_of("following")["author"].match(text, piece.start, piece.end):
        return "ACOEM" if _OF_ACOEM.search(text, piece.start, piece.end) else "other"
    if piece.goes_on and previous:
        return previous
    if outside:
        return "other"
    if kind == "mtus" or topic_names().search(text, piece.start, piece.end) or _is_in_schedule(kind, piece):
        return "MTUS"
    no_reference = guideline_rules().pattern("no_reference").expression
    return "other" if kind == "prose" and not no_reference.match(text, piece.start, piece.end) else None


def _is_in_schedule(kind: str, piece: Piece) -> bool:
    """Whether the letter itself counts a guideline among the MTUS."""
    if piece.standing:
        return _NOT.search(piece.standing) is None
    named = piece.named.group().upper() if piece.named else ""
    in_its_name = "MTUS" in named or "SCHEDULE" in named
    return kind == "mtus" or (in_its_name and kind not in _OUTSIDE)


def sharing_standing(pieces: list[Piece]) -> list[Piece]:
    """What is said of several guidelines at once, "which are part of the MTUS", holds for those before it too."""
    shared = ""
    for place, piece in reversed(list(enumerate(pieces))):
        if piece.standing:
            shared = piece.standing if " are " in fold(piece.standing) else ""
        elif shared:
            pieces[place] = piece._replace(standing=shared)
    return pieces
