"""A round of everything at once; the program's checks see what is wrong, and its plans can be carried out again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.reliability import chaos_acts
from tests.reliability.chaos import differences, plan_of, run
from tests.reliability.chaos_lakes import make_letters
from tests.reliability.forks import Act, ForkServer, fork_server
from tests.reliability.runs import Environment

SEED, ROUND = 1, 1


def test_a_round_of_everything_at_once(prefect_environment: Environment, tmp_path: Path) -> None:
    tally = run({**os.environ, **prefect_environment}, tmp_path, [ROUND], SEED)
    assert tally.faults == []
    assert (tally.rounds, tally.reads > 0) == (1, True)
    assert "1 rounds: " in str(tally)


def test_a_plan_follows_from_seed_and_number(tmp_path: Path) -> None:
    letters = make_letters(tmp_path)
    assert plan_of(SEED, ROUND, letters) == plan_of(SEED, ROUND, letters)
    plans = [plan_of(SEED, number, letters) for number in range(200)]
    assert len({repr(plan) for plan in plans}) == 200
    verbs = {act.verb for plan in plans for act in plan.acts}
    assert verbs == {"ingest", "reprocess", "replay", "remove", "release", "doctor", "migrate", "sweep_stage"}
    assert {kill.sign for plan in plans for kill in plan.kills} == {None, "journal/*", "journal/commit.json"}
    assert {plan.acts[kill.act].verb for plan in plans for kill in plan.kills} == verbs
    assert {plan.outdated for plan in plans} == {False, True}


SOUND = {"documents": {"a": ["1"], "b": ["2"]}}


@pytest.mark.parametrize(
    ("found", "letters", "said"),
    [
        pytest.param(SOUND, "ab", [], id="nothing"),
        pytest.param({"documents": {"a": ["1"]}}, "ab", ["documents lacks 1 letters"], id="a letter lost"),
        pytest.param(SOUND, "a", ["documents has 1 letters that were removed"], id="a letter back"),
        pytest.param(
            {"documents": {"a": ["1"], "b": ["2", "2"]}},
            "ab",
            ["documents has other rows of 1 letters"],
            id="rows twice",
        ),
    ],
)
def test_what_is_wrong_in_the_end_is_told(
    found: dict[str, dict[str, list[str]]], letters: str, said: list[str]
) -> None:
    assert list(differences(found, SOUND, frozenset(letters))) == said


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    with fork_server(os.environ, chaos_acts.__name__) as server:
        yield server


def _answers(act: Act) -> object:
    return act.answer and {name: value for name, value in act.answer.items() if name != "message"}


@pytest.mark.parametrize(
    ("arguments", "end", "answer"),
    [
        pytest.param({"letter": "0" * 64}, lambda _: None, {"gave": ["0" * 64]}, id="to its end"),
        pytest.param({"letter": "unknown"}, lambda _: None, {"gave": []}, id="for nothing"),
        pytest.param({"nonsense": 1}, lambda _: None, {"error": "TypeError"}, id="with an error"),
        pytest.param({"letter": "0" * 64}, Act.kill, None, id="killed"),
    ],
)
def test_an_act_goes(
    tmp_path: Path, forks: ForkServer, arguments: dict[str, object], end: Callable[[Act], object], answer: object
) -> None:
    given = {"lake": str(tmp_path / "lake"), "withdraw": False, **arguments}
    act = forks.begin("remove", tmp_path / "act", chaos_acts.__name__, given)
    end(act)
    while act.alive():
        time.sleep(0.01)
    assert _answers(act) == answer
