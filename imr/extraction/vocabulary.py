"""Many phrases looked for at once: a tree of words, walked along the words of a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from itertools import accumulate, compress
from typing import Generic, NamedTuple, TypeVar

K = TypeVar("K")

# Letters and digits are words of their own: "B12" and "B-12" are one phrase, and "60mg" ends in "mg".
_WORD = re.compile(r"([a-z]+|\d+)", re.IGNORECASE)
_LOWER_WORD = re.compile(r"([a-z]+|\d+)")
_WITHIN_PHRASES = frozenset("- \n/#&().'\u2019\u2013")
_WIDEST_GAP = 3
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
    """The words of a text in lower case, each with the gap before it; where they stand few readers come to ask."""

    def __init__(self, text: str) -> None:
        lower = text.lower()
        is_faithful = len(lower) == len(text)  # a few letters become two
        self._parts: list[str] = _LOWER_WORD.split(lower) if is_faithful else _WORD.split(text)
        self.gaps, self.words = self._parts[::2], self._parts[1::2]
        if not is_faithful:
            self.words = [word.lower() for word in self.words]

    @cached_property
    def _ends(self) -> list[int]:
        """Where each gap and each word ends, in turn."""
        return list(accumulate(map(len, self._parts)))

    def start(self, number: int) -> int:
        """Where a word begins."""
        return self._ends[2 * number]

    def end(self, number: int) -> int:
        """Where a word ends."""
        return self._ends[2 * number + 1]


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
        for first in compress(range(len(read.words)), map(known.__contains__, read.words)):
            if first >= done:
                last, key = self._longest(read, first)
                if key is not None:
                    done = last + 1
                    hits.append(Hit(key, read.start(first), read.end(last)))
        return hits

    def _longest(self, read: _Words, first: int) -> tuple[int, K | None]:
        """The last word of the longest phrase that begins with the word `first`, and what it stands for."""
        words = read.words
        node = self._root.following[words[first]]
        longest, key = first, node.key
        between = False  # whether the word before was an article of no phrase
        for last in range(first + 1, len(words)):
            if not node.following or not _is_near(read.gaps[last]):
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


def _is_near(gap: str) -> bool:
    """Whether what stands between two words may stand within a phrase."""
    return gap == " " or (len(gap) <= _WIDEST_GAP and _WITHIN_PHRASES.issuperset(gap))


@lru_cache(maxsize=_REMEMBERED)
def _words(text: str) -> _Words:
    """The words of a text, at which several vocabularies look."""
    return _Words(text)


def phrase_words(phrase: str) -> list[str]:
    """The words of a phrase as vocabularies compare them."""
    return [match.group().lower() for match in _WORD.finditer(phrase)]
