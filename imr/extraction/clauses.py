"""Where the clauses of a sentence part, as far as the reach of a negation or a condition depends on it.

Shallow on purpose: closed lists of function words, one pass from left to right, no parts of speech.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from imr.extraction.grammar import CLAUSE, PREDICATE, STRONG, Boundary, Clauses, Grammar

_NONE = -1


def find_clauses(grammar: Grammar, words: Sequence[str]) -> Clauses:
    """The clauses of a sentence, given as words and punctuation marks in lower case."""
    return _Walk(grammar, words).clauses()


class _Walk:
    """One pass over a sentence.

    `start` is where the clause begins, `level` where what depends on its verb does; `verb` and `comma` are the last
    of the clause.
    """

    def __init__(self, grammar: Grammar, words: Sequence[str]) -> None:
        self.grammar = grammar
        self.words = [*words, "", ""]  # so that a word may look at the two behind it
        self.boundaries: list[Boundary] = []
        self.openings: list[int] = []
        self.thoughts: list[int] = []
        self.verbs: list[int] = []
        self.complements: list[int] = []
        self.resume = 0  # where an insertion ends that hides all that is in it
        self._open(0)
        self.thoughts.append(self.start)

    def clauses(self) -> Clauses:
        grammar = self.grammar
        for place, word in enumerate(self.words):
            if place < self.resume:
                continue
            if word == ",":
                self._comma(place)
            elif word in ("and", "or", "nor"):
                self._conjunction(place)
            elif self._parts_thoughts(place, word):
                self._close(place, STRONG)
            elif self._subordinates(place, word):
                self._subordinate(place)
            elif word in grammar.verbs or (word in grammar.past_verbs and self._is_past_tense(place)):
                self._verb(place)
            elif self._is_contact_clause(place, word):
                self._relative(place)
            if word in grammar.dependent:
                self._dependent(place, word)
        return Clauses(
            tuple(self.boundaries),
            tuple(self.openings),
            tuple(self.thoughts),
            tuple(self.verbs),
            tuple(self.complements),
        )

    def _open(self, place: int) -> None:
        self.start = self.level = self._skip(place, self.grammar.skipped | {",", "and", "or", "so"})
        self.verb = self.comma = self.relative_verb = _NONE
        self.is_relative = self.is_embedded = False
        self.openings.append(self.start)
        if self.words[self.start] == "as" and self.words[self.start + 1].endswith(("ed", "en")):
            self.openings.append(self.start + 2)  # "as written it is ..."

    def _close(self, place: int, rank: int, back_to: int = 0) -> None:
        self.boundaries.append(Boundary(place, back_to, rank))
        self.verb = _NONE
        if rank > PREDICATE:
            self._open(place + (self.words[place] in self.grammar.strong))
            self.comma = place - 1 if self.words[place - 1] == "," else _NONE
        if rank == STRONG:
            self.thoughts.append(self.start)

    def _skip(self, place: int, kinds: frozenset[str]) -> int:
        while self.words[place] in kinds:
            place += 1
        return place

    def _parts_thoughts(self, place: int, word: str) -> bool:
        if word in self.grammar.strong:
            if word == "but":
                return self.words[place - 1] not in self.grammar.before_but  # "anything but"
            if word == "however" and self.words[place + 1].endswith("ly"):
                return False  # "however generously read"
            return word != ":" or self.verb != _NONE  # no label, as in "Conclusion: not necessary"
        if word not in self.grammar.connectives:
            return False
        before = self.words[place - 1]
        if before == "," and self.words[place + 1] == ",":  # "is not, therefore, ..." is one clause
            return self.words[place - 2] not in self.grammar.within_group
        return place > self.start and before in (",", "and", "so")

    def _subordinates(self, place: int, word: str) -> bool:
        if word == "given" and (
            self.words[place + 1] not in self.grammar.subjects or self.words[place - 1] in self.grammar.copulas
        ):
            return False  # "on the facts given"; "until the facts are given the visits are ..."
        return word in self.grammar.subordinators or (word == "as" and self.words[place + 1] in self.grammar.subjects)

    def _subordinate(self, place: int) -> None:
        if self.words[place - 1] == "that":  # "held that since none was tried, ..."
            self.is_embedded = True
        elif place > self.start:
            self._close(place, CLAUSE)

    def _dependent(self, place: int, word: str) -> None:
        """A relative clause, or a clause that is the object of a verb or noun, begins."""
        grammar = self.grammar
        following = self._skip(place + 1, grammar.skipped | grammar.negators)
        if word in grammar.clause_takers and self.words[place - 1] not in grammar.pointing:
            self.complements.append(place)
            if word == "whether" or (self.words[following] in grammar.subjects and self._verb_follows(following)):
                self.level, self.verb, self.is_relative = following, _NONE, False
        elif word == "that" and place == self.start:  # "That does not make it necessary"
            return
        elif self.words[following] in grammar.verbs or (word == "what" and place == self.start):
            self.relative_verb = following
            # "It goes beyond what is usual and is ..." has one subject.
            if word != "what" or self.verb == _NONE or self.words[place - 1] in ("and", "or", ","):
                self._relative(place)
        elif word in grammar.relatives and word != "that" and self.verb == _NONE:
            self._relative(place)  # "a problem which he does not have"
        elif word == "that" and self.words[place - 1] not in grammar.before_that:
            self.level, self.verb, self.is_relative = place + 1, _NONE, False
            self.complements.append(place)

    def _relative(self, place: int) -> None:
        """A relative clause begins, within which the clause around it does not go on."""
        self.level, self.is_relative = place, True

    def _is_contact_clause(self, place: int, word: str) -> bool:
        """Whether a relative clause without a relative begins: "a brace she will not wear"."""
        grammar = self.grammar
        if self.verb != _NONE or place == self.start or word not in grammar.contact_subjects or self._is_fronted():
            return False
        return self.words[place - 1].isalpha() and self.words[place - 1] not in grammar.before_no_contact

    def _verb(self, place: int) -> None:
        if self.words[place - 1] in ("to", "be", "been", "being"):
            return
        if place != self.relative_verb and not self._is_in_group(place):
            if self.verb != _NONE and (self.level > self.start or self.is_relative or self._is_fronted()):
                if self._is_fronted() and (subject := self._subject_between(self.verb, place)):
                    self.openings.append(subject)  # "until it is settled the visits are ..."
                self._close(place, PREDICATE, self.level if self.is_relative else self.start)
                self.level = self.start
            self.verbs.append(place)
        self.verb = place

    def _subject_between(self, verb: int, next_verb: int) -> int:
        """Where the subject of the second of two verbs begins, if a determiner says so; else 0."""
        places = range(next_verb - 1, verb, -1)
        return next((place for place in places if self.words[place] in self.grammar.determiners), 0)

    def _is_past_tense(self, place: int) -> bool:
        """Whether a form in -ed is the verb of its clause: "review denied it", not "it was denied, the denied item"."""
        before = self.words[place - 1]
        return self.verb == _NONE and before not in self.grammar.determiners and not before.endswith("ly")

    def _is_in_group(self, place: int) -> bool:
        """Whether a verb goes with the one before it ("cannot in good faith recommend")."""
        grammar = self.grammar
        if self.verb == _NONE or self.words[place] in grammar.finite_be:
            return False
        is_infinitive = self.words[self.verb] in grammar.auxiliaries and self.words[place] in grammar.base_verbs
        return is_infinitive or grammar.within_group.issuperset(self.words[self.verb + 1 : place])

    def _is_fronted(self) -> bool:
        first, second = self.words[self.start : self.start + 2]
        return first in self.grammar.fronted or first.endswith("ing") or second in ("being", "having")

    def _comma(self, place: int) -> None:
        grammar = self.grammar
        if self.words[place - 1] in grammar.clause_takers and (end := self._inserted_to(place, {"that"})):
            self.resume = end  # "I do not believe, on the strength of two notes, that ..."
            return
        following = self._skip(place + 1, grammar.skipped)
        joined = self.words[following] in ("and", "or", "so")
        if joined:
            following = self._skip(following + 1, grammar.skipped)
        word = self.words[following]
        if self.is_embedded:
            self.is_embedded = False
            self._close(place, PREDICATE, self.level)
        elif word in grammar.negators or (joined and word in grammar.verbs):
            self._close(place, PREDICATE, self.level)
        elif self._says_more(following):
            self._close(place, PREDICATE, self.level)
            self.comma = place
        elif word in grammar.verbs:
            if self.comma != _NONE:  # the predicate after an insertion
                self._close(place, PREDICATE, min(self.comma, self.level) if self.is_relative else self.comma)
        elif self._begins_clause(place, following):
            self._close(place, CLAUSE)
        else:
            self.comma = place

    def _says_more(self, place: int) -> bool:
        """Whether a relative clause adds to a statement that is made (", which is therefore ...")."""
        is_made = self.verb != _NONE or self.words[self.start] not in self.grammar.quantifiers
        if not is_made or self.words[place] not in ("which", "who"):
            return False
        if self.words[place + 1] == ",":  # ", which, for want of a reason, is ..."
            self.resume = self._inserted_to(place + 1, self.grammar.verbs)
            return self.resume > 0
        return self.words[place + 1] in self.grammar.verbs

    def _inserted_to(self, comma: int, then: Collection[str]) -> int:
        """What follows an insertion that begins at a comma and ends with another, if it is one of `then`; else 0."""
        for place in range(comma + 2, len(self.words)):
            if self.words[place] in self.grammar.strong:
                break
            if self.words[place] == "," and self.words[place + 1] in then:
                return place + 1
        return 0

    def _begins_clause(self, comma: int, place: int) -> bool:
        word = self.words[place]
        if word == "nor":
            return self.words[place + 1] in self.grammar.verbs
        if comma == self.start + 1 and self.words[self.start] in ("yes", "no"):
            return True
        if self.words[place - 1] in ("and", "so") and word in self.grammar.new_clauses:
            return True
        is_absolute = self.verb == _NONE and not {"being", "having"}.isdisjoint(self.words[self.start : comma])
        if is_absolute or self._is_fronted():
            return word in self.grammar.subjects or self._verb_follows(place)
        return self.verb != _NONE and self._verb_follows(place)

    def _verb_follows(self, place: int) -> bool:
        """Whether a verb follows before the next comma, conjunction of verbs, or clause."""
        grammar = self.grammar
        while (word := self.words[place]) and word not in grammar.stops:
            if word in grammar.verbs:
                return True
            if word in ("and", "or") and self.words[self._skip(place + 1, grammar.skipped)] in grammar.verbs:
                return False
            place += 1
        return False

    def _conjunction(self, place: int) -> None:
        if self.words[place - 1] == ",":
            return
        grammar = self.grammar
        following = self._skip(place + 1, grammar.skipped)
        word = self.words[following]
        if self.words[place] == "nor":
            if word in grammar.verbs:
                self._close(place, CLAUSE)
        elif word in grammar.negators or (self.verb != _NONE and word in grammar.verbs):
            self._close(place, PREDICATE, self.level)
        elif self.verb != _NONE and self._verb_follows(following):
            self._close(place, CLAUSE)
