"""One citation taken apart: its year, sections, pages and regulation; its title is what else it says."""

from __future__ import annotations

import re
from typing import NamedTuple

from imr.extraction.citation_pieces import Piece
from imr.extraction.citation_titles import read_title
from imr.extraction.citation_tokens import entries_of, guideline_rules
from imr.extraction.wording import trim, words
from imr.records import Found, Span
from imr.text import lowered

_SECTION_NUMBER = re.compile(r"(?:9792)?((?:\.\d+)+)")
_DIGIT = re.compile(r"\d")
_RANGE = re.compile(r"(?:-|\u2013|\bto\b|\bthrough\b)")


class CitationMention(NamedTuple):
    """One guideline topic that a slot cites. `source` is "MTUS", "ODG", "ACOEM" or "other"."""

    source: Found[str]
    title: Found[str] | None
    year: Found[int] | None
    sections: Found[str] | None
    pages: Found[str] | None
    regulation: Found[str] | None
    text: Found[str]

    def moved(self, by: int) -> CitationMention:
        """The same citation, standing `by` characters further on."""
        return CitationMention(
            self.source.moved(by),
            self.title and self.title.moved(by),
            self.year and self.year.moved(by),
            self.sections and self.sections.moved(by),
            self.pages and self.pages.moved(by),
            self.regulation and self.regulation.moved(by),
            self.text.moved(by),
        )


def read_mention(text: str, cited: Span, piece: Piece, source: Found[str], rule: str) -> CitationMention:
    """Take apart the citation that stands in `cited`, the words of `piece`."""
    head, sections = _split_sections(text, cited, piece.sections_at)
    pages = _pages(text, head, piece, source.value)
    if pages is None and sections:
        pages, sections = _pages_after_sections(text, sections, piece)
    # Most citations hold no figure, and so no year.
    year = _find_year(text, head) if _DIGIT.search(text, *head) else None
    return CitationMention(
        source=source,
        title=read_title(text, head, (pages, year), source),
        year=Found(int(year["year"]), *year.span("year"), "guidelines.year") if year else None,
        sections=words(text, sections, "guidelines.sections") if sections else None,
        pages=words(text, pages.span("pages"), "guidelines.pages") if pages else None,
        regulation=_read_regulation(text, cited),
        text=words(text, cited, rule),
    )


def _split_sections(text: str, cited: Span, at: int) -> tuple[Span, Span | None]:
    """The citation up to "Section(s):" and the words after it."""
    label = _rule("sections", "sections").match(text, at, cited.end) if at >= 0 else None
    if not label:
        return cited, None
    named = trim(text, label.end(), cited.end)
    return Span(cited.start, label.start()), named if named.end > named.start else None


def _pages(text: str, head: Span, piece: Piece, source: str) -> re.Match[str] | None:
    """The pages; those of journals stand behind volume and colon."""
    for name in ("pages", "volume") if source == "other" else ("pages",):
        for at in piece.pages_at:
            if at < head.end and (match := _rule("pages", name).match(text, at, head.end)):
                return match
    return None


def _pages_after_sections(text: str, sections: Span, piece: Piece) -> tuple[re.Match[str] | None, Span]:
    """The pages that end a list of sections, and the list without them."""
    last = piece.pages_at[-1] if piece.pages_at else -1
    pages = _rule("pages", "pages").match(text, last, sections.end) if last > sections.start else None
    if pages is None or pages.end() < sections.end:
        return None, sections
    return pages, trim(text, sections.start, pages.start())


def _find_year(text: str, head: Span) -> re.Match[str] | None:
    """The edition: a year in brackets, else a bare one; dates of updates and years in addresses are none."""
    lower = lowered(text[head.start : head.end])
    hidden: list[re.Match[str]] = []
    for date in guideline_rules().patterns("undated"):
        if date.may_be_in(lower):
            hidden += date.expression.finditer(text, *head)
    for year in guideline_rules().patterns("year"):
        for match in year.expression.finditer(text, *head) if year.may_be_in(lower) else ():
            if not any(date.start() <= match.start("year") < date.end() for date in hidden):
                return match
    return None


def _read_regulation(text: str, cited: Span) -> Found[str] | None:
    """The regulation named, as "8 CCR 9792.24.2"; lists keep their commas and ranges their hyphen."""
    named = text.find("9792", cited.start, cited.end) >= 0
    match = _rule("regulation", "ccr").search(text, cited.start, cited.end) if named else None
    if not match:
        return None
    numbers = ["9792" + number for number in _SECTION_NUMBER.findall(match["sections"])]
    between = "-" if _RANGE.search(match["sections"]) else ", "
    return Found(f"8 CCR {between.join(numbers)}", *match.span(), "guidelines.regulation")


def _rule(table: str, name: str) -> re.Pattern[str]:
    return entries_of(table)[name]
