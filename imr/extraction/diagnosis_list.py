"""A list of diagnoses taken apart into single ones.

Commas and "and" part diagnoses, but also the words of one ("sprain of the muscle, tendon, and joint of the
hip", "cervical and lumbar spine strain", "radiculopathy, lumbosacral region"). So the list is cut at
all of them, and pieces that name no condition of their own are put back to the one they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, takewhile

from imr.extraction.diagnosis_asides import without_asides
from imr.extraction.diagnosis_lexicon import diagnosis_rules, lexicon
from imr.extraction.diagnosis_marks import axes, begins_axis, marks_of
from imr.extraction.diagnosis_pairs import lacks_noun
from imr.extraction.diagnosis_pieces import belongs_before, is_detail, says_only_more
from imr.extraction.diagnosis_strokes import is_within_name, parted_by_strokes
from imr.extraction.diagnosis_words import (
    Piece,
    is_condition,
    joined_names,
    says_more,
    word_spans,
    words_in,
)
from imr.extraction.wording import trim
from imr.records import Span
from imr.text import lowered

# Semicolons and full stops always part, and so do marks where the list begins with one; nothing is put together
# across them.
_SEMICOLON = re.compile(
    r"\s*;\s*(?:(?:[Aa]nd|[Aa]s well as|along with|in addition to|together with|plus),?\s+)?|\s*[•·▪◦]\s*"
    r"|(?<=[a-z\d)])(?<!\bvs)(?<!\bDr)(?<!\bSt)(?<!\bNo)\.\s+(?=[A-Z])"
)
_HARD = ";•·▪◦."  # the characters of which each of them holds one
_LINE = re.compile(r"\s*\n\s*")
_AND = (
    r"(?:(?:and|&)(?:(?:\s*,)?\s+(?:finally|lastly|secondarily|also)\b)?"
    r"|as well as|along with|in addition to|together with|plus)"
)
_SOFT = re.compile(
    rf"\s*,\s*(?:{_AND},?\s+)?|\s+{_AND}(?:\s*,)?\s+"
    r"|\s+(?=(?:rule[\s-]+out|r/o)\s)|\s+[/+]\s+",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\([^()]*\)")
# "with both pain and stiffness" is of one diagnosis.
_BOTH = re.compile(
    r"\b(?:with|of|in|to|from|at|by|on|affecting|involving)\s+both\s(?!\w+s\s)[^,;.]*?\sand\s", re.IGNORECASE
)
# "May 3, 2014" is one date.
_DATE = re.compile(r"\b[A-Z][a-z]{2,8}\.? \d{1,2}, ?(?:19|20)\d\d\b")
_QUOTED = re.compile(r"[\"“][^\"“”]+[\"”]")
_OPENING = re.compile(
    r"(?:\d{2}[\s-]?(?:y/?o\s*|years?[\s-]old\s+)?(?:[MF]|male|female|man|woman)\s+(?=with\s))?"
    r"(?:(?:by|in|at)\s+(?:\w+\s+){1,2}(?=for\s))?(?:(?:[\w.]+\s+)?one\s+(?=of\s))?"
    r"(?:(?:in|at|by|from)\s+(?:(?:the|his|her|an?)\s+)?(?:\w+\s+){1,2}(?=with\s))?"
    r"(?:(?:an?|the|his|her|also|both|with|of|for|as(?=\s+having\b)|having|later|then)\s+)+",
    re.IGNORECASE,
)
_LONGEST_NAME = 12  # words from a side to its condition
_EDGE = " \t\n\f.,;:\"“”'•·▪◦*-"


def cut_list(text: str, listed: Span, *, by_line: bool = False) -> list[Span]:
    """The single diagnoses of a list, in order, without leading articles.

    `by_line` says that the list has a line for each of them. What has a number or a line of its own is one diagnosis.
    """
    if begins_axis(text, *listed):
        return [span for axis in axes(text, listed) for span in cut_list(text, axis)]
    marks = marks_of(text, listed)
    is_whole = by_line or marks is not None
    spans: list[Span] = []
    first = marks.first.match(text, *listed) if marks else None
    span = Span(first.end() if first else listed.start, listed.end)
    mark = marks.parting if marks else _LINE if by_line else _SEMICOLON
    may_part = mark is not _SEMICOLON or any(text.find(each, *span) >= 0 for each in _HARD)
    entries = list(_entries(text, span, mark)) if may_part else [span]
    if not is_whole:
        entries = [part for entry in entries for part in parted_by_strokes(text, entry)]
    has_entries = text.find(";", *listed) >= 0 or (not is_whole and len(entries) > 1)
    for start, end in entries:
        pieces = list(without_asides(_pieces(text, start, end)))
        if is_whole:
            spans += [Span(start, piece.end) for piece in pieces[-1:]]
        else:
            spans += _put_together(text, pieces, has_entries)
    tidy = (_tidy(text, span) for span in spans)
    return [span for span in tidy if span.end > span.start and not _is_empty(text, span)]


def _entries(text: str, listed: Span, mark: re.Pattern[str]) -> Iterator[Span]:
    """What stands between the marks of a list, and before the first of those."""
    start = listed.start
    for cut in mark.finditer(text, *listed):
        yield Span(start, cut.start())
        start = cut.end()
    yield Span(start, listed.end)


def _pieces(text: str, start: int, end: int) -> list[Piece]:
    """The list cut at every separator outside of brackets, and where a new side begins a new condition."""
    hidden = _hidden(text, start, end)
    pieces: list[Piece] = []
    joint = ""
    for cut in [*_SOFT.finditer(text, start, end), None]:
        if cut and (any(low < cut.start() < high for low, high in hidden) or _is_within_name(text, start, cut, end)):
            continue
        stop = _end_of_name(text, start, cut.start() if cut else end)
        pieces += _at_new_side(text, Piece(start, stop, joint, words_in(text, start, stop)))
        if cut:
            start, joint = cut.end(), "".join(cut.group().split()).casefold().replace("&", "and")
    return [piece for piece in pieces if text[piece.start : piece.end].strip(_EDGE)]


def _end_of_name(text: str, start: int, end: int) -> int:
    """Where a name ends at the latest: before what tells how, when and where it was found."""
    told = diagnosis_rules().pattern("circumstance")
    found = told.expression.search(text, start, end) if told.may_be_in(lowered(text[start:end])) else None
    return found.start() if found else end


def _is_within_name(text: str, start: int, cut: re.Match[str], end: int) -> bool:
    """Whether a cut is a stroke that parts no diagnoses."""
    if "/" not in cut.group():
        return False
    following = _SOFT.search(text, cut.end(), end)
    return is_within_name(text, Span(start, cut.start()), Span(cut.end(), following.start() if following else end))


def _hidden(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """What is not cut: brackets, names with an "and" of their own, and diagnoses in quotation marks of their own."""
    hidden = [match.span() for match in _BRACKETS.finditer(text, start, end)]
    hidden += [match.span() for match in joined_names().finditer(text, start, end)]
    hidden += [match.span() for match in _DATE.finditer(text, start, end)]
    hidden += [(match.start(), match.end() + 1) for match in _BOTH.finditer(text, start, end)]
    quoted = [match.span() for match in _QUOTED.finditer(text, start, end)]
    return hidden + quoted if len(quoted) > 1 else hidden


def _at_new_side(text: str, piece: Piece) -> Iterator[Piece]:
    """ "right hip strain left knee contusion" names two conditions although nothing parts them."""
    sides = lexicon().sides
    first = 0
    for place, (before, word) in enumerate(pairwise(piece.words), 1):
        if word in sides and is_condition(before) and _leads_to_condition(piece.words[place:]):
            spans = word_spans(text, piece.start, piece.end)
            yield Piece(piece.start, spans[place - 1][1], piece.joint, piece.words[first:place])
            piece, first = Piece(spans[place][0], piece.end, "", piece.words), place
    yield piece._replace(words=piece.words[first:])


def _leads_to_condition(words: tuple[str, ...]) -> bool:
    """Whether nothing but places and degrees stands before the first condition."""
    before = list(takewhile(lambda word: not is_condition(word), words[:_LONGEST_NAME]))
    return 0 < len(before) < min(len(words), _LONGEST_NAME) and all(map(says_more, before))


def _put_together(text: str, pieces: list[Piece], has_entries: bool) -> list[Span]:
    """Join the pieces that name no condition to the piece before or after them.

    Where semicolons part the entries of a list, a comma parts no mere detail from its diagnosis.
    """
    whole: list[Piece] = []
    waiting: Piece | None = None
    for number, piece in enumerate(pieces):
        following = pieces[number + 1 :]
        is_more = has_entries and is_detail(text, piece)
        if waiting is None and whole and (is_more or belongs_before(text, whole[-1], piece, following)):
            whole[-1] = whole[-1].joined(piece)
        elif following and (says_only_more(text, piece) or lacks_noun(piece, following[0])):
            waiting = waiting.joined(piece) if waiting else piece
        elif says_only_more(text, piece) and whole:
            whole[-1] = whole[-1].joined(piece)  # places to the end: nothing follows that they could be of
        else:
            whole.append(waiting.joined(piece) if waiting else piece)
            waiting = None
    return [Span(piece.start, piece.end) for piece in whole]


def _tidy(text: str, span: Span) -> Span:
    """The span without quotation marks, articles and what follows a diagnosis without being part of it."""
    start, end = trim(text, *span, edge=_EDGE)
    opening = _OPENING.match(text, start, end)
    start = opening.end() if opening else start
    said = lowered(text[start:end])
    for trailer in diagnosis_rules().patterns("trailer"):
        found = trailer.expression.search(text, start, end) if trailer.may_be_in(said) else None
        end = found.start() if found else end
    return trim(text, start, end, edge=_EDGE)


def _is_empty(text: str, span: Span) -> bool:
    said = lowered(text[slice(*span)])
    empty = diagnosis_rules().patterns("empty")
    is_empty = any(each.may_be_in(said) and each.expression.fullmatch(text, *span) for each in empty)
    return is_empty or not any(map(str.isalpha, said))
