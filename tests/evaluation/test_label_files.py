from __future__ import annotations

import json
from pathlib import Path

import pytest

from imr.evaluation.label_files import LabelError, read_labels
from tests.evaluation.helpers import citation, decision, label


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
        pytest.param([], "lacks case_number, .*, file$", id="a-list"),
        pytest.param(label(3), "file is no text", id="file-a-number"),  # type: ignore[arg-type]
        pytest.param(label("x.txt", letter_format=None), "letter_format is no text", id="no-format"),
        pytest.param({**label("x.txt"), "decisions": None}, "decisions is no list", id="decisions-null"),
        pytest.param(label("x.txt", diagnoses="sprain"), "diagnoses is no list of texts", id="a-text-for-a-list"),
        pytest.param(label("x.txt", diagnoses=[4]), "diagnoses is no list of texts", id="a-number-in-a-list"),
        pytest.param(label("x.txt", patient_age=[40]), "patient_age is no whole number or number or null", id="a-list-for-a-value"),
        pytest.param(label("x.txt", decision(0)), "decision_number is no whole number", id="counted-from-0"),
        pytest.param(label("x.txt", decision(1), decision(1)), "the same decision_number", id="number-twice"),
        pytest.param(
            label("x.txt", decision(1), decision(2, also_acceptable=["Surgery", "Spine"])),
            "decision 2: also_acceptable is no list of pairs", id="no-pairs",
        ),
        pytest.param(
            label("x.txt", decision(1, drugs=[{"name": "Norco", "strength": None}])),
            "decision 1: drugs 1: lacks ingredients", id="drug-key-missing",
        ),
        pytest.param(
            label("x.txt", decision(1, citations=[citation(), citation(source=None)])),
            "decision 1: citations 2: source is no text", id="citation-source-null",
        ),
    ],
)  # fmt: skip
def test_a_bad_label_is_named_with_what_it_lacks(tmp_path: Path, values: object, told: str) -> None:
    file = write(tmp_path, "bad", values)
    with pytest.raises(LabelError, match=told) as caught:
        read_labels([tmp_path])
    assert str(file) in str(caught.value)


def test_all_that_is_wrong_with_a_label_is_said_at_once(tmp_path: Path) -> None:
    bad = label(
        "x.txt", decision(0, weeks="two"), decision(2, citations=[citation(year="2004"), {"source": "ODG"}]),
        diagnoses="sprain", letter_format=None,
    )  # fmt: skip
    del bad["priority"]
    file = write(tmp_path, "bad", bad)
    with pytest.raises(LabelError) as caught:
        read_labels([tmp_path])
    assert str(caught.value).removeprefix(f"{file}: ").split("; ") == [
        "lacks priority",
        "diagnoses is no list of texts",
        "letter_format is no text",
        "decision 1: decision_number is no whole number from 1",
        "decision 1: weeks is no whole number or number or null",
        "decision 2: citations 1: year is no whole number or null",
        "decision 2: citations 2: lacks cited_by, title, year, sections, pages",
    ]


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
    assert [decision.decision_number for decision in read_labels([tmp_path])[0].decisions] == [1, 2]


def test_an_error_never_says_what_a_label_holds(tmp_path: Path) -> None:
    write(tmp_path, "bad", label("x.txt", diagnoses="an invented sprain"))
    with pytest.raises(LabelError) as caught:
        read_labels([tmp_path])
    assert "invented" not in str(caught.value)
