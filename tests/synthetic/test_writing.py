"""Letters and labels as files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imr.synthetic.compose import compose
from imr.synthetic.render import text_of
from imr.synthetic.writing import Form, write_letters


def test_letters_and_labels_lie_under_the_same_names(tmp_path: Path) -> None:
    done: list[int] = []
    written = write_letters(tmp_path / "in", 12, seed=5, labels=tmp_path / "labels", progress=done.append)
    names = {file.stem for file in (tmp_path / "in").iterdir()}
    assert written == len(names) == 12
    assert done == list(range(1, 13))
    assert {file.stem for file in (tmp_path / "labels").iterdir()} == names
    for file in (tmp_path / "labels").iterdir():
        assert json.loads(file.read_text())["file"] == f"{file.stem}.txt"


@pytest.mark.parametrize(
    ("form", "start"),
    [pytest.param("txt", b"", id="text"), pytest.param("pdf", b"%PDF-", id="pdf")],
)
def test_form_decides_ending_and_content(tmp_path: Path, form: Form, start: bytes) -> None:
    write_letters(tmp_path, 2, seed=6, form=form)
    assert {file.suffix for file in tmp_path.iterdir()} == {f".{form}"}
    assert all(file.read_bytes().startswith(start) for file in tmp_path.iterdir())


def test_text_files_are_the_letters_of_the_seed(tmp_path: Path) -> None:
    write_letters(tmp_path, 5, seed=9)
    for number in range(5):
        letter = compose(9, number)
        assert (tmp_path / f"{letter.name}.txt").read_text(encoding="utf-8") == text_of(letter)
