"""A second reading of recognised text, in which known phrases stand as they are printed in every letter.

The clean text is never changed: rules read the second one, and a map leads from it back to the words OCR gave. Only
what is on a closed list is repaired, and a figure only where nothing but a figure can stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from rapidfuzz import fuzz

from imr.cleaning.offsets import CleanTextBuilder, raw_span
from imr.records import CleanText, Span
from imr.rules import load_rules

_RESEMBLES = 85.0  # of 100: one wrong letter in seven
_DIRT = 3  # characters that may stand before a title: a speck on its paper
_SHORTEST = 5  # letters of a word that may be taken for one of the list

_WORD = re.compile(r"[A-Za-z0-9|!]{5,}")
_FIRST_NUMBER = re.compile(r"(?m)^[lI|]\.\s(?=[A-Z])")
_OUTCOME = re.compile(r"(?m):\s*(?P<outcome>[A-Za-z0-9|! ]{5,22}?)(?P<dirt>[^\w\n]*)$")
_DATE = re.compile(r"(?<![\w/])[0-9OoIl|]{1,2}/[0-9OoIl|]{1,2}/[0-9OoIl|]{4}(?![\w/])")
_LABEL_DIRT = re.compile(r"(?:Date|Assigned|[Ii]njury|Received|Number):(?P<dirt>\s*[^\w\s(]{1,3}\s*)(?=\d|CM\d)")
_LICENSED = re.compile(r"(?:State\(s\) of Licensure:|licensed to practice in)[^\n.]*")
_BROKEN_NAME = re.compile(r"\b([A-Z]) ([a-z]{3,})")
_FIGURES = str.maketrans("OoIl|", "00111")


class Edit(NamedTuple):
    """Words of the clean text, and what they stand for."""

    start: int
    end: int
    text: str


class Reading(NamedTuple):
    """The second reading: `text.map_raw` leads to the *clean* text, of which `length` is the length."""

    text: CleanText
    length: int

    def clean_span(self, start: int, end: int) -> Span:
        """The words of the clean text that stand behind a span of this reading."""
        first = raw_span(self.text, start, start + 1).start
        if end >= len(self.text.text):
            return Span(first, self.length)
        # The end is where the next character stands: a repaired word may be shorter or longer than what it repairs.
        return Span(first, max(raw_span(self.text, end, end + 1).start, first))


def second_reading(clean: str, marks: Sequence[int] = ()) -> Reading:
    """Read a clean text tolerantly; `marks` are clean offsets whose places in the reading are its `page_starts`."""
    builder, done = CleanTextBuilder(clean), 0
    for edit in _without_overlaps(sorted(_edits(clean))):
        builder.copy(done, edit.start)
        builder.literal(edit.text, edit.start)
        done = edit.end
    builder.copy(done, len(clean))
    return Reading(builder.build(marks), len(clean))


def _edits(text: str) -> Iterator[Edit]:
    """Everything that may be repaired."""
    start = 0
    for line in text.splitlines(keepends=True):
        yield from _title(line, start)
        start += len(line)
    for match in _FIRST_NUMBER.finditer(text):
        yield Edit(match.start(), match.start() + 2, "1.")
    for match in _LABEL_DIRT.finditer(text):
        yield Edit(*match.span("dirt"), " ")
    for match in _OUTCOME.finditer(text):
        yield from _outcome(match)
    for match in _WORD.finditer(text):
        word = _known_words().get(_skeleton(match[0]))
        if word and word.casefold() != match[0].casefold() and match[0] not in _listed():
            yield Edit(*match.span(), word)
    for match in _DATE.finditer(text):
        if not re.fullmatch(r"[\d/]+", match[0]) and sum(map(str.isdigit, match[0])) >= _SHORTEST:
            yield Edit(*match.span(), match[0].translate(_FIGURES))
    for match in _LICENSED.finditer(text):
        yield from _states(match)


def _title(line: str, start: int) -> Iterator[Edit]:
    """The title or label that a paragraph begins with, if it begins with nearly that."""
    phrases: list[str] = load_rules("repairing", "phrases")["paragraph_starts"]
    if line.startswith(tuple(phrases)):
        return
    begin = next((place for place, letter in enumerate(line[: _DIRT + 1]) if letter.isalnum()), 0)
    found = [(fuzz.ratio(phrase, head), phrase, head) for phrase in phrases for head in _heads(line[begin:], phrase)]
    if not found:
        return
    likeness, phrase, head = max(found)
    end = begin + len(head)
    end += phrase[-1] == ":" != head[-1:] and line[end : end + 1] in (";", ".", ",", ":")
    if likeness >= _RESEMBLES and line[:end].strip() != phrase:
        yield Edit(start, start + end, phrase)


def _heads(line: str, phrase: str) -> Iterator[str]:
    """The beginnings of a line that are about as long as a phrase and end where a word or a colon does."""
    for match in re.finditer(r"(?<=\w)\b|(?<=[:;.)])", line[: len(phrase) + _DIRT]):
        if match.start() >= len(phrase) - _DIRT:
            yield line[: match.start()]


def _outcome(match: re.Match[str]) -> Iterator[Edit]:
    for outcome in load_rules("repairing", "phrases")["outcomes"]:
        exact = match["outcome"] == outcome
        if (exact and match["dirt"].strip()) or (not exact and fuzz.ratio(outcome, match["outcome"]) >= _RESEMBLES - 5):
            yield Edit(match.start("outcome"), match.end(), outcome)
            return


def _states(match: re.Match[str]) -> Iterator[Edit]:
    """States of licensure: a name broken by a blank, or with a letter taken for its like."""
    states = load_rules("extraction", "states")["codes"]
    for broken in _BROKEN_NAME.finditer(match.string, *match.span()):
        if broken[1] + broken[2] in states:
            yield Edit(*broken.span(), broken[1] + broken[2])
    for word in re.compile(r"[A-Za-z|!1]{4,}").finditer(match.string, *match.span()):
        state = _state_skeletons().get(_skeleton(word[0]))
        if state and word[0] != state:
            yield Edit(*word.span(), state)


def _without_overlaps(edits: Sequence[Edit]) -> Iterator[Edit]:
    done = 0
    for edit in edits:
        if edit.start >= done:
            yield edit
            done = edit.end


def _skeleton(word: str) -> str:
    """What is left of a word when everything that looks alike is the same."""
    for seen, meant in load_rules("repairing", "phrases")["alike"].items():
        word = word.replace(seen, meant)
    return word


@cache
def _listed() -> frozenset[str]:
    return frozenset(load_rules("repairing", "phrases")["words"])


@cache
def _known_words() -> dict[str, str]:
    return {_skeleton(word): word for word in load_rules("repairing", "phrases")["words"]}


@cache
def _state_skeletons() -> dict[str, str]:
    return {_skeleton(state): state for state in load_rules("extraction", "states")["codes"]}
