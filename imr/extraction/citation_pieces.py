"""What a statement of a guideline slot is cut into."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from imr.extraction.citation_tokens import entries_of


class Statement(NamedTuple):
    """What a slot says after one opening ("Decision based on"), and the kind of that opening.

    `prose` tells whether the slot may say more than the form's stock sentences.
    """

    kind: str
    start: int
    end: int
    prose: bool


class Piece(NamedTuple):
    """What may be one citation.

    `named` is the source named in it, `standing` what the letter says of its place in the MTUS. A piece that goes on
    was parted from another by a comma and shares its source, unless it begins with a topic of the MTUS.
    """

    start: int
    end: int
    named: re.Match[str] | None
    standing: str
    goes_on: bool
    begins_with_topic: bool
    sections_at: int
    """Where "Section(s):" stands, or -1."""
    pages_at: tuple[int, ...]


@dataclass(slots=True)
class OpenPiece:
    """A piece that is being read: where it starts, and what its tokens have said so far."""

    start: int
    goes_on: bool
    begins_with_topic: bool = False
    named: re.Match[str] | None = None
    topic: str = ""
    """The topic of the MTUS that was named last."""
    sections_at: int = -1
    web: bool = False
    standing: str = ""
    pages_at: tuple[int, ...] = ()
    pages_end: int = -1
    shared: str = ""
    """The source of the piece before, which one that goes on shares."""

    @property
    def has_sections(self) -> bool:
        """Whether "Section(s):" has been said."""
        return self.sections_at >= 0

    @property
    def source(self) -> str:
        """The source named first, else that of the piece before."""
        return source_name(self.named) if self.named else self.shared

    def next(self, start: int, *, apart: bool = False) -> OpenPiece:
        """The piece that begins after this one, and shares its source unless it is set apart."""
        return OpenPiece(start, goes_on=not apart, shared="" if apart else self.source)

    def ended(self, end: int) -> Piece:
        """The piece up to `end`."""
        said = (self.named, self.standing, self.goes_on, self.begins_with_topic)
        return Piece(self.start, end, *said, self.sections_at, self.pages_at)


def source_name(named: re.Match[str]) -> str:
    """The vocabulary's name of the source that a token names."""
    if named.lastgroup != "source":
        return "other"
    patterns = entries_of("source")
    return next(name for name in ("ODG", "ACOEM", "MTUS") if patterns[name].fullmatch(named.group()))
