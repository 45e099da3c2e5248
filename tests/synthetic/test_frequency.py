"""Words of a frequency and what they come to."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from imr.synthetic.frequency import NUMBER_WORDS, divided, monthly, weekly
from imr.synthetic.seeded_random import SeededRandom


def numbers_in(text: str) -> list[int]:
    found = [int(digits) for digits in re.findall(r"\d+", text)]
    return found + [NUMBER_WORDS.index(word) for word in re.findall(r"[a-z-]+", text) if word in NUMBER_WORDS]


@given(st.integers())
def test_numbers_of_a_weekly_frequency_stand_in_its_text(seed: int) -> None:
    frequency = weekly(SeededRandom(seed, 0))
    told = set(numbers_in(frequency.text))
    if frequency.per_week:
        assert frequency.weeks
        assert frequency.visits == frequency.per_week * frequency.weeks
        assert {frequency.per_week, frequency.weeks} <= told
    elif frequency.weeks:
        assert frequency.visits is None
        assert frequency.weeks in told
    else:
        assert told == {frequency.visits}


@given(st.integers())
def test_parts_of_a_divided_request_add_up(seed: int) -> None:
    asked, granted, left = divided(SeededRandom(seed, 0))
    assert asked.visits == (granted.visits or 0) + (left.visits or 0)
    assert not re.search(r"\b(1|one|one \(1\)) weeks", left.text + granted.text)


@given(st.integers())
def test_monthly_visits_stand_in_the_text(seed: int) -> None:
    frequency = monthly(SeededRandom(seed, 0))
    assert frequency.visits in numbers_in(frequency.text)
    assert frequency.per_week is None
