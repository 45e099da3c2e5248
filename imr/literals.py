"""Literal prefilters: expressions are looked for by the letters that they cannot match without.

Python's `re` tries an expression at every character of a text. A literal is found some fifty times faster, so where
every match of an expression holds one of a few literals at a known distance from its beginning, the expression is tried
at these places alone; where it holds one of them anywhere, only in texts that have it. The literals are derived from
the expression itself, so that they can neither be forgotten nor be wrong.
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]  # not declared, and as stable as `re` itself
import re._parser as parser  # type: ignore[import-not-found]
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

_IGNORING = re.compile(r"\(\?[a-hj-z]*i")
_FEW_PLACES = 3  # letters of a literal that stands at few places of a text
_MOST = 12  # literals, beyond which looking for each of them costs more than it spares
_REMEMBERED = 8  # texts in lower case: the expressions of a step look at the same few
_SELF_FOLDING = "\u0131\u017f"  # letters that `re` takes for "i" and "s" where case is ignored, and `lower` does not
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
_OF_NO_WIDTH = (op.AT, op.ASSERT, op.ASSERT_NOT)
_OF_ONE_CHARACTER = (op.NOT_LITERAL, op.ANY, op.IN)


class Literal(NamedTuple):
    """A text that stands in a match, `offset` characters behind its beginning; None where that varies."""

    text: str
    offset: int | None


Literals = frozenset[Literal]


class Finder:
    """An expression that is looked for by its literals; what it finds is what the expression finds."""

    def __init__(self, expression: re.Pattern[str]) -> None:
        self.expression = expression
        self._ignores_case = ignores_case(expression)
        self._literals = tuple(required_literals(expression))
        self._anchored = all(literal.offset is not None for literal in self._literals)
        # `re` looks for the plain beginning of an expression itself.
        is_prefix = not self._ignores_case and len(self._literals) == 1 and self._literals[0].offset == 0
        self._is_plain = is_prefix or not self._literals

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        """The first match in `text[start:end]`, as by `re.Pattern.search`."""
        if self._is_plain:
            return self.expression.search(text, start, end)
        return next(self.finditer(text, start, end), None)

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """The matches in `text[start:end]` from left to right, as by `re.Pattern.finditer`."""
        folded = _in_lower_case(text) if self._ignores_case else text
        if self._is_plain or folded is None:
            return self.expression.finditer(text, start, end)
        if self._anchored:
            return self._at(self._places(folded, start, end), text, end)
        for literal, _ in self._literals:
            if folded.find(literal, start, end) >= 0:
                return self.expression.finditer(text, start, end)
        return iter(())

    def _places(self, folded: str, start: int, end: int) -> Iterable[int]:
        """Where a match may begin, in order."""
        if len(self._literals) == 1:
            return _places_of(self._literals[0], folded, start, end)
        return sorted([place for literal in self._literals for place in _places_of(literal, folded, start, end)])

    def _at(self, places: Iterable[int], text: str, end: int) -> Iterator[re.Match[str]]:
        done = 0
        for place in places:
            if place >= done and (match := self.expression.match(text, place, end)):
                yield match
                done = match.end()


def _places_of(literal: Literal, folded: str, start: int, end: int) -> Iterator[int]:
    """Where a match may begin that holds a literal."""
    words, offset = literal.text, literal.offset or 0
    place = folded.find(words, start + offset, end)
    while place >= 0:
        yield place - offset
        place = folded.find(words, place + 1, end)


@lru_cache(maxsize=_REMEMBERED)
def _in_lower_case(text: str) -> str | None:
    """A text in lower case, each character at its place; None where there is no such form of it."""
    lower = text.lower()
    is_faithful = text.isascii() or (len(lower) == len(text) and not any(letter in text for letter in _SELF_FOLDING))
    return lower if is_faithful else None


def required_literals(expression: re.Pattern[str]) -> Literals:
    """The literals of which every match of an expression holds one; none where there are too many, or no such.

    They are in lower case if the expression, or a part of it, ignores case.
    """
    walk = _Walk(ignores_case(expression))
    walk.along(parser.parse(expression.pattern, expression.flags & ~re.DEBUG))
    return walk.best()


def ignores_case(expression: re.Pattern[str]) -> bool:
    """Whether an expression, or a part of it, ignores case."""
    return bool(expression.flags & re.IGNORECASE) or _IGNORING.search(expression.pattern) is not None


class _Walk:
    """A walk along a parsed expression that gathers sets of literals, of each of which a match holds one.

    `at` is how far behind the beginning of a match the walk is; None after what has no fixed length.
    """

    def __init__(self, ignores_case: bool, at: int | None = 0) -> None:
        self.ignores_case, self.at = ignores_case, at
        self.found: list[Literals] = []

    def along(self, sequence: Iterable[tuple[Any, Any]]) -> None:
        """Walk on along a sequence of an expression's parts."""
        run, begun = "", self.at
        for kind, part in sequence:
            if kind is op.LITERAL and (character := self._folded(chr(part))):
                begun = begun if run else self.at
                run += character
                self._pass(1)
            elif kind not in _OF_NO_WIDTH:
                self._found(run, begun)
                run = ""
                self._part((kind, part))
        self._found(run, begun)

    def best(self) -> Literals:
        """The set that spares most: at a known place if it can be found at few, else of the longest literals."""
        few = [literals for literals in self.found if len(literals) <= _MOST]
        return max(few, key=_worth, default=frozenset())

    def _folded(self, character: str) -> str:
        """A character as it stands in the text that is looked at; nothing where there are several ways."""
        if not self.ignores_case:
            return character
        return character.lower() if character.isascii() else ""

    def _pass(self, width: int | None) -> None:
        self.at = None if self.at is None or width is None else self.at + width

    def _found(self, run: str, begun: int | None) -> None:
        if len(run) > 1 or (run and not run.isalnum() and not run.isspace()):
            self.found.append(frozenset([Literal(run, begun)]))

    def _part(self, each: tuple[Any, Any]) -> None:
        """Walk along one part that is no plain character."""
        kind, part = each
        if kind is op.LITERAL or kind in _OF_ONE_CHARACTER:
            self._pass(1)
        elif kind is op.SUBPATTERN:
            self.along(part[-1])
        elif kind is op.ATOMIC_GROUP:
            self.along(part)
        elif kind is op.BRANCH:
            self._branch([self._beside(sequence) for sequence in part[1]])
        elif kind in _REPEATS:
            self._repeat(*part)
        else:
            self._pass(None)

    def _beside(self, sequence: Iterable[tuple[Any, Any]]) -> _Walk:
        walk = _Walk(self.ignores_case, self.at)
        walk.along(sequence)
        return walk

    def _branch(self, walks: list[_Walk]) -> None:
        """Every match goes one of several ways."""
        ways = [walk.best() for walk in walks]
        if all(ways):
            self.found.append(frozenset().union(*ways))
        self.at = walks[0].at if len({walk.at for walk in walks}) == 1 else None

    def _repeat(self, least: int, most: int, sequence: Iterable[tuple[Any, Any]]) -> None:
        once = self._beside(sequence)
        if least:
            self.found += once.found
        is_fixed = least == most and once.at is not None and self.at is not None
        self._pass(least * (once.at - self.at) if is_fixed else None)  # type: ignore[operator]


def _worth(literals: Literals) -> tuple[bool, int, int]:
    shortest = min(len(literal.text) for literal in literals)
    is_anchored = all(literal.offset is not None for literal in literals)
    return is_anchored and shortest >= _FEW_PLACES, shortest, -len(literals)
