"""How far a run is: the artifact and the log of its two phases."""

from __future__ import annotations

from typing import Any

import pytest

from flows import progress as module
from flows.progress import Phase


class Shown:
    """What was shown: artifacts made and updated, and lines of the log."""

    def __init__(self) -> None:
        self.artifacts: list[tuple[str, float, str]] = []
        self.lines: list[dict[str, Any]] = []

    def create(self, share: float, key: str, said: str) -> str:
        self.artifacts.append(("made", share, said))
        return key

    def update(self, key: str, share: float, said: str) -> None:
        self.artifacts.append((key, share, said))

    def info(self, _: str, **fields: Any) -> None:
        self.lines.append(fields)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    seen = Shown()
    monkeypatch.setattr(module, "create_progress_artifact", seen.create)
    monkeypatch.setattr(module, "update_progress_artifact", seen.update)
    monkeypatch.setattr(module, "run_log", lambda: seen)
    return seen


def test_a_phase_moves_with_its_files_and_is_quiet_when_nothing_does(shown: Shown) -> None:
    phase = Phase("k", "read", ("a", "b"))
    phase.show()
    assert shown.artifacts == []
    phase.tell("a", 0, 100)
    phase.tell("b", 0, 100)
    phase.show()
    phase.show()
    phase.tell("a", 100, 0)
    phase.show()
    phase.tell("b", 50, 0)
    phase.show()
    assert shown.artifacts == [
        ("made", 0.0, "0 of 100 files read"),
        ("k", 50.0, "0 of 100 files read"),
        ("k", 75.0, "50 of 100 files read"),
    ]


def test_the_log_has_a_line_for_every_tenth_and_no_more(shown: Shown) -> None:
    phase = Phase("k", "read", ("a",))
    phase.tell("a", 0, 1_000)
    for _ in range(1_000):
        phase.tell("a", 1, 0)
        phase.show()
    assert [line["done"] for line in shown.lines] == [1, *range(100, 1_001, 100)]
