"""Phrases and what they do in a sentence, as rows of rule files, looked for all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

from imr.extraction.grammar import CLAUSE, PREDICATE, STRONG

TARGETS = frozenset(["target", "echo"])
"""Tables of what states something."""
MODIFIERS = frozenset(["modifier", "topic"])
"""Tables of what bears upon it."""
_UNTIL = {"verb": 0, "predicate": PREDICATE, "clause": CLAUSE, "strong": STRONG, "sentence": STRONG + 1}
_FAR = 10_000


class Entry(NamedTuple):
    """One row of the table `table`; its columns are told in the rule file, those of the caller's own are `values`."""

    table: str
    name: str
    effect: str
    forward: bool
    backward: bool
    until: int
    reach: int
    of: frozenset[str]
    opens: str
    source: str
    values: Mapping[str, Any]

    @property
    def is_mute(self) -> bool:
        """Whether it is there only to hide what is in its phrase."""
        return self.table in MODIFIERS and not self.effect and not self.source

    @property
    def hides(self) -> str:
        """The table of which it hides others within it; the empty name stands for all."""
        return "" if self.is_mute and self.table == "modifier" else self.table


class Mention(NamedTuple):
    """An entry's phrase in a sentence, from the word `first` to before the word `last`."""

    entry: Entry
    first: int
    last: int


class Lexicon:
    """A tree of the words of all phrases."""

    def __init__(self, tables: Mapping[str, Sequence[Mapping[str, Any]]], classes: Mapping[str, Sequence[str]]) -> None:
        self._root: dict[Any, Any] = {}
        for table, rows in tables.items():
            for row in rows:
                entry = _entry(table, row)
                for phrase in row["phrases"]:
                    for words in _spelt_out(phrase, classes):
                        self._add(entry, words)

    def _add(self, entry: Entry, words: Sequence[str]) -> None:
        node = self._root
        for word in words:
            node = node.setdefault(word, {})
        node.setdefault(None, []).append(entry)

    def words(self) -> frozenset[str]:
        """Every word of every phrase."""
        return frozenset(_words_in(self._root))

    def mentions(self, words: Sequence[str]) -> Iterator[Mention]:
        """The phrases in a sentence, from left to right.

        One within a longer one of its table is none, nor is one that begins within a mute one, or overlaps another of
        its entry.
        """
        covered: dict[str, int] = {}
        for first in range(len(words)):
            if found := list(self._at(words, first)):
                yield from _unhidden(found, first, covered)

    def _at(self, words: Sequence[str], first: int) -> Iterator[Mention]:
        node, last = self._root.get(words[first]), first + 1
        while node is not None:
            for entry in node.get(None, ()):
                yield Mention(entry, first, last)
            node = node.get(words[last]) if last < len(words) else None
            last += 1


def _unhidden(found: Sequence[Mention], first: int, covered: dict[str, int]) -> Iterator[Mention]:
    """Those of the mentions at a place that nothing hides; `covered` tells how far tables and entries reach."""
    before = dict(covered)
    for entry, _, last in found:
        for key in (entry.hides, entry.name):
            covered[key] = max(covered.get(key, 0), last)
    for mention in found:
        entry, last = mention.entry, mention.last
        is_within = before.get("", 0) > first or before.get(entry.name, 0) > first or before.get(entry.table, 0) >= last
        if not entry.is_mute and not is_within and last >= max(covered.get(entry.table, 0), covered.get("", 0)):
            yield mention


def _entry(table: str, row: Mapping[str, Any]) -> Entry:
    direction = row.get("direction", "forward")
    return Entry(
        table,
        row["name"],
        row.get("effect", ""),
        direction in ("forward", "both"),
        direction in ("backward", "both"),
        _UNTIL[row.get("until", "predicate")],
        row.get("reach", _FAR),
        frozenset(row.get("of", ())),
        row.get("opens", ""),
        row.get("source", ""),
        row,
    )


def _spelt_out(phrase: str, classes: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """The phrase with each `{class}` replaced by each of its members, and each `{class?}` left out as well."""
    choices = []
    for word in phrase.split():
        members = list(classes[word.strip("{}?")]) if word.startswith("{") else [word]
        choices.append([*members, ""] if word.endswith("?}") else members)
    for choice in product(*choices):
        yield " ".join(choice).split()


def _words_in(node: Mapping[Any, Any]) -> Iterator[str]:
    for word, inner in node.items():
        if word is not None:
            yield word
            yield from _words_in(inner)
