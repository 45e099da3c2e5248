"""An item's heading: what is disputed, what was asked for and authorised before, and the outcome if it gives one."""

from __future__ import annotations

import re
from functools import cache
from itertools import product
from typing import NamedTuple

from imr.extraction.wording import trim
from imr.records import Found, Span
from imr.rules import in_turn, load_rules
from imr.text import fold, lowered

_VERBS = {"is", "are", "was", "were"}
_EDGE = " \t\n\f.:;,"
_MARKS = re.compile(r"[^\w']")
_NEGATED = re.compile(r" (?:is|are|was|were)?n[o']t| non")
_LONGEST = 2_000
"""Characters of a heading that may have a clause around it: many times what letters have."""


class Request(NamedTuple):
    """What one heading says. `title` spans the whole heading without its outcome."""

    title: Span
    disputed: Found[str]
    original: Found[str] | None
    authorized: Found[str] | None
    outcome: Found[str] | None


def read_request(text: str, heading: Span) -> Request:
    """Read a heading, which ends with its outcome or, in a plain list of items, gives none."""
    said = lowered(text[slice(*heading)])
    title, outcome = _title_and_outcome(text, heading, said)
    for name, pattern in _partly_authorized() if _holds(said, "marks_of_parts") else ():
        if match := pattern.fullmatch(text, *title):
            original, authorized, disputed = (
                Found(fold(match[part]), *match.span(part), name) for part in ("original", "authorized", "disputed")
            )
            return Request(title, disputed, original, authorized, outcome)
    # Only an outcome without any title before it is empty.
    disputed = Found(fold(text[slice(*title)]), *title, "plain" if title.end > title.start else "no_title")
    return Request(title, disputed, None, None, outcome)


def read_outcome_words(text: str, region: Span) -> Found[str] | None:
    """The last outcome words of a heading or title: what is disputed may hold some itself."""
    return _outcome_words(text, region, lowered(text[slice(*region)]))


def _outcome_words(text: str, region: Span, said: str) -> Found[str] | None:
    """The same, given what the region says in lower case."""
    found = [
        (words.values["value"], match)
        for words in load_rules("extraction", "requests").patterns("outcome")
        if words.may_be_in(said)
        for match in words.expression.finditer(text, *region)
    ]
    last = max(found, key=lambda found: (found[1].end(), -found[1].start()), default=None)
    return Found(last[0], *last[1].span(), "outcome_word") if last else None


def _holds(said: str, marks: str) -> bool:
    """Whether a heading's lower-case words are worth the patterns that need one of these marks."""
    return any(mark in said for mark in load_rules("extraction", "requests")[marks])


def _title_and_outcome(text: str, heading: Span, said: str) -> tuple[Span, Found[str] | None]:
    """Where the title stands in a heading, and the outcome that stands behind or around it."""
    title, outcome = _clause_around(text, heading, said) or _words_behind(text, heading, said)
    if outcome and outcome.value == "overturned" and text[outcome.start].islower():
        # A negation before or behind the clause may be of the necessity, said in other words: the rationale tells.
        negation = load_rules("extraction", "requests").pattern("negation").expression
        before, behind = negation.search(text, *title), negation.search(text, outcome.end, heading.end)
        outcome = None if before or behind else outcome
        if before and before["unread"]:
            title = Span(title.start, _title_end(text, title.start, before.start("unread")))
    return title, outcome


def _clause_around(text: str, heading: Span, said: str) -> tuple[Span, Found[str]] | None:
    whole = trim(text, *heading, edge=_EDGE)
    if whole.end - whole.start > _LONGEST:
        return None
    for pattern in load_rules("extraction", "requests").patterns("clause") if _holds(said, "marks_of_clause") else ():
        if match := pattern.expression.fullmatch(text, *whole):
            outcome = Found(_outcome_of_clause(match["clause"]), *match.span("clause"), pattern.name)
            return trim(text, *match.span("title"), edge=_EDGE), outcome
    return None


def _words_behind(text: str, heading: Span, said: str) -> tuple[Span, Found[str] | None]:
    words = _outcome_words(text, heading, said)
    return (Span(heading.start, _title_end(text, heading.start, words.start)) if words else heading), words


def _outcome_of_clause(clause: str) -> str:
    words = load_rules("extraction", "requests")["clause_words"]
    said = f" {fold(_MARKS.sub(' ', clause.casefold().replace(chr(0x2019), chr(0x27))))} "
    if any(f" {word} " in said for word in words["halving"]):
        return "partially_overturned"
    denied = any(f" {word} " in said for word in words["denying"]) or _NEGATED.search(said)
    return "upheld" if denied else "overturned"


def _title_end(text: str, start: int, end: int) -> int:
    title = text[start:end].rstrip().removesuffix(":").rstrip()
    before, _, last = title.replace("\n", " ").rpartition(" ")
    is_verb = bool(before) and set(last.split("/")) - {""} <= _VERBS and last.strip("/") != ""
    return start + len(before.rstrip().removesuffix(",") if is_verb else title)


@cache
def _partly_authorized() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every way to name an original request, what was authorised of it, and what is left."""
    rules = load_rules("extraction", "requests")
    forms = product(*map(rules.patterns, ("original", "authorized", "remainder")))
    return tuple((form[-1].name, in_turn(form)) for form in forms)
