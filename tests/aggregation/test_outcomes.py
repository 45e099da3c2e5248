from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr.aggregation.outcomes import wilson_interval


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3.
        pytest.param(81, 263, 0.2553, 0.3662, id="a large sample"),
        pytest.param(15, 148, 0.0624, 0.1605, id="a small share"),
        pytest.param(0, 20, 0.0, 0.1611, id="none of twenty"),
        pytest.param(1, 29, 0.0061, 0.1718, id="one of twenty-nine"),
        pytest.param(29, 29, 0.8830, 1.0, id="all of twenty-nine"),
        pytest.param(0, 1, 0.0, 0.7935, id="none of one"),
    ],
)
def test_interval_is_the_published_one(successes: int, trials: int, low: float, high: float) -> None:
    lows, highs = wilson_interval([successes], [trials])
    assert (lows[0], highs[0]) == pytest.approx((low, high), abs=5e-5)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 10**7), st.floats(0, 1)), min_size=1, max_size=50))
def test_share_lies_in_its_interval_and_the_interval_in_zero_to_one(samples: list[tuple[int, float]]) -> None:
    trials = np.array([size for size, _ in samples])
    successes = np.array([round(size * part) for size, part in samples])
    low, high = wilson_interval(successes, trials)
    share = successes / trials
    assert np.all((low >= 0) & (low <= share) & (share <= high) & (high <= 1))


@pytest.mark.parametrize("trials", [1, 3, 7, 10, 49, 1000, 2_000_000])
def test_a_share_of_nothing_or_everything_ends_its_interval(trials: int) -> None:
    low, high = wilson_interval([0, trials], [trials, trials])
    assert (low[0], high[1]) == (0.0, 1.0)


@settings(deadline=None)
@given(st.integers(1, 10**6), st.data())
def test_interval_of_the_opposite_share_is_its_mirror(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    low, high = wilson_interval([successes, trials - successes], [trials, trials])
    assert low[0] == pytest.approx(1 - high[1], abs=1e-12)
