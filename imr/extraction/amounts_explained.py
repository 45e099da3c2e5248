"""What a rationale says that a title's bare "3x4" means: so many visits a week, for so many weeks."""

from __future__ import annotations

from collections.abc import Iterator

from imr.extraction.amount_patterns import Stated, all_stated
from imr.extraction.amounts import TIMES_TIMES, Amounts
from imr.records import Found, Span

_NEAR = 40  # characters between a frequency and its duration


def explained(text: str, amounts: Amounts, rationale: Span) -> Amounts:
    """The amounts of a title with frequency and duration, if its rationale explains the title's two numbers so."""
    visits = amounts.visits
    if visits is None or visits.rule != TIMES_TIMES or amounts.visits_per_week or amounts.weeks:
        return amounts
    title = text[visits.start : visits.end]
    factors = next((stated.numbers for stated in all_stated(title, "bare_visits") if stated.rule == TIMES_TIMES), {})
    for often, long in _frequencies(text[slice(*rationale)]):
        per_week, weeks = often.numbers["per_week"], long.numbers["weeks"]
        if per_week and weeks and {per_week, weeks} == set(factors.values()):
            return amounts._replace(
                visits_per_week=_found(float(per_week), often, rationale.start),
                weeks=_found(float(weeks), long, rationale.start),
            )
    return amounts


def _frequencies(rationale: str) -> Iterator[tuple[Stated, Stated]]:
    """Every frequency of a rationale with the duration that stands beside it."""
    durations = list(all_stated(rationale, "weeks"))
    for often in all_stated(rationale, "per_week"):
        yield from ((often, long) for long in durations if often.start <= long.start < often.end + _NEAR)


def _found(value: float, stated: Stated, by: int) -> Found[float]:
    return Found(value, stated.start + by, stated.end + by, stated.rule, "inferred")
