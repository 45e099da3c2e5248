"""An evaluation of a real lake: the sample letters against their labels, some of them made wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from imr.cli.main import app
from imr.evaluation.accuracy import ALL, NOT_IN_LAKE, accuracies, evaluate
from imr.evaluation.comparison import Result
from imr.evaluation.label_files import read_labels
from imr.evaluation.saved import SavedError, as_json, changes_since, read_saved
from imr.lake.layout import LakeLayout
from tests.flows.helpers import run

LABELS = Path(__file__).parents[1] / "golden" / "landing"


@pytest.fixture(scope="module")
def lake(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("lake")
    run(root, landing)
    return root


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LABELS, tmp_path / "labels"))


def edit(labels: Path, name: str, **values: Any) -> None:
    file = labels / f"{name}.json"
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), **values}), encoding="utf-8")


def test_the_samples_are_right(lake: Path) -> None:
    evaluation = evaluate(LakeLayout(lake), read_labels([LABELS]))
    assert [result for result in evaluation.results if result.mistakes] == []
    whole = evaluation.by_format[ALL]
    assert whole.letters == len(list(LABELS.glob("*.json")))
    assert whole.mean == 1.0
    assert set(evaluation.by_text_origin) == {"text_layer", "plain_text"}


def test_what_differs_is_told_by_field_form_and_place(lake: Path, labels: Path) -> None:
    edit(labels, "CM14-0900001", patient_sex="female", letter_format="notice_2013")
    edit(labels, "CM16-0900000", file="not-there.pdf")
    evaluation = evaluate(LakeLayout(lake), read_labels([labels]))
    group = evaluation.by_format["notice_2013"]
    assert group.letters == 1
    assert (group.fields["patient_sex"], group.fields["patient_age"].value) == ((0.0, 1), 1.0)
    assert evaluation.by_text_origin[NOT_IN_LAKE].fields["letter found"] == (0.0, 1)
    letters = evaluation.by_format[ALL].letters
    assert evaluation.by_format[ALL].fields["patient_sex"].value == pytest.approx((letters - 2) / letters)


def test_list_fields_are_measured_by_their_members() -> None:
    found = accuracies([Result("a", 1, "body_parts", 1, 2, 1), Result("a", 2, "body_parts", 0, 0, 1)])
    assert found["body_parts"].value == pytest.approx(2 * 1 / (2 + 2))
    assert accuracies([Result("a", 1, "body_parts", 0, 0, 0)])["body_parts"].value == 1.0


def test_gains_and_losses_are_told_against_a_saved_evaluation(lake: Path, labels: Path, tmp_path: Path) -> None:
    edit(labels, "CM14-0900001", patient_age=13)
    saved = tmp_path / "before.json"
    saved.write_text(json.dumps(as_json(evaluate(LakeLayout(lake), read_labels([labels])))), encoding="utf-8")
    edit(labels, "CM14-0900001", patient_age=29)
    edit(labels, "CM16-0900000", priority="expedited")
    changes = changes_since(read_saved(saved), evaluate(LakeLayout(lake), read_labels([labels])))
    assert changes.gains == (("CM14-0900001", None, "patient_age"),)
    assert changes.losses == (("CM16-0900000", None, "priority"),)


@pytest.mark.parametrize("text", [pytest.param("{}", id="other-json"), pytest.param("?", id="no-json")])
def test_a_file_that_is_no_saved_evaluation_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(SavedError, match="no saved evaluation"):
        read_saved(tmp_path / "x.json")


def ask(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["evaluate", *map(str, words)])
    return done.exit_code, done.output


def test_the_command_shows_figures_and_places(lake: Path, labels: Path) -> None:
    edit(labels, "CM14-0900001", patient_age=13)
    code, text = ask(labels, "--lake", lake)
    assert code == 0
    assert "CM14-0900001" in text
    assert "patient_age" in text
    shown = json.loads(ask(labels, "--lake", lake, "--json")[1])
    assert [mistake["field"] for mistake in shown["mistakes"]] == ["patient_age"]
    assert "| mean |" in ask(labels, "--lake", lake, "--markdown")[1]


def test_the_command_fails_on_losses_and_refuses_bad_files(lake: Path, labels: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    assert ask(labels, "--lake", lake, "--save", saved)[0] == 0
    assert ask(labels, "--lake", lake, "--against", saved)[0] == 0
    edit(labels, "CM14-0900001", patient_age=13)
    code, text = ask(labels, "--lake", lake, "--against", saved)
    assert (code, "1 losses" in text) == (1, True)
    assert ask(tmp_path / "nowhere", "--lake", lake)[0] == 2
    assert ask(labels, "--lake", tmp_path / "no-lake")[0] == 2
    assert ask(labels, "--lake", lake, "--against", tmp_path / "nothing.json")[0] == 2
