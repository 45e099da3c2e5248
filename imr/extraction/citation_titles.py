"""The title of a citation: the guideline, chapter or topic as written, without its source, year and pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from imr.extraction.citation_tokens import entries_of, guideline_rules
from imr.extraction.wording import as_written, trim
from imr.records import Found, Span
from imr.rules import either

_LOOSE = re.compile(r"\(\s*(?:\)|(?=,|\Z))|\s*,(?:\s*,)+|\s+,")
_LEFT = re.compile(r"\A(?:of|in|from)\s+the\s+")
_WORD = re.compile(r"\b(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b)[A-Za-z]{3,}")
_EDGE = " \t\n\f.,;:/-\u2013"


def read_title(text: str, head: Span, found: Sequence[re.Match[str] | None], source: Found[str]) -> Found[str] | None:
    """The words of the citation without source, year and pages; bare sources are their own title."""
    pages, year = found
    named = trim(text, *head, edge=_EDGE)
    drop = [match.span() for match in (*found, *_asides(text, named, source)) if match]
    for start, end in _spans_of_title(text, named, source.value):
        if source.value == "other" and year and not _goes_on(text, Span(year.end(), end), pages):
            end = max(start, year.start())
        title = _tidy(as_written(_without(text, Span(start, end), drop)))
        if any(map(str.isalpha, title)):
            return Found(title, *trim(text, start, end), "guidelines.title")
    return None


def _spans_of_title(text: str, named: Span, source: str) -> Iterator[Span]:
    """Where the title stands: behind the source and what leads from it, else, if nothing else is left, with it."""
    if source != "other":
        yield _without_source(text, named)
        yield _behind(text, named, "MTUS")
    yield _led_to(text, named)


def _goes_on(text: str, rest: Span, pages: re.Match[str] | None) -> bool:
    """Whether a reference has words after its year: books and journals have day, volume and pages there."""
    return _WORD.search(_without(text, rest, [pages.span()] if pages else [])) is not None


def _without_source(text: str, span: Span) -> Span:
    """The span behind the leading names of the source and what leads from them to the title."""
    for name in ("ODG", "ACOEM", "MTUS"):
        span = _behind(text, span, name)
    led = _led_to(text, span)
    return _behind(text, led, "ACOEM") if led != span else span


def _led_to(text: str, span: Span) -> Span:
    """The span behind words that say what kind of thing is named next."""
    for lead_in in entries_of("lead_in").values():
        if lead := lead_in.match(text, *span):
            span = Span(lead.end(), span.end)
    return span


def _behind(text: str, span: Span, source: str) -> Span:
    """The span behind a source's name, however often that leads it."""
    while match := entries_of("source")[source].match(text, *span):
        span = trim(text, match.end(), span.end, edge=_EDGE)
    return span


def _without(text: str, span: Span, drop: Iterable[tuple[int, int]]) -> str:
    """The words of a span with some stretches cut out."""
    kept, start = [], span.start
    for low, high in sorted(drop):
        if low < span.end and high > start:
            kept.append(text[start:low])
            start = min(high, span.end)
    kept.append(text[start : span.end])
    return " ".join(kept)


def _tidy(title: str) -> str:
    """A title without what the words cut out of it have left behind."""
    title = _LOOSE.sub(lambda match: "," if "," in match.group() else "", title).strip(_EDGE)
    title = _LEFT.sub("", title)
    if title.startswith("(") and title.find(")") in (-1, len(title) - 1):
        title = title.strip("()").strip(_EDGE)
    return title


def _asides(text: str, named: Span, source: Found[str]) -> Iterator[re.Match[str]]:
    """Words within a citation on its source: "Low Back Chapter of the ODG", "(MTUS)"."""
    said = text[named.start + 1 : named.end]  # most sources are named at the beginning
    if "MTUS" in said or "Schedule" in said:
        yield from _aside().finditer(text, *named)
    if source.value == "ODG" and source.start > named.start and (of := _of_odg().search(text, named.start, source.end)):
        yield of


@cache
def _aside() -> re.Pattern[str]:
    rules = guideline_rules()
    return either([*rules.patterns("standing"), *rules.patterns("aside")])


@cache
def _of_odg() -> re.Pattern[str]:
    odg = entries_of("source")["ODG"].pattern
    return guideline_rules().compiled(rf"\b(?:of|in|from) (?:the )?(?:{odg})")
