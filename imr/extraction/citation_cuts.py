"""Where the citations of one statement begin and end.

A statement is read as a row of tokens: sources, topics, sections, pages and what may part them. A citation begins
where a known source, topic or chapter does; names of topics and sections hold commas themselves.
"""

from __future__ import annotations

import re
from functools import cache

from imr.extraction.citation_joins import (
    begins_anew,
    ended_before,
    filling,
    is_apart,
    is_detail,
    is_named_after_all,
    parts_from,
)
from imr.extraction.citation_pieces import OpenPiece, Piece, Statement
from imr.extraction.citation_tokens import entries_of, following, guideline_rules, is_prose, tokens

_NEXT_NAME = re.compile(r"(?:[,;]\s*(?:and\s+)?|\s+and\s+)(?=[^\W\d])")
_LOOSE = " \n(,;"
_YEAR_BEFORE = re.compile(r"(?:19|20)\d\d\s+\Z")
_LONGEST_YEAR = 10  # characters, white space included
_SENTENCE_END = re.compile(r"[.;]\s")
_LONGEST = 4_000
"""Characters of a statement that are cut, many times what letters have; the last citation has all that follow."""


def cut(text: str, statement: Statement) -> list[Piece]:
    """Cut a statement before every source, topic or chapter that begins another citation."""
    cutter = _Cutter(text, statement)
    prose = statement.prose and is_prose(text, statement.start, statement.end)
    for token in tokens(prose).finditer(text, statement.start, min(statement.end, statement.start + _LONGEST)):
        cutter.take(token)
    cutter.close(statement.end)
    return cutter.pieces


class _Cutter:
    """Walks over the tokens of a statement and notes a piece whenever the next one begins."""

    def __init__(self, text: str, statement: Statement) -> None:
        self.text = text
        self.end = statement.end
        self.pieces: list[Piece] = []
        self.open: OpenPiece | None = OpenPiece(statement.start, goes_on=False)
        self.reason = -1  # where a reason or remark began: what it names is not cited

    def close(self, end: int) -> None:
        """End the open piece, if there is one that says something."""
        if self.open:
            while end > self.open.start and self.text[end - 1] in _LOOSE:
                end -= 1
            if end > self.open.start:
                self.pieces.append(self.open.ended(end))
        self.open = None

    def take(self, token: re.Match[str]) -> None:
        """End the open piece if the token does, and note what the token says of it."""
        match token.lastgroup:
            case "source" | "web" | "publisher":
                self._name_source(token)
            case "topic":
                self._name_topic(token)
            case "separator":
                self._part(token)
            case "tail" | "reason" | "remark":
                self.close(token.start())
                self.reason = -1 if token.lastgroup == "tail" else token.end()
            case kind if self.open:
                self._note(str(kind), token, self.open)

    def _note(self, kind: str, token: re.Match[str], piece: OpenPiece) -> None:
        if kind == "sections":
            piece.sections_at = token.start() if piece.sections_at < 0 else piece.sections_at
        elif kind == "pages":
            self._turn_to_pages(token, piece)
        elif kind == "stop":
            if piece.pages_end == token.start():
                self.close(token.start())
        else:
            piece.standing = piece.standing or token.group()
            if kind == "standing" and not _detail_follows().match(self.text, token.end(), self.end):
                self.close(token.start())

    def _name_source(self, token: re.Match[str]) -> None:
        piece = self.open
        if piece and filling().match(self.text, piece.start, token.start()):
            piece.start = self._start_of(token, piece)
        elif piece and begins_anew(self.text, piece, token):
            self.close(token.start())
            self.open = piece = OpenPiece(token.start(), goes_on=False)
        piece = piece or self._reopened(token, goes_on=False)
        if piece:
            piece.named = piece.named or token
            piece.web = piece.web or token.lastgroup == "web"

    def _start_of(self, token: re.Match[str], piece: OpenPiece) -> int:
        """Where the citation of a source begins: "2013 ACC/AHA Guideline" with its year."""
        if token.lastgroup != "publisher":
            return token.start()
        year = _YEAR_BEFORE.search(self.text, max(piece.start, token.start() - _LONGEST_YEAR), token.start())
        return year.start() if year else token.start()

    def _name_topic(self, token: re.Match[str]) -> None:
        begins = self.open is None
        if piece := self.open or self._reopened(token, goes_on=True):
            piece.topic = token.group()
            piece.begins_with_topic = piece.begins_with_topic or begins

    def _reopened(self, token: re.Match[str], *, goes_on: bool) -> OpenPiece | None:
        """A piece that begins where none is open; "because neither the MTUS nor the ODG ..." begins none."""
        ended = self.reason < 0 or _SENTENCE_END.search(self.text, self.reason, token.start())
        if ended or ended_before(self.text, self.reason, token) or is_named_after_all(self.text, token):
            self.open, self.reason = OpenPiece(token.start(), goes_on), -1
        return self.open

    def _turn_to_pages(self, token: re.Match[str], piece: OpenPiece) -> None:
        """Pages after pages are of another citation: "Opioids, page 78, Weaning, page 124"."""
        gap = _NEXT_NAME.match(self.text, piece.pages_end, token.start()) if piece.pages_end >= 0 else None
        if gap and not is_detail(self.text, gap.end()):
            self.close(piece.pages_end)
            self.open = piece = piece.next(gap.end())
        piece.pages_at, piece.pages_end = (*piece.pages_at, token.start()), token.end()

    def _part(self, token: re.Match[str]) -> None:
        """Open another piece after a separator that parts two."""
        after = following().match(self.text, token.end(), self.end)
        kind = str(after.lastgroup) if after else ""
        if self.open:
            parts = parts_from(self.text, self.open, token, after)
        else:
            # What was said of the guideline before has ended that one; a reason may name others.
            linked = token.group().strip(",; ") != "" and self.text[token.end() : token.end() + 1].isupper()
            parts = self.reason < 0 and (bool(kind) or linked)
        if parts:
            before = self.open or OpenPiece(token.start(), goes_on=True)
            self.close(token.start())
            self.open = before.next(token.end(), apart=is_apart(before, token, kind))
            if after and kind.startswith("topic"):
                self.open.topic, self.open.begins_with_topic = after.group(), True


@cache
def _detail_follows() -> re.Pattern[str]:
    """Pages or sections behind the words on a guideline's place in the MTUS."""
    pages = entries_of("pages")["pages"].pattern.replace("?P<pages>", "?:")
    return guideline_rules().compiled(rf"[ ,;]*(?:{pages}|{entries_of('sections')['sections'].pattern})")
