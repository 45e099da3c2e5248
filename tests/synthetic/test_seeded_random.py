"""Seeded choice."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from imr.synthetic.seeded_random import SeededRandom, Weighted

FIRST_THROWS = [9, 16, 46, 96, 96]  # of seed 1, number 2


def test_the_first_throws_never_change() -> None:
    """The sample letters are committed: the same seed has to fall the same way for ever."""
    rng = SeededRandom(1, 2)
    assert [rng.between(0, 99) for _ in range(5)] == FIRST_THROWS


@given(st.integers(), st.lists(st.integers(), max_size=8, unique=True), st.integers(0, 10))
def test_some_gives_different_options(seed: int, options: list[int], count: int) -> None:
    picked = SeededRandom(seed, 0).some(options, count)
    assert len(picked) == len(set(picked)) == min(count, len(options))
    assert set(picked) <= set(options)


@given(st.integers(), st.integers(-5, 5), st.integers(0, 5))
def test_between_keeps_its_bounds(seed: int, low: int, more: int) -> None:
    assert low <= SeededRandom(seed, 0).between(low, low + more) <= low + more


def test_weigh_follows_the_weights() -> None:
    rng, table = SeededRandom(1, 1), Weighted(("rare", "usual"), (1, 9))
    seen = Counter(rng.weigh(table) for _ in range(1000))
    assert 50 < seen["rare"] < 150
