from __future__ import annotations

import json
from pathlib import Path

import pytest

from imr.evaluation.labels import LabelError, read_labels
from tests.evaluation.helpers import decision, label


def write(folder: Path, name: str, values: object) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.json"
    file.write_text(values if isinstance(values, str) else json.dumps(values), encoding="utf-8")
    return file


def test_labels_of_folders_and_files_are_read_by_name(tmp_path: Path) -> None:
    write(tmp_path / "a", "2", label("CM16-9000002.txt"))
    write(tmp_path / "a", "1", label("CM16-9000001.pdf"))
    single = write(tmp_path / "b", "3", label("CM16-9000003.txt"))
    names = [found.name for found in read_labels([tmp_path / "a", single])]
    assert names == ["CM16-9000001", "CM16-9000002", "CM16-9000003"]


def lacking(key: str) -> dict[str, object]:
    return {name: value for name, value in label("x.txt").items() if name != key}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param("{", "no readable JSON", id="no-json"),
        pytest.param(lacking("diagnoses"), "lacks diagnoses", id="letter-key-missing"),
        pytest.param({**label("x.txt"), "decisions": [{}]}, "decision 1: lacks decision_number", id="decision-empty"),
        pytest.param([], "lacks file", id="a-list"),
    ],
)
def test_a_bad_label_is_named_with_what_it_lacks(tmp_path: Path, values: object, told: str) -> None:
    file = write(tmp_path, "bad", values)
    with pytest.raises(LabelError, match=told) as caught:
        read_labels([tmp_path])
    assert str(file) in str(caught.value)


def test_a_folder_without_labels_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="no label files"):
        read_labels([tmp_path])


def test_two_labels_of_one_letter_are_an_error(tmp_path: Path) -> None:
    write(tmp_path, "1", label("a.txt"))
    write(tmp_path, "2", label("a.pdf"))
    with pytest.raises(LabelError, match="more than one label for a"):
        read_labels([tmp_path])


def test_decisions_are_those_of_the_label(tmp_path: Path) -> None:
    write(tmp_path, "1", label("a.txt", decision(1), decision(2)))
    assert [row["decision_number"] for row in read_labels([tmp_path])[0].decisions] == [1, 2]
