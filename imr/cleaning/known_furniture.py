"""Page furniture that its own words give away, and the lines that are a letter's own whatever else speaks against."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rapidfuzz import fuzz

from imr.cleaning.lines import Line
from imr.cleaning.reflow import any_of
from imr.rules import either, load_rules
from imr.text import fold

_RESEMBLES = 80.0  # of 100
_FIGURES = re.compile(r"\d+")
_WORD = re.compile(r"[a-z]+")
_SHORT = 40  # characters of a line that is looked at closely in any case
_LABEL = 60  # characters of a line that may be a label or a stamp, whatever its words
_LONGEST = 200  # characters of a line that may be furniture


def known_anywhere(lines: Sequence[Line]) -> set[int]:
    """The numbers of the lines that are furniture wherever they stand."""
    marked = _marked([line.text for line in lines], "anywhere")
    return {
        number
        for number, line in enumerate(lines)
        if (len(line.text) <= _SHORT or number in marked or line.text.isupper()) and _stands_anywhere(line.text)
    }


def _marked(texts: Sequence[str], where: str) -> set[int]:
    """The numbers of the lines that hold what known furniture does."""
    whole = "\n".join(texts).lower()
    marked: set[int] = set()
    for mark in _marks(where):
        number = done = 0
        while (place := whole.find(mark, done)) >= 0:
            number += whole.count("\n", done, place)
            marked.add(number)
            done = place + 1
    return marked


def _stands_anywhere(text: str) -> bool:
    if _may_be_known(text, "anywhere") and _is_known(text, "anywhere"):
        return True
    return text.isupper() and _is_known(text, "capitals")


def stands_at_edges(text: str) -> bool:
    """Whether a line is furniture if it stands among the first or last ones of a page."""
    return _may_be_known(text, "edge") and _is_known(text, "edge")


def _may_be_known(text: str, where: str) -> bool:
    """Whether a line is worth a closer look: it is short, or begins a sentence and holds what known furniture does."""
    if len(text) <= _SHORT:
        return True
    if text[0].islower() and not text.startswith("http"):
        return False
    lower = text.lower()
    return any(mark in lower for mark in _marks(where))


def _is_known(text: str, where: str) -> bool:
    return len(text) <= _LONGEST and _known(where).match(fold(text)) is not None


def counted_page(text: str) -> int | None:
    """The number of a page, where a line holds nothing but that: "3", "- Page 3 -", "Page three"."""
    match = _counted_page().search(text) if len(text) <= _SHORT else None
    if match is None:
        return None
    return int(match["figures"]) if match["figures"] else _numerals().get(match["word"].casefold())


@cache
def _counted_page() -> re.Pattern[str]:
    return load_rules("cleaning", "furniture").pattern("counted_page").expression


@cache
def _numerals() -> dict[str, int]:
    words: list[str] = load_rules("cleaning", "furniture")["numerals"]["words"]
    return {word: number for number, word in enumerate(words, 1)}


def resembles(text: str, kind: str) -> bool:
    """Whether a recognised line is nearly a `letterheads` or `footers` phrase, whatever figures stand in it."""
    known: Sequence[str] = load_rules("cleaning", "furniture")["scanned"][kind]
    masked = _FIGURES.sub("0", text)
    return any(
        len(masked) < 2 * len(phrase) and fuzz.partial_ratio(phrase, masked, score_cutoff=_RESEMBLES)
        for phrase in known
    )


def holds_own_words(text: str) -> bool:
    """Whether a line holds a word that a letter's own sentences are made of."""
    return not _own_words().isdisjoint(_WORD.findall(text.lower()))


def says_own_words(text: str) -> bool:
    """Whether a line reads like prose, and not like a label or a stamp, and holds such a word."""
    return (len(text) > _LABEL or text[0].islower() or text[-1] in ".,;") and holds_own_words(text)


def concludes(text: str) -> bool:
    """Whether a line holds a word that a rationale concludes with."""
    return not _concluding_words().isdisjoint(_WORD.findall(text.lower()))


@cache
def _concluding_words() -> frozenset[str]:
    return frozenset(load_rules("cleaning", "furniture")["own"]["concluding"])


def speaks_of_itself(text: str) -> bool:
    """Whether a line speaks of the document it is printed on, as no sentence of a letter does."""
    return _of_itself().search(text) is not None


@cache
def _of_itself() -> re.Pattern[str]:
    return load_rules("cleaning", "furniture").pattern("of_itself").expression


def says_nothing_else(text: str) -> bool:
    """Whether all words of a line are of those that furniture is made of."""
    known = _furniture_words()
    lower = text.lower()
    if (first := _WORD.search(lower)) is None or first[0] not in known:  # true of nearly all lines
        return False
    words = [word for word in _WORD.findall(lower) if len(word) > 1]
    return len(words) > 1 and known.issuperset(words)


@cache
def _furniture_words() -> frozenset[str]:
    return frozenset(load_rules("cleaning", "furniture")["own"]["never"])


@cache
def _own_words() -> frozenset[str]:
    return frozenset(load_rules("cleaning", "furniture")["own"]["words"])


@cache
def _marks(where: str) -> tuple[str, ...]:
    return tuple(load_rules("cleaning", "furniture")["marks"][where])


@cache
def _known(where: str) -> re.Pattern[str]:
    known = load_rules("cleaning", "furniture").patterns("known")
    return either([pattern for pattern in known if pattern.values["where"] == where])


def begins_own_part(text: str) -> bool:
    """Whether a line begins with a title or label of the letter's."""
    return any_of("starts_paragraph").match(text) is not None


def begins_item_part(text: str) -> bool:
    """Whether a line begins with a label that every disputed item has."""
    return any_of("first_item_label", "item_label", "item_label_of_2013").match(text) is not None


def begins_first_label(text: str) -> bool:
    """Whether a line begins with the label that follows an item's outcome."""
    return any_of("first_item_label").match(text) is not None


def ends_with_outcome(text: str) -> bool:
    """Whether a line ends as the heading of a disputed item does, with its outcome."""
    return text.endswith(("eld", "ned", "art")) and _outcome().search(text) is not None


def is_outcome(text: str) -> bool:
    """Whether a line is nothing but an outcome."""
    match = _outcome().search(text) if ends_with_outcome(text) else None
    return match is not None and match.start() == 0


@cache
def _outcome() -> re.Pattern[str]:
    return load_rules("cleaning", "furniture").pattern("outcome").expression
