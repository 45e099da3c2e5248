from __future__ import annotations

import json

import pytest

from imr.evaluation.accuracy import Evaluation
from imr.evaluation.comparison import Result
from imr.evaluation.saved import SavedError, as_json, changes_since


def measured(*results: Result) -> Evaluation:
    return Evaluation({}, {}, results)


def saved(*results: Result) -> dict[str, object]:
    report = as_json(measured(*results))
    return {"letters": set(report["letters"]), "mistakes": [Result(**mistake) for mistake in report["mistakes"]]}


def parts(letter: str, hits: int) -> Result:
    return Result(letter, 1, "body_parts", hits, 2, 2)


@pytest.mark.parametrize(
    ("before", "now", "gains", "losses"),
    [
        pytest.param(2, 2, 0, 0, id="right-as-before"),
        pytest.param(1, 1, 0, 0, id="wrong-as-before"),
        pytest.param(1, 2, 1, 0, id="right-now"),
        pytest.param(2, 1, 0, 1, id="wrong-now"),
        pytest.param(1, 0, 0, 1, id="wrong-and-worse"),
    ],
)
def test_a_place_is_a_gain_or_a_loss_by_its_mistakes(before: int, now: int, gains: int, losses: int) -> None:
    changes = changes_since(saved(parts("a", before)), measured(parts("a", now)))
    assert (len(changes.gains), len(changes.losses)) == (gains, losses)


def test_letters_that_only_one_evaluation_measured_are_left_out() -> None:
    changes = changes_since(saved(parts("a", 2), parts("b", 0)), measured(parts("a", 2), parts("c", 0)))
    assert changes == ((), ())


def test_an_evaluation_of_other_letters_is_no_clean_bill() -> None:
    with pytest.raises(SavedError, match="none of these letters"):
        changes_since(saved(parts("a", 2)), measured(parts("b", 0)))


def test_what_is_saved_are_names_and_counts() -> None:
    report = json.loads(json.dumps(as_json(measured(parts("a", 1), parts("b", 2)))))
    assert report["letters"] == ["a", "b"]
    assert report["mistakes"] == [
        {"letter": "a", "decision_number": 1, "field": "body_parts", "hits": 1, "wanted": 2, "given": 2}
    ]
