"""The ConText algorithm: what the words around a finding say of it - that it is denied, asked, somebody else's.

After NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009): a *target* is a word that states something, a
*modifier* one that bears upon the targets in its scope. A scope runs from the modifier forwards or backwards to the
end of the clause or of a smaller or larger unit, as the modifier's entry says. Of overlapping phrases the longest
counts, so that a pseudo-modifier ("not only") hides the modifier in it ("not").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from imr.extraction.clauses import find_clauses
from imr.extraction.grammar import Clauses, Grammar
from imr.extraction.lexicon import MODIFIERS, TARGETS, Lexicon, Mention


class Modifier(NamedTuple):
    """What bears upon a target, and the mention that does."""

    effect: str
    mention: Mention


class Statement(NamedTuple):
    """A target with all that bears upon it; `states` tells a predicate from a mere attribute ("necessary care")."""

    target: Mention
    modifiers: tuple[Modifier, ...]
    states: bool

    @property
    def effects(self) -> frozenset[str]:
        """The effects of the modifiers."""
        return frozenset([modifier.effect for modifier in self.modifiers])


class Context:
    """Reads sentences by the word lists of a grammar and the tables of phrases of rule files."""

    def __init__(self, grammar: dict[str, Any], tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._grammar = Grammar(grammar)
        self._lexicon = Lexicon(tables, grammar["classes"])
        self.vocabulary = self._lexicon.words() | self._grammar.verbs

    def mentions(self, words: Sequence[str]) -> Iterator[Mention]:
        """The phrases of the tables in one sentence, from left to right."""
        return self._lexicon.mentions(words)

    def read(self, words: Sequence[str]) -> tuple[Statement, ...]:
        """The statements of one sentence, given as words and punctuation marks in lower case, in order."""
        mentions = list(self._lexicon.mentions(words))
        if not any(mention.entry.table in TARGETS for mention in mentions):
            return ()
        return _Sentence(self._grammar, words, mentions).statements()


class _Sentence:
    def __init__(self, grammar: Grammar, words: Sequence[str], mentions: Sequence[Mention]) -> None:
        self.grammar = grammar
        self.words = words
        self.clauses = find_clauses(grammar, words)
        standing = [mention for mention in mentions if _stands_right(mention, self.clauses)]
        self.targets = [mention for mention in standing if mention.entry.table in TARGETS]
        self.sources = [mention for mention in standing if mention.entry.table == "source"]
        self.modifiers = [*self._modifiers(standing)]

    def statements(self) -> tuple[Statement, ...]:
        return tuple([self._statement(target) for target in self.targets])

    def _statement(self, target: Mention) -> Statement:
        bearing = [modifier for modifier in self.modifiers if _bears_upon(modifier.mention, target, self.clauses)]
        if target.entry.source and (source := self._source(target)):
            bearing.append(Modifier(source.entry.effect, source))
        return Statement(target, tuple(bearing), self._states(target))

    def _modifiers(self, mentions: Sequence[Mention]) -> Iterator[Modifier]:
        """What may bear upon targets; what a verb of saying does to them is told by who says so."""
        for mention in mentions:
            if mention.entry.table not in MODIFIERS:
                continue
            if not mention.entry.source:
                yield Modifier(mention.entry.effect, mention)
            elif source := self._source(mention):
                yield Modifier(source.entry.effect, mention)

    def _source(self, said: Mention) -> Mention | None:
        """Who says so: the subject of an active verb before, or the name behind "by" and the like."""
        values = said.entry.values
        if said.entry.source == "after":
            near = said.last + values["near"]
            source = next((source for source in self.sources if said.last <= source.first < near), None)
        else:
            source = next((source for source in reversed(self.sources) if source.last <= said.first), None)
            if source and not self._is_subject(source, said):
                return None
        return source if source and source.entry.effect in values.get("whose", (source.entry.effect,)) else None

    def _is_subject(self, source: Mention, said: Mention) -> bool:
        """Whether somebody named before says it, rather than it being said of what is theirs."""
        between = self.words[source.last : said.first]
        is_named = said.entry.values.get("owned") or between[:1] != ("'s",)
        return is_named and self.grammar.copulas.isdisjoint(between) and _reaches(source, said.first, self.clauses)

    def _states(self, target: Mention) -> bool:
        """Whether a target is what its clause says of its subject, not an attribute within a subject or object."""
        if target.entry.values.get("active"):
            return True
        clauses, words = self.clauses, self.words
        opening = max([place for place in clauses.openings if place <= target.first], default=0)
        before = [verb for verb in clauses.verbs if opening <= verb < target.first]
        following = words[target.last] if target.last < len(words) else ""
        if following.isalpha() and following not in self.grammar.following and not following.endswith("ly"):
            return bool(before) and self._is_complement(words[before[0] : target.first])
        led = words[opening : target.first]
        if all(word in self.grammar.fillers or word.endswith("ly") for word in led):
            return True  # "Not medically necessary on the date it was dispensed."
        ending = min([bound.at for bound in clauses.boundaries if bound.at > target.last], default=len(words))
        return bool(before) or not any(target.last <= verb < ending for verb in clauses.verbs)

    def _is_complement(self, words: Sequence[str]) -> bool:
        """Whether nothing but fillers stands between what follows and the copula before it ("is clearly a ...")."""
        for word in reversed(words):
            if word in self.grammar.copulas:
                return True
            if word not in self.grammar.fillers and not word.endswith("ly"):
                return False
        return False


def _stands_right(mention: Mention, clauses: Clauses) -> bool:
    """Whether a phrase that must open a clause or a whole thought does."""
    opens = mention.entry.opens
    return not opens or mention.first in (clauses.openings if opens == "clause" else clauses.thoughts)


def _bears_upon(modifier: Mention, target: Mention, clauses: Clauses) -> bool:
    entry = modifier.entry
    if entry.of and entry.of.isdisjoint(target.entry.of):
        return False
    if modifier.first < target.first:
        return entry.forward and _reaches(modifier, target.first, clauses)
    if not entry.backward or modifier.first < target.last or modifier.first - target.last >= entry.reach:
        return False
    return not any(
        target.last <= bound.at < modifier.first and bound.rank >= entry.until for bound in clauses.boundaries
    )


def _reaches(mention: Mention, first: int, clauses: Clauses) -> bool:
    """Whether what begins with a mention still holds at the word `first`."""
    entry = mention.entry
    if first - mention.last >= entry.reach:
        return False
    for bound in clauses.boundaries:
        if mention.last <= bound.at <= first and mention.first >= bound.back_to and bound.rank >= entry.until:
            return False
    return entry.until > 0 or not _verb_between(mention, first, clauses)


def _verb_between(mention: Mention, first: int, clauses: Clauses) -> bool:
    """Whether a finite verb of the mention's own clause stands between it and the word `first`."""
    verbs = [verb for verb in clauses.verbs if mention.last <= verb < first]
    return bool(verbs) and not any(mention.first <= place < verbs[0] for place in clauses.complements)
