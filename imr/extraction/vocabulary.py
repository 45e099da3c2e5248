"""Many phrases looked for at once: a tree of words, walked along the words of a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

K = TypeVar("K")

# Letters and digits are words of their own: "B12" and "B-12" are one phrase, and "60mg" ends in "mg".
_WORD = re.compile(r"[a-z]+|\d+", re.IGNORECASE)
_GAP = re.compile("[- \n/#&().'\u2019\u2013]{0,3}")
# The readers of one item look at the same few words for this and that; titles of other letters are new.
_REMEMBERED = 100
_PLURALS = (("ies", "y"), ("es", ""), ("s", ""))


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

    def step(self, word: str) -> _Node[K] | None:
        """The node one word further, a plural taken for its singular where only that is known."""
        node = self.following.get(word)
        if node is None and len(word) > 3 and word.endswith("s"):
            for plural, singular in _PLURALS:
                if word.endswith(plural) and (node := self.following.get(word[: -len(plural)] + singular)):
                    break
        return node


class Vocabulary(Generic[K]):
    """Phrases and what each stands for; case is ignored, blanks, hyphens and slashes are alike, plurals count."""

    def __init__(self, phrases: Mapping[str, K]) -> None:
        self._root: _Node[K] = _Node()
        for phrase, key in phrases.items():
            node = self._root
            for word in phrase_words(phrase):
                node = node.following.setdefault(word, _Node())
            node.key = key
        self._hits_in = lru_cache(maxsize=_REMEMBERED)(self._look_for)

    def find(self, text: str, start: int, end: int) -> list[Hit[K]]:
        """The phrases of `text[start:end]` from left to right, the longest at each place, none overlapping."""
        return [Hit(key, start + first, start + last) for key, first, last in self._hits_in(text[start:end])]

    def _look_for(self, text: str) -> list[Hit[K]]:
        words = _words(text)
        hits: list[Hit[K]] = []
        position = 0
        for first in range(len(words)):
            if first >= position and (node := self._root.step(words[first][0])):
                length, key = self._longest(text, words, first, node)
                if key is not None:
                    position = first + length
                    hits.append(Hit(key, words[first][1], words[position - 1][2]))
        return hits

    def _longest(
        self, text: str, words: list[tuple[str, int, int]], first: int, begun: _Node[K]
    ) -> tuple[int, K | None]:
        node: _Node[K] | None = begun
        length, longest, key = 1, 0, None
        while node is not None:
            if node.key is not None:
                longest, key = length, node.key
            if not node.following or first + length == len(words):
                break
            word, start, _ = words[first + length]
            node = node.step(word) if _GAP.fullmatch(text, words[first + length - 1][2], start) else None
            length += 1
        return longest, key


@lru_cache(maxsize=_REMEMBERED)
def _words(text: str) -> list[tuple[str, int, int]]:
    """The words of a text in lower case, and where they stand; several vocabularies look at the same text."""
    return [(match.group().lower(), *match.span()) for match in _WORD.finditer(text)]


def phrase_words(phrase: str) -> list[str]:
    """The words of a phrase as vocabularies compare them."""
    return [match.group().lower() for match in _WORD.finditer(phrase)]
