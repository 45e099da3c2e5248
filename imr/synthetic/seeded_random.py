"""Seeded choice: the same seed and number always fall the same way, on every Python version."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Options with unequal chances."""

    __slots__ = ("options", "totals")

    def __init__(self, options: Iterable[T], weights: Iterable[float]) -> None:
        self.options = tuple(options)
        self.totals = tuple(accumulate(weights))


class SeededRandom:
    """The chances of one letter.

    Everything goes through `random()`, whose sequence Python keeps from version to version; `choice` and
    `sample` are not kept.
    """

    __slots__ = ("roll",)

    def __init__(self, seed: int, number: int) -> None:
        self.roll = random.Random(f"{seed}:{number}").random

    def chance(self, share: float) -> bool:
        """True in `share` of all throws."""
        return self.roll() < share

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.roll() * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, all equally likely."""
        return options[int(self.roll() * len(options))]

    def weigh(self, table: Weighted[T]) -> T:
        """One of the options, by their weights."""
        return table.options[bisect(table.totals, self.roll() * table.totals[-1])]

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """`count` different options in random order, or all of them if there are fewer."""
        left = list(options)
        return [left.pop(int(self.roll() * len(left))) for _ in range(min(count, len(left)))]
