"""Many phrases looked for at once: a tree of words, walked along the words of a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Generic, NamedTuple, TypeVar

K = TypeVar("K")

# Letters and digits are words of their own: "B12" and "B-12" are one phrase, and "60mg" ends in "mg".
_WORD = re.compile(r"[a-z]+|\d+", re.IGNORECASE)
_LOWER_WORD = re.compile(r"[a-z]+|\d+")
_GAP = re.compile("[- \n/#&().'\u2019\u2013]{0,3}")
# The readers of one item look at the same few words for this and that; titles of other letters are new.
_REMEMBERED = 100
_ARTICLES = frozenset(("a", "an", "the"))


class Hit(NamedTuple, Generic[K]):
    """What a phrase stands for, and where it stands."""

    key: K
    start: int
    end: int


class _Node(Generic[K]):
    __slots__ = ("following", "key")

    def __init__(self) -> None:
        self.following: dict[str, _Node[K]] = {}
        self.key: K | None = None

    def close(self) -> None:
        """Take plurals for their singulars; one that only begins phrases stands alone for what its singular does."""
        for node in self.following.values():
            node.close()
        for word, singular in self._plurals().items():
            node = self.following.setdefault(word, singular)
            node.key = singular.key if node.key is None else node.key

    def _plurals(self) -> dict[str, _Node[K]]:
        """The plurals of all words that follow."""
        plurals: dict[str, _Node[K]] = {}
        for singular, plural in (("", "s"), ("", "es"), ("y", "ies")):
            for word, node in self.following.items():
                form = word.removesuffix(singular) + plural
                if word.endswith(singular) and len(form) > 3 and form[-2] != "s":  # "loss" is no more than one
                    plurals[form] = node
        return plurals


class _Words:
    """The words of a text in lower case, and where each stands, which few readers come to ask."""

    def __init__(self, text: str) -> None:
        self._text = text.lower()
        self._word = _LOWER_WORD
        if len(self._text) != len(text):  # a few letters become two
            self._text, self._word = text, _WORD
        self.words = self._word.findall(self._text)
        if self._word is _WORD:
            self.words = [word.lower() for word in self.words]

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        return [match.span() for match in self._word.finditer(self._text)]


class Vocabulary(Generic[K]):
    """Phrases and what each stands for.

    Case is ignored, blanks, hyphens and slashes are alike, plurals count, and one article may stand between two words
    of a phrase ("removal of the hardware").
    """

    def __init__(self, phrases: Mapping[str, K]) -> None:
        self._root: _Node[K] = _Node()
        for phrase, key in phrases.items():
            node = self._root
            for word in phrase_words(phrase):
                node = node.following.setdefault(word, _Node())
            node.key = key
        self._root.close()
        self._hits_in = lru_cache(maxsize=_REMEMBERED)(self._look_for)

    def find(self, text: str, start: int, end: int) -> list[Hit[K]]:
        """The phrases of `text[start:end]` from left to right, the longest at each place, none overlapping."""
        return [Hit(key, start + first, start + last) for key, first, last in self._hits_in(text[start:end])]

    def _look_for(self, text: str) -> list[Hit[K]]:
        read = _words(text)
        known = self._root.following
        hits: list[Hit[K]] = []
        done = 0
        for first in [number for number, word in enumerate(read.words) if word in known]:
            if first >= done:
                last, key = self._longest(text, read, first)
                if key is not None:
                    done = last + 1
                    hits.append(Hit(key, read.spans[first][0], read.spans[last][1]))
        return hits

    def _longest(self, text: str, read: _Words, first: int) -> tuple[int, K | None]:
        """The last word of the longest phrase that begins with the word `first`, and what it stands for."""
        words, spans = read.words, read.spans
        node = self._root.following[words[first]]
        longest, key = first, node.key
        between = False  # whether the word before was an article of no phrase
        for last in range(first + 1, len(words)):
            end, start = spans[last - 1][1], spans[last][0]
            near = text[end:start] == " " or _GAP.fullmatch(text, end, start) is not None
            if not near or not node.following:
                break
            if following := node.following.get(words[last]):
                node, between = following, False
                if node.key is not None:
                    longest, key = last, node.key
            elif between or words[last] not in _ARTICLES:
                break
            else:
                between = True
        return longest, key


@lru_cache(maxsize=_REMEMBERED)
def _words(text: str) -> _Words:
    """The words of a text, at which several vocabularies look."""
    return _Words(text)


def phrase_words(phrase: str) -> list[str]:
    """The words of a phrase as vocabularies compare them."""
    return [match.group().lower() for match in _WORD.finditer(phrase)]
