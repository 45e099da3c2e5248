"""How much of a treatment is disputed: visits, frequency, duration, units and refills, as the title states them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

from imr.extraction.wording import Marked, lowered, marked
from imr.records import Found, Span
from imr.rules import load_rules

_SLOT = re.compile(r"\{(visits|per_week|weeks|months|times|quantity|refills)(_*)\}")
_DIGITS = re.compile(r"\d+")
_NUMBER_BEGINS = r"(?<![\w./#-])"
_NONE_WORDS = ("no", "zero", "without")
_MOST_DAYS_A_WEEK = 7


class Amounts(NamedTuple):
    """Counts of one disputed item; None where the title states no single number.

    `visits` is a total, `visits_per_week` and `weeks` may stand alone; `quantity` counts units, never grams.
    """

    visits: Found[int] | None
    visits_per_week: Found[float] | None
    weeks: Found[float] | None
    quantity: Found[int] | None
    refills: Found[int] | None


class _Stated(NamedTuple):
    """What one pattern found: its numbers by slot, None for a range."""

    numbers: dict[str, int | None]
    start: int
    end: int
    rule: str


def read_amounts(text: str, title: Span) -> Amounts:
    """The amounts stated in `text[title.start:title.end]`."""
    words = text[title.start : title.end]
    if not _number().search(words):
        return Amounts(None, None, None, None, None)
    visits, per_week, weeks, quantity, refills = _read_words(words)
    by = title.start
    return Amounts(
        visits and visits.moved(by),
        per_week and per_week.moved(by),
        weeks and weeks.moved(by),
        quantity and quantity.moved(by),
        refills and refills.moved(by),
    )


def _read_words(title: str) -> Amounts:
    find = partial(_first, title, lowered(title))
    is_drug = bool(kind_pattern("drug").search(title))
    is_visits = not is_drug and bool(kind_pattern("visits").search(title))
    refills = _count(find("refills"), "refills")
    quantity = None if is_visits else _quantity(title, find, is_drug=is_drug)
    if is_drug:
        return Amounts(None, None, None, quantity, refills)
    per_week, weeks = find("per_week"), find("weeks")
    visits = find("visits") or (find("bare_visits") if is_visits and per_week is None else None)
    return Amounts(
        _visits(visits) if visits else _product(per_week, weeks),
        _float(per_week, "per_week"),
        _float(weeks, "weeks"),
        quantity,
        refills,
    )


def _quantity(title: str, find: Callable[[str], _Stated | None], *, is_drug: bool) -> Found[int] | None:
    is_supply = bool(kind_pattern("supply").search(title))
    if not is_drug and kind_pattern("uncounted").search(title):
        return None
    stated = find("quantity") or (find("bare_quantity") if is_drug or is_supply else None)
    return _count(stated or find("leading_quantity"), "quantity")


def _visits(stated: _Stated) -> Found[int] | None:
    if "times" not in stated.numbers:
        return _count(stated, "visits")
    times, each = stated.numbers["times"], stated.numbers["visits"]
    if times is None or each is None:
        return None
    return Found(times * each, stated.start, stated.end, stated.rule, "inferred")


def _product(per_week: _Stated | None, weeks: _Stated | None) -> Found[int] | None:
    """Visits a week times weeks, when both are single numbers."""
    often, long = _float(per_week, "per_week"), _float(weeks, "weeks")
    if often is None or long is None:
        return None
    start, end = min(often.start, long.start), max(often.end, long.end)
    return Found(int(often.value * long.value), start, end, "frequency_times_duration", "inferred")


def _count(stated: _Stated | None, slot: str) -> Found[int] | None:
    if stated is None or (number := stated.numbers[slot]) is None:
        return None
    return Found(number, stated.start, stated.end, stated.rule)


def _float(stated: _Stated | None, slot: str) -> Found[float] | None:
    found = _count(stated, slot)
    if found is None or (slot == "per_week" and found.value > _MOST_DAYS_A_WEEK):
        return None
    return Found(float(found.value), found.start, found.end, found.rule)


def _first(title: str, lower: str, field: str) -> _Stated | None:
    """What the first pattern of a field that is found states."""
    for wording in amount_patterns()[field]:
        if wording.may_be_in(lower) and (match := wording.pattern.search(title)):
            groups = {slot: value for slot, value in match.groupdict().items() if value is not None}
            numbers = {
                slot.rstrip("_"): None if f"{slot}_to" in groups else number_value(value)
                for slot, value in groups.items()
                if not slot.endswith("_to")
            }
            return _Stated(numbers, *match.span(), wording.name)
    return None


def number_value(written: str) -> int:
    """The number that figures or words state; figures win where both stand, as in "two (2)"."""
    if digits := _DIGITS.search(written):
        return int(digits.group())
    words = written.lower().strip("() \n")
    if words.startswith(_NONE_WORDS):
        return 0
    rules = load_rules("extraction", "amounts")
    values: dict[str, int] = rules["words"] | rules["tens"]
    return sum(values.get(word, 0) for word in re.split(r"[\s-]+", words)) or 1


@cache
def amount_patterns() -> dict[str, list[Marked]]:
    """The compiled patterns by field, in the order in which they are tried."""
    patterns = defaultdict(list)
    for entry in load_rules("extraction", "amounts")["pattern"]:
        patterns[entry["field"]].append(marked(entry, _compiled(entry["pattern"])))
    return dict(patterns)


@cache
def kind_pattern(name: str) -> re.Pattern[str]:
    """What tells one kind of title (`drug`, `visits`, `uncounted`, `supply`) from the others."""
    return next(_compiled(k["pattern"]) for k in load_rules("extraction", "amounts")["kind"] if k["name"] == name)


@cache
def _number() -> re.Pattern[str]:
    return re.compile(rf"\d|\b(?:{_word_names()}|no|a refill)\b", re.IGNORECASE)


def _word_names() -> str:
    rules = load_rules("extraction", "amounts")
    units = "|".join(word for word, value in rules["words"].items() if value < 10)
    return f"(?:{'|'.join(rules['tens'])})(?:[- ](?:{units}))?|" + "|".join(
        sorted(rules["words"], key=len, reverse=True)
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    rules = load_rules("extraction", "amounts")
    figure = r"\d{1,4}(?:\.0+)?(?![.,]?\d)"
    again = rf" ?\( ?(?:{figure}|{_word_names()}) ?\)"
    single = rf"\(? ?(?:{figure}|\b(?:{_word_names()})\b) ?\)?(?:{again}|(?!{again}))"

    def number(slot: re.Match[str]) -> str:
        name = slot[1] + slot[2]
        return rf"(?P<{name}>{single})(?: ?(?:-|to|or) ?(?P<{name}_to>{single}))?"

    expanded = pattern.replace("{unit}", rules["unit"]).replace("{day}", rules["day"])
    expanded = _SLOT.sub(number, expanded.replace("{b}", _NUMBER_BEGINS))
    return re.compile(expanded.replace(" ", r"\s"), re.IGNORECASE)
