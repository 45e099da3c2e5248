"""Where the citations of one statement begin and end.

A statement is read as a row of tokens: sources, topics, chapters, sections, pages and what may part them. A
citation begins where a known source, topic or chapter does; names of topics and sections hold commas themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from imr.extraction.citation_parts import entries_of
from imr.extraction.wording import any_of, compiled, one_of
from imr.rules import load_rules

# Words that may stand between two citations and are none themselves.
FILLING = re.compile(r"(?:[\s.,;:()\d-]|\b(?:and|also|in|on|to|upon|the|of|both|see|with)\b)*\Z", re.IGNORECASE)
_ENDED = re.compile(r"(?P<by>[.;]|\band)(?:\s+on)?(?:\s+the)?(?:\s+Non-\s?MTUS)?\s*\Z", re.IGNORECASE)
_LONGEST_END = 60  # characters, white space included


class Statement(NamedTuple):
    """What a slot says after one opening ("Decision based on"), and the kind of that opening."""

    kind: str
    start: int
    end: int


class Piece(NamedTuple):
    """What may be one citation.

    `named` is the source named in it, `standing` what the letter says of its place in the MTUS; a piece that
    goes on was parted from another by a comma and shares its source.
    """

    start: int
    end: int
    named: re.Match[str] | None
    standing: str
    goes_on: bool


def cut(text: str, statement: Statement) -> Iterator[Piece]:
    """Cut a statement before every source, topic or chapter that begins another citation."""
    cutter = _Cutter(text, statement)
    for token in _tokens().finditer(text, statement.start, statement.end):
        yield from cutter.take(token)
    yield from cutter.close(statement.end)


def source_name(named: re.Match[str]) -> str:
    """The vocabulary's name of the source that a token names."""
    if named.lastgroup != "source":
        return "other"
    patterns = entries_of("source")
    return next(name for name in ("ODG", "ACOEM", "MTUS") if patterns[name].fullmatch(named.group()))


class _Cutter:
    """Walks over the tokens of a statement and gives out a piece whenever the next one begins."""

    def __init__(self, text: str, statement: Statement) -> None:
        self.text = text
        self._open(statement.start, goes_on=False)

    def _open(self, start: int, *, goes_on: bool) -> None:
        self.start: int | None = start
        self.goes_on = goes_on
        self.named: re.Match[str] | None = None
        self.topic = self.sections = self.web = False
        self.pages_end = -1

    def close(self, end: int, standing: str = "") -> Iterator[Piece]:
        """Give out what is open, unless it holds no word of a citation."""
        if self.start is not None and self.start < end:
            yield Piece(self.start, end, self.named, standing, self.goes_on)
        self.start = None

    def take(self, token: re.Match[str]) -> Iterator[Piece]:
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
        ended = _ENDED.search(self.text, max(self.start, token.start() - _LONGEST_END), token.start())
        if kind == "web":
            return ended is not None or self.web
        if kind == "publisher":
            # A reference's own sentences may name a publisher; after ODG or ACOEM it begins another citation.
            return ended is not None and (ended["by"] != "." or self._is_named("source"))
        return not self.sections or ended is not None

    def _is_named(self, *kinds: str) -> bool:
        return self.named is not None and self.named.lastgroup in kinds

    def _only_filling(self, end: int) -> bool:
        """Whether nothing of a citation has been said since the open piece began."""
        return self.start is not None and FILLING.match(self.text, self.start, end) is not None

    def _is_bare_acoem(self, end: int) -> bool:
        """Whether nothing but "ACOEM" has been said: a topic after a comma is then another guideline."""
        named = self.named
        return named is not None and source_name(named) == "ACOEM" and not self.text[named.end() : end].strip()

    def _parts(self, kind: str, token: re.Match[str]) -> bool:
        """Whether a separator really parts two citations."""
        if self.start is None:
            return False
        after_pages = self.pages_end >= 0 and not self.text[self.pages_end : token.start()].strip()
        match kind:
            case "dated":
                return self.topic or self.sections or self.named is not None
            case "topic":
                return not self.sections and (self.topic or after_pages or self._is_bare_acoem(token.start()))
            case "chapter":
                said = self.text[self.start : token.start()]
                return after_pages or ("hapter" in said and said.count("(") == said.count(")"))
            case "semicolon":
                return after_pages or (self._is_named("source", "web") and not self.sections)
            case "after_pages":
                return after_pages
            case _:
                return False


@cache
def topic_names() -> re.Pattern[str]:
    """The names of the MTUS topics that stand without a year."""
    return compiled(rf"\b(?:{one_of(load_rules('extraction', 'guidelines')['topics'])})")


@cache
def _tokens() -> re.Pattern[str]:
    """Everything a citation may be cut at, tried in this order at every place."""
    rules, join = load_rules("extraction", "guidelines"), entries_of("join")
    topic = topic_names().pattern
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
