"""What one sentence concludes of an item, and whether that is the reviewer's own conclusion on it."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from imr.extraction.context import Context, Statement
from imr.extraction.tokens import Spelling
from imr.rules import load_rules

ITEM = "<item>"
"""The word that stands for the item's own title, whose words say nothing of the conclusion."""
_PROMOTING = frozenset(["promoted", "necessity", "approval", "denial"])
_OWN = frozenset(["own", "item", "inferred"])
_SHOWN = frozenset(["denied", "denied_too", "promoted", "necessity"])
_REMEMBERED = 5_000


class Verdict(NamedTuple):
    """What the words from `first` to before `last` of a sentence say of an item.

    `weight` is 2 where they speak of this request, 1 where of some definite thing, 0 where of anything. A verdict
    that `must_end` the rationale is nobody's in any but its last sentence. `is_part` and `is_rest` tell that it
    speaks of a part of the item, or of the rest of it.
    """

    grants: bool
    is_conclusion: bool
    must_end: bool
    weight: int
    is_part: bool
    is_rest: bool
    first: int
    last: int
    rule: str


class _Said(NamedTuple):
    """What a statement says of an item, whoever says so."""

    statement: Statement
    effects: frozenset[str]
    grants: bool
    is_conclusion: bool

    @property
    def is_own(self) -> bool:
        """Whether a mere leaning is marked as one on this request."""
        return "object" in self.effects or not self.effects.isdisjoint(_OWN)


@lru_cache(maxsize=_REMEMBERED)
def read_sentence(words: tuple[str, ...], start: int | None = None) -> tuple[Verdict, ...] | None:
    """The verdicts among the words of a sentence, in order; those from the word `start` on where that is given.

    None if no start is given and something repeats what must stand in the sentence before.
    """
    verdicts: list[Verdict] = []
    said: list[_Said] = []
    for statement in context().read(words if words[-1:] == (".",) else (*words, ".")):
        place, values = statement.target.first, statement.target.entry.values
        before = next((one for one in reversed(said) if one.statement.target.last <= place), None)
        if "repeats" not in values:
            one = _said(statement)
        elif before is not None:
            one = _repeated(statement, before)
        elif start is None and "needs" not in values:
            return None
        else:
            continue
        if one is not None and "repeats" not in values:
            said.append(one)
        if one is not None and place >= (start or 0) and _counts(one):
            verdicts.append(_verdict(one, len(words)))
    return tuple(verdicts)


def speaks_of_others(words: tuple[str, ...]) -> bool:
    """Whether a sentence speaks of weaning, of another review's item and the like, so that it concludes nothing."""
    return any(mention.entry.effect in ("other", "elsewhere") for mention in context().mentions(words))


def _said(statement: Statement) -> _Said | None:
    """What a statement says; None where it says nothing of this kind."""
    values, effects = statement.target.entry.values, statement.effects
    if not _speaks(statement):
        return None
    grants: bool = values["grants"] != _is_denied(statement)
    if values.get("only") not in (None, _side(grants)):
        return None
    concludes = values.get("conclusion", _PROMOTING)
    return _Said(statement, effects, grants, concludes is True or not effects.isdisjoint(concludes))


def _repeated(statement: Statement, before: _Said) -> _Said | None:
    """What a statement says that repeats the words or the value of one before ("it is not", "so is")."""
    values, effects = statement.target.entry.values, statement.effects
    if not _speaks(statement) or (values["repeats"] == "answer" and "question" not in before.effects):
        return None
    holds = values["grants"] != _is_denied(statement)
    value = before.grants if values["repeats"] == "value" else before.statement.target.entry.values["grants"]
    return _Said(statement, effects, holds == value, before.is_conclusion)


def _speaks(statement: Statement) -> bool:
    """Whether a target is said of something, and of what makes it a statement of this kind."""
    needs = statement.target.entry.values.get("needs")
    return statement.states and (needs is None or not statement.effects.isdisjoint(needs))


def _is_denied(statement: Statement) -> bool:
    """Whether an odd number of denials bears upon a target; that the denial is right denies it once more."""
    effects = [modifier.effect for modifier in statement.modifiers]
    denials: int = effects.count("denied") or int("denied_too" in effects)
    if "sanction" in statement.target.entry.of:
        denials += "denial" in effects
    return denials % 2 == 1


def _counts(said: _Said) -> bool:
    """Whether what is said may be the reviewer's own verdict on this item."""
    return (said.is_conclusion or said.is_own or _may_end(said)) and not _is_void(said)


def _side(grants: bool) -> str:
    return "granted" if grants else "refused"


def _is_void(said: _Said) -> bool:
    """Whether the words around a verdict leave it to somebody else, to another thing or to nobody."""
    facts = said.effects | {_side(said.grants)}
    for effect, spared_by in _voids().items():
        if effect in facts and not any(together <= facts for together in spared_by):
            return True
    is_refused = facts >= {"refused", "promoted"}  # nobody says of mere advice that it is not medically necessary
    return "other" in facts and not is_refused and not _is_part_of_request(said.statement)


def _is_part_of_request(statement: Statement) -> bool:
    """Whether this request is named before the other thing ("the request for a weaning program")."""
    first_named = next(effect for effect, _ in statement.modifiers if effect in ("own", "other"))
    return first_named == "own"


def _may_end(said: _Said) -> bool:
    """Whether a leaning that nothing marks must be the rationale's own if nothing follows it."""
    entry, effects = said.statement.target.entry, said.effects
    if _side(said.grants) in entry.values.get("alone", ()) or "need" in effects:
        return True
    is_report = "reported" in entry.values or "proof" in entry.of
    return "definite" in effects and not (said.grants and is_report)


def _verdict(said: _Said, end: int) -> Verdict:
    target, effects = said.statement.target, said.effects
    shown = [
        place.first for effect, place in said.statement.modifiers if effect in _SHOWN and place.first < target.first
    ]
    return Verdict(
        said.grants,
        said.is_conclusion,
        not (said.is_conclusion or said.is_own),
        _weight(said),
        "part" in effects or "part" in target.entry.values,
        "rest" in effects,
        min(shown, default=target.first),
        min(target.last, end),  # a full stop may have been supplied
        f"verdicts.{target.entry.name}",
    )


def _weight(said: _Said) -> int:
    if not said.effects.isdisjoint(_OWN):
        return 2
    entry = said.statement.target.entry
    may_be_advice = said.grants and "adjective" in entry.of and "active" not in entry.values
    return 0 if may_be_advice and "definite" not in said.effects else 1


@cache
def _voids() -> dict[str, list[frozenset[str]]]:
    """The effects that leave a statement to nobody, and what spares it each of them."""
    voids = load_rules("extraction", "verdicts")["voids"]
    return {effect: [frozenset(facts.split("+")) for facts in spared_by] for effect, spared_by in voids.items()}


@cache
def context() -> Context:
    """English, and the words of this domain."""
    english, rules = load_rules("extraction", "context"), load_rules("extraction", "verdicts")
    grammar = {**english["grammar"], "classes": {**english["grammar"]["classes"], **rules["classes"]}}
    tables = ("target", "echo", "modifier", "topic", "source")
    return Context(grammar, {table: [*english.get(table, ()), *rules.get(table, ())] for table in tables})


@cache
def other_things() -> frozenset[str]:
    """The single words for what is mostly another thing than the item: weaning and the like."""
    entries = load_rules("extraction", "verdicts")["modifier"]
    return frozenset(phrase for entry in entries if entry.get("effect") == "other" for phrase in entry["phrases"])


@cache
def spelling() -> Spelling:
    """What puts right the words that matter here."""
    words = load_rules("extraction", "verdicts")["spelling"]
    return Spelling(context().vocabulary, words["misspelt"], words["glued"], words["glue"])
