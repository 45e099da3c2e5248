"""The guidelines a side cites for one disputed item.

A slot is a row of statements, a statement a row of citations. Citations are cut where a known source, topic
or chapter begins: names of topics and sections hold commas themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from imr.extraction.citation_parts import CitationMention, entries_of, read_mention
from imr.extraction.text import fold
from imr.extraction.wording import any_of, compiled, one_of, trim
from imr.records import Found, Span
from imr.rules import load_rules

__all__ = ["CitationMention", "cites_none", "read_basis", "read_citations"]

# Words that may stand between two citations and are none themselves.
_FILLING = re.compile(r"(?:[\s.,;:()\d-]|\b(?:and|also|in|on|to|upon|the|of|both|see|with)\b)*\Z", re.IGNORECASE)
_CONJUNCTION = re.compile(r"[\s,;.]+and(?:\s+on)?(?:\s+the)?\Z", re.IGNORECASE)
_ENDED = re.compile(r"(?:[.;]|\band)\s*\Z", re.IGNORECASE)


class _Statement(NamedTuple):
    kind: str
    start: int
    end: int


class _Piece(NamedTuple):
    """What may be one citation: its words, the source named in them, and whether it goes on from another."""

    start: int
    end: int
    named: re.Match[str] | None
    standing: str
    goes_on: bool


def read_basis(text: str, slot: Span) -> Found[str]:
    """The words of a slot as they stand, white space folded."""
    start, end = trim(text, *slot, edge=" \t\n\f")
    return Found(fold(text[start:end]), start, end, "guidelines.basis")


def cites_none(text: str, slot: Span) -> Found[bool] | None:
    """True where the slot says that no evidence was cited; None where it does not say so."""
    match = entries_of("cites_none")["did_not_cite"].search(text, *slot)
    return Found(True, *match.span(), "guidelines.cites_none") if match else None


def read_citations(text: str, slot: Span) -> tuple[CitationMention, ...]:
    """The citations of a slot, in order.

    `slot` is what follows "Claims Administrator guideline:" or "MAXIMUS guideline:", or the like in the
    forms of 2013, up to the next label.
    """
    mentions: list[CitationMention] = []
    for statement in _statements(text, slot):
        previous = ""
        for piece in _pieces(text, statement):
            source = _source_of(statement.kind, piece, text, previous)
            cited = _without_conjunction(text, trim(text, piece.start, piece.end))
            if source is None or _FILLING.match(text, *cited):
                continue
            previous = source
            where = piece.named.span() if piece.named else cited
            found = Found(source, *where, f"guidelines.{statement.kind}", "exact" if piece.named else "inferred")
            mentions.append(read_mention(text, cited, found, f"guidelines.{statement.kind}"))
    return tuple(mentions)


def _statements(text: str, slot: Span) -> Iterator[_Statement]:
    """The statements of a slot that may cite; a slot without any opening words is one of them."""
    heads = list(_heads().finditer(text, *slot))
    if not heads:
        yield _Statement("bare", *slot)
        return
    ends = [head.start() for head in heads[1:]] + [slot.end]
    for head, end in zip(heads, ends, strict=True):
        if head.lastgroup in _citing():
            yield _Statement(str(head.lastgroup), head.end(), end)


def _pieces(text: str, statement: _Statement) -> Iterator[_Piece]:
    """Cut a statement before every source, topic or chapter that begins another citation."""
    cutter = _Cutter(text, statement)
    for token in _tokens().finditer(text, statement.start, statement.end):
        yield from cutter.take(token)
    yield from cutter.close(statement.end)


class _Cutter:
    """Walks over the tokens of a statement and gives out a piece whenever the next one begins."""

    def __init__(self, text: str, statement: _Statement) -> None:
        self.text, self.kind = text, statement.kind
        self._open(statement.start, goes_on=False)

    def _open(self, start: int, *, goes_on: bool) -> None:
        self.start: int | None = start
        self.goes_on = goes_on
        self.named: re.Match[str] | None = None
        self.topic = self.sections = self.web = False
        self.pages_end = -1

    def close(self, end: int, standing: str = "") -> Iterator[_Piece]:
        """Give out what is open, unless it holds no word of a citation."""
        if self.start is not None and self.start < end:
            yield _Piece(self.start, end, self.named, standing, self.goes_on)
        self.start = None

    def take(self, token: re.Match[str]) -> Iterator[_Piece]:
        """Give out the open piece if the token ends it, and note what the token says of the open one."""
        kind = str(token.lastgroup)
        if kind == "tail":
            yield from self.close(token.start(), token.group())
        elif kind in ("source", "web", "publisher"):
            if self._only_filling(token.start()):
                self.start = token.start()
            elif self._begins_anew(kind, token):
                yield from self.close(token.start())
                self._open(token.start(), goes_on=False)
            self.named = self.named or token
            self.web = self.web or kind == "web"
        elif kind == "sections":
            self.sections = True
        elif kind == "pages":
            self.pages_end = token.end()
        elif self._parts(kind, token):
            yield from self.close(token.start())
            self._open(token.end(), goes_on=True)
            self.topic = kind == "topic"
        elif kind in ("topic", "first_topic"):
            self.topic = True
            if self.start is None:
                self._open(token.start(), goes_on=True)

    def _begins_anew(self, kind: str, token: re.Match[str]) -> bool:
        """A source begins a citation unless it is the first word of the open one or belongs to it."""
        if self.start is None:
            return True
        ended = _ENDED.search(self.text, self.start, token.start()) is not None
        if kind == "web":
            return ended or self.web
        if kind == "publisher":
            return ended and self.named is not None and self.named.lastgroup == "source"
        return not self.sections or ended

    def _only_filling(self, end: int) -> bool:
        """Whether nothing of a citation has been said since the open piece began."""
        return self.start is not None and _FILLING.match(self.text, self.start, end) is not None

    def _parts(self, kind: str, token: re.Match[str]) -> bool:
        """Whether a separator really parts two citations."""
        if self.start is None:
            return False
        after_pages = self.pages_end >= 0 and not self.text[self.pages_end : token.start()].strip()
        match kind:
            case "dated":
                return self.topic or self.sections or self.named is not None
            case "topic":
                alone = self.named is not None and not self.text[self.named.end() : token.start()].strip()
                return not self.sections and (self.topic or after_pages or alone)
            case "chapter":
                return after_pages
            case "semicolon":
                of_source = self.named is not None and self.named.lastgroup == "source"
                return after_pages or (of_source and not self.sections)
            case "after_pages":
                return after_pages
            case _:
                return False


def _without_conjunction(text: str, cited: Span) -> Span:
    """The citation without the "and" that leads to the next one."""
    ended = _CONJUNCTION.search(text, *cited)
    return trim(text, cited.start, ended.start()) if ended else cited


def _source_of(kind: str, piece: _Piece, text: str, previous: str) -> str | None:
    """The publisher of a citation; None where a sentence names none."""
    name = _source_name(piece.named) if piece.named else ""
    if name == "ACOEM":
        in_schedule = kind == "mtus" or (kind in ("prose", "bare") and _of_schedule(piece, text))
        return "MTUS" if in_schedule else "ACOEM"
    if name:
        return name
    if piece.goes_on and previous:
        return previous
    if kind in ("non_mtus", "other"):
        return "other"
    return "MTUS" if kind == "mtus" or _topic().search(text, piece.start, piece.end) else None


def _source_name(named: re.Match[str]) -> str:
    """The vocabulary's name of the source that a token names."""
    if named.lastgroup != "source":
        return "other"
    words = named.group()
    patterns = entries_of("source")
    return next(name for name in ("ODG", "ACOEM", "MTUS") if patterns[name].fullmatch(words))


def _of_schedule(piece: _Piece, text: str) -> bool:
    """Whether the letter itself counts an ACOEM guideline among the MTUS."""
    named = piece.named.group() if piece.named else ""
    standing = fold(piece.standing).casefold()
    return "MTUS" in named or ("part of the mtus" in standing and "not" not in standing)


@cache
def _heads() -> re.Pattern[str]:
    return any_of({name: pattern.pattern for name, pattern in entries_of("statement").items()})


@cache
def _citing() -> frozenset[str]:
    rules = load_rules("extraction", "guidelines")["statement"]
    return frozenset(entry["name"] for entry in rules if entry["cites"])


@cache
def _topic() -> re.Pattern[str]:
    return compiled(rf"\b(?:{one_of(load_rules('extraction', 'guidelines')['topics'])})")


@cache
def _tokens() -> re.Pattern[str]:
    """Everything a citation may be cut at, tried in this order at every place."""
    rules, join = load_rules("extraction", "guidelines"), entries_of("join")
    topic = _topic().pattern
    source = entries_of("source")
    tokens = {
        "tail": "|".join(p.pattern for p in entries_of("tail").values()),
        "dated": rf"(?-i:{join['dated'].pattern})",
        "topic": rf"(?:[,;]\s*(?:and\s+)?|\band\s+)(?={topic})",
        "chapter": join["chapter"].pattern,
        "semicolon": r";\s*(?:and\s+)?",
        "after_pages": join["after_pages"].pattern,
        "sections": entries_of("sections")["sections"].pattern,
        "pages": entries_of("pages")["pages"].pattern,
        "source": "|".join(source[name].pattern for name in ("ODG", "ACOEM", "MTUS")),
        "web": source["web"].pattern,
        "publisher": rf"\b(?:{one_of(rules['publishers'])})".replace(" ", r"\s+"),
        "first_topic": topic,
    }
    return any_of(tokens, r"\b(?=\w)|(?=[,;.(])")
