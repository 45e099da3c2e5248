"""No step grows faster than its input; the long run is `tests.reliability.hostile_repetitions`."""

from __future__ import annotations

from itertools import islice

import pytest

from imr.steps import Sections
from tests.reliability import hostile_repetitions
from tests.reliability.hostile_repetitions import LETTERS, Case, cases, growths, seconds

SHORT = 25


class Clock:
    """A clock that goes on only when it is told to: a fast machine finds what a slow one does."""

    now = 0.0

    def thread_time(self) -> float:
        """The seconds it was told of."""
        return self.now


def test_no_step_grows_faster_than_its_input() -> None:
    for path in LETTERS.glob("*.txt"):
        seconds(path.read_text(encoding="utf-8"))  # compiles every pattern
    assert not [growth for case in islice(cases(), SHORT) for growth in growths(case, 20_000)]


@pytest.mark.parametrize(
    ("power", "found"), [pytest.param(1, set[str](), id="linear"), pytest.param(2, {"split"}, id="quadratic")]
)
def test_a_step_that_grows_faster_is_found(monkeypatch: pytest.MonkeyPatch, power: int, found: set[str]) -> None:
    clock = Clock()
    split_letter = hostile_repetitions.split_letter

    def slow(text: str) -> Sections:
        clock.now += (len(text) / 4_000) ** power
        return split_letter(text)

    monkeypatch.setattr(hostile_repetitions, "split_letter", slow)
    monkeypatch.setattr(hostile_repetitions, "time", clock)
    assert {growth.step for growth in growths(Case("", 0, "a "), 4_000)} == found


LETTER = "\n".join(path.read_text(encoding="utf-8") for path in sorted(LETTERS.glob("CM13-9000101.txt")))


@pytest.mark.parametrize(
    ("case", "length"),
    [
        pytest.param(Case(LETTER, len(LETTER) // 2, "a\fb\n"), 8_000, id="pages-of-two-lines"),
        pytest.param(Case(LETTER, len(LETTER) - 1, "\nUpheld\n"), 40_000, id="outcomes-without-end"),
    ],
)
def test_what_once_grew_faster_does_so_no_more(case: Case, length: int) -> None:
    seconds(LETTER)
    assert not list(growths(case, length))
