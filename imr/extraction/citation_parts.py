"""One citation taken apart: its title, year, sections, pages and regulation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from imr.extraction.wording import as_written, entries, trim, words
from imr.records import Found, Span
from imr.rules import load_rules

_SECTION_NUMBER = re.compile(r"(?:9792)?((?:\.\d+)+)")
_DIGIT = re.compile(r"\d")
_RANGE = re.compile(r"(?:-|\u2013|\bto\b|\bthrough\b)")
_LOOSE = re.compile(r"\s*,(?:\s*,)+|\s+,|\(\s*\)")
_LEAD_IN = re.compile(
    r"(?:(?:specifically|namely|in particular|(?:\w+ )?(?:sources|guidelines))[,:]?\s+)(?:the\s+)?(?=[A-Z])"
)
_TITLE_GOES_ON = re.compile(r"\s+(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b)[A-Za-z]{3,}")
_EDGE = " \t\n\f.,;:/-\u2013"


@dataclass(frozen=True, slots=True)
class CitationMention:
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


def read_mention(text: str, cited: Span, source: Found[str], rule: str) -> CitationMention:
    """Take apart the citation that stands in `cited`."""
    head, sections = _split_sections(text, cited)
    # Most citations hold no figure, and so neither pages nor a year.
    numbered = _DIGIT.search(text, head.start, head.end)
    pages = _rule("pages", "pages").search(text, head.start, head.end) if numbered else None
    year = _find_year(text, head) if numbered else None
    drop = [match.span() for match in (pages, year) if match]
    return CitationMention(
        source=source,
        title=_read_title(text, head, drop, source.value),
        year=Found(int(year["year"]), *year.span("year"), "guidelines.year") if year else None,
        sections=sections,
        pages=words(text, pages.span("pages"), "guidelines.pages") if pages else None,
        regulation=_read_regulation(text, cited),
        text=words(text, cited, rule),
    )


def _split_sections(text: str, cited: Span) -> tuple[Span, Found[str] | None]:
    """The citation up to "Section(s):" and the words after it."""
    label = _rule("sections", "sections").search(text, cited.start, cited.end)
    if not label:
        return cited, None
    named = trim(text, label.end(), cited.end)
    sections = words(text, named, "guidelines.sections") if named.end > named.start else None
    return Span(cited.start, label.start()), sections


def _find_year(text: str, head: Span) -> re.Match[str] | None:
    """The edition: a year in brackets, else a bare one; dates of updates and years in addresses are none."""
    hidden = [match.span() for match in _rule("undated", "updated").finditer(text, head.start, head.end)]
    for pattern in entries_of("year").values():
        for match in pattern.finditer(text, head.start, head.end):
            if not any(low <= match.start("year") < high for low, high in hidden):
                return match
    return None


def _read_title(text: str, head: Span, drop: list[tuple[int, int]], source: str) -> Found[str] | None:
    """The words of the citation without source, year and pages; bare sources are their own title."""
    start, end = _without_source(text, head, source)
    if source == "other" and drop and max(drop)[0] > start and not _TITLE_GOES_ON.match(text, max(drop)[1], end):
        # After the year a reference to a book or journal goes on with day, volume and pages only.
        end = min(end, max(drop)[0])
    title = _LOOSE.sub(_tidy, as_written(_without(text, Span(start, end), drop))).strip(_EDGE)
    if not any(letter.isalpha() for letter in title):
        start, end = trim(text, *head)
        title = as_written(_without(text, Span(start, end), drop)).strip(_EDGE)
    return Found(title, *trim(text, start, end), "guidelines.title") if title else None


def _without_source(text: str, head: Span, source: str) -> Span:
    """The span behind the leading names of the source and before closing ones."""
    span = trim(text, *head, edge=_EDGE)
    if source == "other":
        return span
    for pattern in (p for name, p in entries_of("source").items() if name != "web"):
        while match := pattern.match(text, span.start, span.end):
            span = trim(text, match.end(), span.end, edge=_EDGE)
    lead = _LEAD_IN.match(text, *span)
    return Span(lead.end(), span.end) if lead else span


def _without(text: str, span: Span, drop: Iterable[tuple[int, int]]) -> str:
    """The words of a span with some stretches cut out."""
    kept, start = [], span.start
    for low, high in sorted(drop):
        if span.start <= low < span.end:
            kept.append(text[start:low])
            start = max(start, min(high, span.end))
    kept.append(text[start : span.end])
    return " ".join(kept)


def _tidy(match: re.Match[str]) -> str:
    return "," if "," in match.group() else ""


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


@cache
def entries_of(table: str) -> dict[str, re.Pattern[str]]:
    """The compiled patterns of one table of the guideline rules."""
    return entries(load_rules("extraction", "guidelines"), table)
