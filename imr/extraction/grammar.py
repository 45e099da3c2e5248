"""The closed word lists by which clauses are told apart, and what is known of the clauses of a sentence."""

from __future__ import annotations

from typing import Any, NamedTuple

PREDICATE, CLAUSE, STRONG = 1, 2, 3
"""What a boundary parts: predicates of one subject, clauses, or thoughts ("; however")."""


class Boundary(NamedTuple):
    """A place where something ends: what began before the word `back_to` goes on over it; `at` opens what follows."""

    at: int
    back_to: int
    rank: int


class Clauses(NamedTuple):
    """The boundaries of a sentence, and the places of words.

    `openings` open a clause, `thoughts` what nothing goes on over, `verbs` are finite, `complements` take a clause
    as object.
    """

    boundaries: tuple[Boundary, ...]
    openings: tuple[int, ...]
    thoughts: tuple[int, ...]
    verbs: tuple[int, ...]
    complements: tuple[int, ...]


class Grammar:
    """The word lists; the rule file says what each is for."""

    def __init__(self, lists: dict[str, Any]) -> None:
        self.strong = frozenset(lists["strong"])
        self.connectives = frozenset(lists["connectives"])
        self.subordinators = frozenset(lists["subordinators"])
        self.relatives = frozenset(lists["relatives"])
        self.clause_takers = frozenset(lists["clause_takers"])
        self.pointing = frozenset(lists["pointing"])
        self.dependent = self.relatives | self.clause_takers
        self.verbs = frozenset(lists["verbs"])
        self.past_verbs = frozenset(lists["past_verbs"])
        self.base_verbs = frozenset(lists["base_verbs"])
        self.auxiliaries = frozenset(lists["auxiliaries"])
        self.copulas = frozenset(lists["copulas"])
        self.negators = frozenset(lists["negators"])
        self.quantifiers = frozenset(lists["quantifiers"])
        self.pronouns = frozenset(lists["pronouns"])
        self.determiners = frozenset(lists["subjects"])
        self.subjects = self.determiners | self.pronouns
        self.fronted = frozenset(lists["fronted"]) | self.subordinators
        self.new_clauses = self.pronouns | self.subordinators
        self.skipped = frozenset(lists["adverbs"]) | self.connectives
        self.within_group = self.skipped | self.verbs | self.negators | {","}
        self.stops = self.strong | self.subordinators | self.relatives | {",", "whether"}
        self.fillers = frozenset(lists["fillers"]) | self.negators | self.skipped
        self.before_that = frozenset(lists["before_that"])
        self.before_but = frozenset(lists["before_but"])
        self.following = frozenset(lists["following"])
        self.finite_be = frozenset(lists["finite_be"])
        self.contact_subjects = (self.pronouns | self.quantifiers) - {"none", "there"}
        self.before_no_contact = (
            self.fronted | self.verbs | self.past_verbs | self.subjects | self.dependent | self.skipped | self.fillers
        ) - {"one"}
