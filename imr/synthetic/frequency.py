"""How often and how long a treatment is asked for, in words and in numbers."""

from __future__ import annotations

from typing import NamedTuple

from imr.synthetic.seeded_random import SeededRandom
from imr.synthetic.wording import words

NUMBER_WORDS = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
    *("twenty-one", "twenty-two", "twenty-three", "twenty-four"),
)
COUNTS = (4, 6, 6, 8, 9, 10, 12, 12, 16, 18, 24)


class Frequency(NamedTuple):
    """The words of a title and what they come to: visits in all, visits a week, weeks."""

    text: str
    visits: int | None
    per_week: int | None = None
    weeks: int | None = None


def _sessions(style: str, visits: int) -> Frequency:
    return Frequency(style.format(n=visits, N=NUMBER_WORDS[visits]), visits)


def _product(style: str, per_week: int, weeks: int) -> Frequency:
    text = style.format(
        f=per_week,
        w=weeks,
        n=per_week * weeks,
        F=NUMBER_WORDS[per_week],
        W=NUMBER_WORDS[weeks],
        weeks="week" if weeks == 1 else "weeks",
    )
    return Frequency(text, per_week * weeks, per_week, weeks)


def weekly(rng: SeededRandom) -> Frequency:
    """Sessions in all, so many a week for so many weeks, or a range of them (whose total is unknown)."""
    styles = words("treatments", "frequency")
    throw = rng.roll()
    if throw < 0.48:
        return _sessions(rng.pick(styles["counts"]), rng.pick(COUNTS))
    low, weeks = rng.between(2, 3), rng.pick((2, 3, 4, 4, 6, 6, 8))
    if throw < 0.93:
        return _product(rng.pick(styles["products"]), low, weeks)
    text = rng.pick(styles["ranges"]).format(f=low, g=low + 1, w=weeks, weeks="weeks")
    return Frequency(text, None, None, weeks)


def monthly(rng: SeededRandom) -> Frequency:
    """One visit a month, or a number of visits."""
    styles = words("treatments", "frequency")
    visits = rng.pick((2, 3, 4, 6))
    if rng.chance(0.5):
        return _sessions("x {n} visits", visits)
    return Frequency(rng.pick(styles["monthly"]).format(n=visits), visits)


def divided(rng: SeededRandom) -> tuple[Frequency, Frequency, Frequency]:
    """What was asked for, what was authorized, and the rest that is in dispute."""
    styles = words("treatments", "frequency")
    if rng.chance(0.35):
        style, per_week = rng.pick(styles["products"]), rng.between(2, 3)
        granted, left = rng.between(1, 3), rng.between(1, 4)
        return (
            _product(style, per_week, granted + left),
            _product(style, per_week, granted),
            _product(style, per_week, left),
        )
    style = rng.pick(styles["counts"])
    total = rng.pick((8, 9, 10, 12, 12, 18, 24))
    granted = rng.pick([share for share in (3, 4, 6) if share < total - 1])
    return _sessions(style, total), _sessions(style, granted), _sessions(style, total - granted)
