"""`imr explain` on a lake made by the flow."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from imr.cli.main import app
from imr.explaining.letter_view import letter_view
from imr.lake.layout import LakeLayout
from imr.lake.lookup import find_documents
from tests.flows.helpers import rows, run


@pytest.fixture(scope="module")
def lake(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("lake")
    run(root, landing)
    return root


def test_every_value_of_every_letter_is_in_a_cell_and_marks_its_words(lake: Path) -> None:
    for document in rows(lake, "documents"):
        view = letter_view(LakeLayout(lake), document)
        shown = [value.number for record in view.records for cell in record.cells for value in cell.values]
        assert sorted(shown) == list(range(len(view.values))), document["source_name"]
        marked = {number for stretch in view.stretches for number in stretch.values}
        placed = {value.number for value in view.values if value.mark and value.mark.start < value.mark.end}
        assert marked == placed
        assert "".join(view.text[start:end] for start, end, _ in view.stretches) == view.text


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param("CM24-0900000", id="case-number"),
        pytest.param("cm24-0900000", id="case-number-small"),
        pytest.param("CM24-0900000.pdf", id="file-name"),
    ],
)
def test_a_letter_is_found_by_its_names(lake: Path, wanted: str) -> None:
    (document,) = find_documents(LakeLayout(lake), wanted)
    assert document["case_number"] == "CM24-0900000"
    assert find_documents(LakeLayout(lake), document["document_id"][:10]) == [document]


def ask(lake: Path, *words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["explain", *map(str, words), "--lake", str(lake)])
    return done.exit_code, done.output


def test_the_command_writes_the_page(lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert ask(lake, "CM24-0900000")[0] == 0
    page = (tmp_path / "CM24-0900000.html").read_text(encoding="utf-8")
    assert "<h1>CM24-0900000</h1>" in page
    assert page.count("<mark ") > 20
    assert ask(lake, "CM24-0900000", "-o", tmp_path / "other.html")[0] == 0
    assert (tmp_path / "other.html").read_text(encoding="utf-8") == page


def test_a_letter_that_is_not_published_says_why(lake: Path) -> None:
    code, text = ask(lake, "damaged-letter.pdf")
    assert (code, "pdf_damaged" in text) == (1, True)
    assert ask(lake, "CM99-0000000")[0] == 1
