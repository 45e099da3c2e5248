"""The notebooks of the documentation run from top to bottom over the sample letters, and are kept without output."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent.parent / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def code_cells(notebook: Path) -> list[dict[str, Any]]:
    content = json.loads(notebook.read_text(encoding="utf-8"))
    assert (content["nbformat"], content["metadata"]["kernelspec"]["name"]) == (4, "python3")
    return [cell for cell in content["cells"] if cell["cell_type"] == "code"]


def run_cell(source: str, names: dict[str, Any]) -> None:
    """Run a cell in the names that the cells before it have left; values of expressions are shown."""
    for statement in ast.parse(source).body:
        exec(compile(ast.Interactive([statement]), "<cell>", "single"), names)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_output_is_kept(notebook: Path) -> None:
    assert all((cell["outputs"], cell["execution_count"]) == ([], None) for cell in code_cells(notebook))


Run = Callable[[str], tuple[list[str], dict[str, Any]]]


@pytest.fixture
def run_notebook(lake_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a notebook over the samples; gives what each cell showed, and the names that it left."""
    monkeypatch.chdir(FOLDER)
    monkeypatch.setenv("IMR_LAKE", str(lake_folder))

    def run(notebook: str) -> tuple[list[str], dict[str, Any]]:
        names: dict[str, Any] = {}
        shown = []
        for cell in code_cells(FOLDER / f"{notebook}.ipynb"):
            run_cell("".join(cell["source"]), names)
            shown.append(capsys.readouterr().out)
        return shown, names

    return run


def test_the_first_look_runs(run_notebook: Run) -> None:
    shown, _ = run_notebook("first-look")
    assert "<Letter CM14-0900004: upheld, 5 decisions>" in shown[1]
    assert "inferred by the rule part_name on page 1\n'X-ray of the neck" in shown[4]
    assert "Pharmaceuticals" in shown[6]
    assert "('outcome', 'Overturned')" in shown[8]


def test_the_outcomes_of_a_treatment_are_those_of_its_decisions(run_notebook: Run) -> None:
    _, names = run_notebook("outcomes-of-a-treatment")
    outcomes, decisions = names["outcomes"], names["decisions"]
    counted = outcomes[outcomes.treatment_subcategory == names["treatment"]].decisions.sum()
    assert counted == len(decisions) > 0


def test_every_decision_is_of_one_kind_of_agreement(run_notebook: Run) -> None:
    shown, names = run_notebook("guidelines")
    assert names["agreement"].decisions.sum() == names["lake"].pandas("outcomes_by_year").decisions.sum()
    assert "MTUS: Chronic Pain Medical Treatment" in shown[1]


def test_the_stages_of_a_case_are_timed(run_notebook: Run) -> None:
    _, names = run_notebook("timeliness")
    assert set(names["stages"].stage) == {"denial_to_application", "application_to_reviewer", "reviewer_to_decision"}
    assert list(names["slow"].days) == sorted(names["slow"].days, reverse=True)
