"""The words that stand between a lead and its list, one after the other up to the end of their sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from imr.dialect import either_case, one_of
from imr.extraction.diagnosis_bridge_kinds import Kind, bridge_words, kind_of
from imr.extraction.diagnosis_lexicon import diagnosis_rules
from imr.text import fold

_LONGEST = 45  # words between a lead and its list
_TOKEN = re.compile(
    r"""(?P<mark>
        [(#]?(?:1[.)](?=\s) | (?<=\#)1(?=[\s:]) | [aAiI]\))  # the first of a list
        | (?<=[:\s])1\s+[-\u2013\u2014](?=\s)
        | (?<=\s)[-\u2013\u2014•·▪◦*](?=\s)
        | (?:[Aa]xis|AXIS)\s+(?:I{1,3}|IV|V|[1-5])\b\s*[:.\u2013\u2014-]?
    )
    | [\w'\u2019]+(?:[-/&][\w'\u2019]+|\.\d\w*)*
    | (?P<aside>\([^()]*\))
    | (?P<line>\s*\n)
    | (?P<stop>\.)
    | [:;,?!="“”]""",
    re.VERBOSE,
)
# A full stop after one of these ends no sentence, nor one before a small letter.
_ABBREVIATED = re.compile(r"\b(?:as follows|the following|Dr|Mr|Ms|Mrs|St|vs|approx|[A-Z]|e\.g|i\.e)\Z")
_SENTENCE_GOES_ON = re.compile(r"\s*[a-z,;:)]")


class Word(NamedTuple):
    """A word, a phrase or a mark in lower case, where it stands, and what it does if nothing before it says else."""

    text: str
    start: int
    end: int
    kind: Kind


def words_from(text: str, start: int, end: int) -> Iterator[Word]:
    """The words from `start` to the end of the sentence, no more than may lie between a lead and its list."""
    return islice(_words(text, start, end), _LONGEST)


def _words(text: str, start: int, end: int) -> Iterator[Word]:
    place = start  # where the last phrase ends
    for match in _TOKEN.finditer(text, start, end):
        match match.lastgroup:
            case "mark":
                yield Word(match.group().casefold(), *match.span(), Kind.MARK)
            case "line" if _begins_line(text, start, match):
                yield Word("\n", *match.span(), Kind.STRONG)
            case "stop" if not _is_inside(text, match):
                return
            case None if match.start() >= place:
                word = _word(text, match)
                place = word.end
                yield word


def _word(text: str, match: re.Match[str]) -> Word:
    """A word, or the phrase of the lists or the name of a condition that begins with it."""
    word = match.group().casefold()
    phrase = _phrases().match(text, match.start()) if word in _phrase_openings() else None
    if phrase is None:
        return Word(word, *match.span(), kind_of(word))
    words = fold(phrase.group().casefold())
    return Word(words, *phrase.span(), Kind.CONDITION if phrase.lastgroup == "name" else kind_of(words))


def _begins_line(text: str, start: int, line: re.Match[str]) -> bool:
    """Whether a list begins on the next line: nothing stands between the lead and the end of its own."""
    return not text[start : line.start()].strip(" :") and not text[line.end() : line.end() + 1].islower()


def _is_inside(text: str, stop: re.Match[str]) -> bool:
    """Whether a full stop ends no sentence."""
    before = text[max(0, stop.start() - 13) : stop.start()]
    return _ABBREVIATED.search(before) is not None or _SENTENCE_GOES_ON.match(text, stop.end()) is not None


@cache
def _phrases() -> re.Pattern[str]:
    """The entries of the lists that are more than a word, and the names of conditions that are."""
    phrases = [entry for listed in bridge_words() for entry in listed if re.search(r"\w\W", entry)]
    return diagnosis_rules().compiled(rf"(?:(?P<name>{{words.names}})|{one_of(phrases, either_case)})(?!\w)")


@cache
def _phrase_openings() -> frozenset[str]:
    phrases = [entry for listed in bridge_words() for entry in listed if re.search(r"\w\W", entry)]
    return frozenset(re.split(r"[\s/]", entry)[0] for entry in [*phrases, *diagnosis_rules()["words"]["names"]])
