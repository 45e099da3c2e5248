"""How often and how long a treatment is asked for, in words and in numbers."""

from __future__ import annotations

from typing import NamedTuple

from imr.samples.dice import Dice
from imr.samples.wording import words

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


def weekly(dice: Dice) -> Frequency:
    """Sessions in all, so many a week for so many weeks, or a range of them (whose total is unknown)."""
    styles = words("treatments", "frequency")
    throw = dice.roll()
    if throw < 0.48:
        return _sessions(dice.pick(styles["counts"]), dice.pick(COUNTS))
    low, weeks = dice.between(2, 3), dice.pick((2, 3, 4, 4, 6, 6, 8))
    if throw < 0.93:
        return _product(dice.pick(styles["products"]), low, weeks)
    text = dice.pick(styles["ranges"]).format(f=low, g=low + 1, w=weeks, weeks="weeks")
    return Frequency(text, None, None, weeks)


def monthly(dice: Dice) -> Frequency:
    """One visit a month, or a number of visits."""
    styles = words("treatments", "frequency")
    visits = dice.pick((2, 3, 4, 6))
    if dice.chance(0.5):
        return _sessions("x {n} visits", visits)
    return Frequency(dice.pick(styles["monthly"]).format(n=visits), visits)


def divided(dice: Dice) -> tuple[Frequency, Frequency, Frequency]:
    """What was asked for, what was authorized, and the rest that is in dispute."""
    styles = words("treatments", "frequency")
    if dice.chance(0.35):
        style, per_week = dice.pick(styles["products"]), dice.between(2, 3)
        granted, left = dice.between(1, 3), dice.between(1, 4)
        return (
            _product(style, per_week, granted + left),
            _product(style, per_week, granted),
            _product(style, per_week, left),
        )
    style = dice.pick(styles["counts"])
    total = dice.pick((8, 9, 10, 12, 12, 18, 24))
    granted = dice.pick([share for share in (3, 4, 6) if share < total - 1])
    return _sessions(style, total), _sessions(style, granted), _sessions(style, total - granted)
