"""The notebook of the documentation runs from top to bottom over the sample letters, and is kept without its output."""

from __future__ import annotations

import ast
import json
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


def test_the_first_look_runs(
    lake_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(FOLDER)
    monkeypatch.setenv("IMR_LAKE", str(lake_folder))
    names: dict[str, Any] = {}
    shown = []
    for cell in code_cells(FOLDER / "first-look.ipynb"):
        run_cell("".join(cell["source"]), names)
        shown.append(capsys.readouterr().out)
    assert "<Letter CM14-0900004: upheld, 5 decisions>" in shown[1]
    assert "inferred by the rule part_name on page 1\n'X-ray of the neck" in shown[4]
    assert "Pharmaceuticals" in shown[6]
    assert "('outcome', 'Overturned')" in shown[8]
