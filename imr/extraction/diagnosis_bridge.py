"""The way from a lead ("diagnoses", "treated") to the list that it leads to, walked word by word.

Linking words lead on to a list: "of", "are", ":". The list begins after the last of them where its first element
names a condition. A negation, a question, or somebody else who does something ends the way. See `bridge` in the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from imr.extraction.diagnosis_bridge_kinds import Kind, bridge_words
from imr.extraction.diagnosis_bridge_words import Word, words_from
from imr.extraction.diagnosis_lexicon import lexicon
from imr.extraction.diagnosis_words import is_level

_MOST_UNKNOWN = 6  # words of a name before the one that says what condition it is
_LINKS = {Kind.LINK, Kind.STRONG}
_BEFORE_OF = {*_LINKS, Kind.COMMA}
_GOES_ON = {*_LINKS, Kind.PASSED, Kind.RELATIVE}
_IN_NAMES = {Kind.CONDITION, Kind.NAME, Kind.OTHER}


class Way(NamedTuple):
    """What a lead allows.

    `links` are its own linking words. Without any, a list may follow whose first element has no more than `unknown`
    words that are known from no name; None if it may not. `bridged` says that the linking words of all leads count
    before one of its own has come.
    """

    links: frozenset[str]
    unknown: int | None
    bridged: bool

    @property
    def is_of_somebody(self) -> bool:
        """Whether the lead is a verb that has the patient as object: "diagnosed him with"."""
        return not self.links.isdisjoint(("with", "for"))


class Beginning(NamedTuple):
    """Where a list begins, and whether a condition was met in it."""

    at: int
    is_named: bool


def list_after(text: str, start: int, end: int, way: Way) -> Beginning | None:
    """The list that the words from `start` on lead to, within their sentence; None where they lead to none."""
    walk = _Walk(start, way, words_from(text, start, end))
    while walk.step():
        pass
    return walk.found


class _Walk:
    """How far the way was walked, and where a list would begin (`at`): nowhere, if nothing links to what comes next."""

    def __init__(self, start: int, way: Way, words: Iterator[Word]) -> None:
        self.way, self.coming, self.number = way, words, -1
        self.lists = bridge_words()
        self.words: list[Word] = []  # those that were looked at
        self.linked = way.bridged
        self.at = None if way.unknown is None else start
        self.is_strict = True  # only words of names may stand before the condition
        self.is_strong = self.is_named = self.is_relative = False
        self.seen = self.unknown = 0  # words of the list's first element
        self.is_fresh = True  # nothing of the list was met

    @property
    def found(self) -> Beginning | None:
        """What was found so far: a list that names a condition, or whatever a strong link leads to."""
        if self.at is None or not (self.is_named or (self.is_strong and self.seen)):
            return None
        return Beginning(self.at, self.is_named)

    def step(self) -> bool:
        """Read one more word; False where the way ends."""
        self.number += 1
        word = self._word(self.number)
        if word is None:
            return False
        kind = self._kind(word)
        if self.is_fresh and self.at is not None and not (kind is Kind.NEUTRAL and word.text[0].isalpha()):
            self.at, self.is_fresh = word.start, False
        match kind:
            case Kind.STOP:
                return False
            case Kind.LINK:
                self._begin(word.end, is_strong=False)
            case Kind.STRONG:
                self._begin(word.end, is_strong=True)
            case Kind.MARK if self.linked and (self.is_strict or self.seen or self.at is None):
                self._begin(word.start, is_strong=True)
                self.is_fresh = False  # the list begins with the mark
            case Kind.COMMA if self.linked and not self.seen:
                self._begin(word.end, is_strong=self.is_strong)
            case Kind.RELATIVE:
                self.at, self.is_relative = None, True
            case Kind.PERSON:
                self.at = None
                return self.is_relative
            case Kind.VERB:
                self.at = None
            case Kind.PASSED if self.is_strict or not self.seen:
                self.at = None
            case Kind.JOINT:
                return self._goes_on()
            case Kind.CONDITION | Kind.NAME | Kind.OTHER:
                self._name(kind)
        return not self.is_named

    def _word(self, number: int) -> Word | None:
        """A word of the way, which is read when it is asked for; None after its end."""
        while number >= len(self.words):
            word = next(self.coming, None)
            if word is None:
                return None
            self.words.append(word)
        return self.words[number]

    def _begin(self, at: int, *, is_strong: bool) -> None:
        """A list may begin here."""
        self.at, self.is_strong, self.is_strict, self.linked = at, is_strong, False, True
        self.seen, self.unknown, self.is_fresh = 0, 0, True

    def _name(self, kind: Kind) -> None:
        """A word that may be one of a condition's name."""
        self.seen += 1
        self.unknown += kind is Kind.OTHER
        if self.unknown > (self.way.unknown or 0 if self.is_strict else _MOST_UNKNOWN):
            self.at = None
        self.is_named = self.at is not None and kind is Kind.CONDITION

    def _kind(self, word: Word) -> Kind:
        """What a word does here."""
        text, kind = word.text, word.kind
        if text in self.way.links or text == "of":
            return self._kind_of_link(text)
        if kind is Kind.MARK and not text.isalnum() and self._follows_code():
            return Kind.NEUTRAL
        if kind in _LINKS or kind is Kind.VERB:
            return kind if self.linked else Kind.STOP
        if kind is Kind.PERSON:
            before = self._before()
            is_object = before.kind is Kind.PASSED if before else self.way.is_of_somebody
            return Kind.PASSED if is_object else kind
        is_told = kind is Kind.OTHER and text.endswith("ed") and self._after() not in _IN_NAMES
        if is_told or (text in self.lists.announcing and self._announces()):
            return Kind.PASSED
        return Kind.COMMA if text == ";" and self.seen and self.at is not None else kind

    def _kind_of_link(self, text: str) -> Kind:
        """What one of the lead's own links does, or an "of" that may be none."""
        if text == "of":
            before = self._before()
            links = before is None or before.kind in _BEFORE_OF or before.text in self.lists.one
            if not links or (text not in self.way.links and (before is None or not self.linked)):
                return Kind.PASSED
        return Kind.STRONG if text in self.lists.strong else Kind.LINK

    def _follows_code(self) -> bool:
        """Whether the word before is a code, which a dash parts from its name: "M54.16 - radiculopathy"."""
        before = self.words[self.number - 1].text if self.number else ""
        return "." in before and is_level(before)

    def _before(self) -> Word | None:
        """The word before that tells something; None where that is the lead."""
        telling = (word for word in reversed(self.words[: self.number]) if word.kind is not Kind.NEUTRAL)
        return next(telling, None)

    def _announces(self) -> bool:
        """Whether a linking word follows, after a comma or none: "injuries, including"; not "Lisfranc injury was"."""
        after = self._after()
        if after is Kind.LINK and self.at is not None and self._is_placed():
            return False
        return after in _LINKS or (after is Kind.COMMA and self._after(2) is Kind.STRONG)

    def _is_placed(self) -> bool:
        """Whether the word before says which injury this one is: an unknown name, or a part of the body."""
        return self.unknown > 0 or (self.seen > 0 and self.words[self.number - 1].text in lexicon().says_where)

    def _after(self, distance: int = 1) -> Kind:
        """What a word after this one is."""
        word = self._word(self.number + distance)
        return word.kind if word else Kind.STOP

    def _goes_on(self) -> bool:
        """Whether the way goes on after an "and": with more of what it is made of, not with another clause."""
        if not self.linked or (self.seen and self.at is not None):
            return True
        distance = 1
        while self._after(distance) is Kind.NEUTRAL:
            distance += 1
        return self._after(distance) in _GOES_ON
