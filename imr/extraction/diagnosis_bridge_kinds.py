"""What words do between a lead and its list, by themselves. The closed lists are `bridge` of the rules."""

from __future__ import annotations

import calendar
import re
from enum import Enum, auto
from functools import cache, lru_cache
from typing import NamedTuple

from imr.extraction.diagnosis_lexicon import diagnosis_rules, lexicon
from imr.extraction.diagnosis_words import is_condition, says_more
from imr.rules import load_rules

_KINDS_REMEMBERED = 5_000
_JOINTS = {"and", "or", "and/or", "&"}


class Kind(Enum):
    """What a word does between a lead and its list."""

    LINK = auto()
    STRONG = auto()
    MARK = auto()
    NEUTRAL = auto()
    PASSED = auto()
    VERB = auto()
    RELATIVE = auto()
    PERSON = auto()
    JOINT = auto()
    COMMA = auto()
    STOP = auto()
    CONDITION = auto()
    NAME = auto()
    OTHER = auto()


class BridgeWords(NamedTuple):
    """The closed lists of the rule file, in lower case."""

    strong: frozenset[str]
    linking: frozenset[str]
    own: frozenset[str]
    one: frozenset[str]
    neutral: frozenset[str]
    passed: frozenset[str]
    stops: frozenset[str]
    relatives: frozenset[str]
    persons: frozenset[str]
    announcing: frozenset[str]
    copulas: frozenset[str]
    ranks: frozenset[str]
    verbs: frozenset[str]
    fronted: frozenset[str]

    @property
    def predicates(self) -> frozenset[str]:
        """The words that a sentence has a verb in."""
        return self.verbs | self.linking


@cache
def bridge_words() -> BridgeWords:
    """The lists, read once per process."""
    lists = diagnosis_rules()["bridge"]
    grammar = load_rules("extraction", "context")["grammar"]
    english = {"verbs": [*grammar["verbs"], *grammar["past_verbs"]], "fronted": grammar["fronted"]}
    closed = {name: frozenset(words) for name, words in (lists | english).items()}
    months = {name.lower() for name in (*calendar.month_name, *calendar.month_abbr) if name}
    return BridgeWords(**closed | {"passed": closed["passed"] | months})


@cache
def _passed() -> re.Pattern[str]:
    """Dates, and persons who diagnose."""
    return diagnosis_rules().compiled(r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|(?:19|20)\d\d|(?:{doctor})")


@lru_cache(maxsize=_KINDS_REMEMBERED)
def kind_of(word: str) -> Kind:
    """What a word does by itself."""
    words = bridge_words()
    bare = re.sub(r"['\u2019]s?\Z", "", word)
    known = {
        Kind.COMMA: {","},
        Kind.JOINT: _JOINTS,
        Kind.STOP: words.stops,
        Kind.PASSED: words.own,
        Kind.STRONG: words.strong,
        Kind.LINK: words.linking,
        Kind.NEUTRAL: words.neutral,
        Kind.RELATIVE: words.relatives,
        Kind.PERSON: words.persons,
    }
    for kind, listed in known.items():
        if word in listed:
            return kind
    if word in words.passed or bare in words.passed | words.persons or _passed().fullmatch(bare):
        return Kind.PASSED
    if is_condition(word):
        return Kind.CONDITION
    if word in lexicon().says_more:
        return Kind.NAME
    if word in words.verbs:
        return Kind.VERB
    return Kind.NAME if says_more(word) else Kind.OTHER
