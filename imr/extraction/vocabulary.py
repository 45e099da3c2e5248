"""Many phrases looked for at once: a tree of words, walked along the words of a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

K = TypeVar("K")

# Letters and digits are words of their own: "B12" and "B-12" are one phrase, and "60mg" ends in "mg".
_WORD = re.compile(r"[a-z]+|\d+", re.IGNORECASE)
_LOWER_WORD = re.compile(r"[a-z]+|\d+")
_GAP = re.compile("[- \n/#&().'\u2019\u2013]{0,3}")
# The readers of one item look at the same few words for this and that; titles of other letters are new.
_REMEMBERED = 100
_PLURALS = (("ies", "y"), ("es", ""), ("s", ""))
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

    def step(self, word: str) -> _Node[K] | None:
        """The node one word further, a plural taken for its singular where only that is known."""
        return self.following.get(word) or self._singular(word)

    def _singular(self, word: str) -> _Node[K] | None:
        if len(word) > 3 and word[-1] == "s" and word[-2] != "s":  # "loss" is no more than one
            for plural, singular in _PLURALS:
                if word.endswith(plural) and (node := self.following.get(word[: -len(plural)] + singular)):
                    return node
        return None

    def close(self) -> None:
        """Let a plural that only begins phrases stand alone for what its singular stands for."""
        for word, node in self.following.items():
            if node.key is None and (singular := self._singular(word)):
                node.key = singular.key
            node.close()


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
        words = _words(text)
        known = self._root.following
        hits: list[Hit[K]] = []
        position = 0
        for first, (word, start, _) in enumerate(words):
            if first < position:
                continue
            # Most words begin no phrase: they are passed over without a call.
            node = known.get(word) or (self._root.step(word) if word[-1] == "s" else None)
            if node is not None:
                length, key = self._longest(text, words, first, node)
                if key is not None:
                    position = first + length
                    hits.append(Hit(key, start, words[position - 1][2]))
        return hits

    def _longest(
        self, text: str, words: list[tuple[str, int, int]], first: int, node: _Node[K]
    ) -> tuple[int, K | None]:
        longest, key = 1, node.key
        between = False  # whether the word before was an article of no phrase
        for last in range(first + 1, len(words)):
            word, start, _ = words[last]
            end = words[last - 1][2]
            near = text[end:start] == " " or _GAP.fullmatch(text, end, start) is not None
            if not near or not node.following:
                break
            if following := node.following.get(word) or (node.step(word) if word[-1] == "s" else None):
                node, between = following, False
                if node.key is not None:
                    longest, key = last - first + 1, node.key
            elif between or word not in _ARTICLES:
                break
            else:
                between = True
        return longest, key


@lru_cache(maxsize=_REMEMBERED)
def _words(text: str) -> list[tuple[str, int, int]]:
    """The words of a text in lower case, and where they stand; several vocabularies look at the same text."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters become two
        return [(match.group().lower(), *match.span()) for match in _WORD.finditer(text)]
    found: list[tuple[str, int, int]] = []
    end = 0
    for word in _LOWER_WORD.findall(lower):  # each the next one of its kind: cheaper than matches
        start = lower.find(word, end)
        end = start + len(word)
        found.append((word, start, end))
    return found


def phrase_words(phrase: str) -> list[str]:
    """The words of a phrase as vocabularies compare them."""
    return [match.group().lower() for match in _WORD.finditer(phrase)]
