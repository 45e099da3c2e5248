from __future__ import annotations

import datetime as dt

import pytest

from imr.extraction.evidence import EvidenceLog, as_text
from imr.records import Evidence, Found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("left knee", "left knee", id="words"),
        pytest.param(12, "12", id="number"),
        pytest.param(1.5, "1.5", id="part-of-a-number"),
        pytest.param(True, "true", id="true"),
        pytest.param(False, "false", id="false"),
        pytest.param(dt.date(2016, 3, 9), "2016-03-09", id="date"),
        pytest.param(("Surgery", "Spine"), "Surgery / Spine", id="pair"),
    ],
)
def test_values_are_written_as_text(value: object, text: str) -> None:
    assert as_text(value) == text


def test_taking_a_value_notes_where_it_stands() -> None:
    log = EvidenceLog()
    assert log.of("drugs", 2, 1).take("strength", Found("5 mg", 10, 14, "strength")) == "5 mg"
    assert log.rows == [Evidence("drugs", 2, 1, "strength", "5 mg", 10, 14, "exact", "strength")]


def test_a_value_that_is_not_there_leaves_no_note() -> None:
    log = EvidenceLog()
    notes = log.of("cases")
    assert notes.take("patient_age", None) is None
    assert notes.flag("is_retrospective", None) is False
    assert notes.take_all("diagnoses", []) == ()
    assert notes.take_from_file_name("case_number", None) is None
    assert log.rows == []


def test_falsehood_and_nought_are_values() -> None:
    log = EvidenceLog()
    notes = log.of("decisions", 1)
    assert notes.flag("states_medically_necessary", Found(False, 0, 3, "verdict")) is False
    assert notes.take("refills", Found(0, 4, 5, "refills")) == 0
    assert [row.value for row in log.rows] == ["false", "0"]


def test_each_value_of_a_list_is_noted_on_its_own_in_order() -> None:
    log = EvidenceLog()
    found = [Found("knee", 5, 9, "part", "inferred"), Found("hip", 0, 3, "part", "repaired")]
    assert log.of("decisions", 3).take_all("body_parts", found) == ("knee", "hip")
    assert [(row.value, row.start, row.method) for row in log.rows] == [("knee", 5, "inferred"), ("hip", 0, "repaired")]


def test_a_value_from_the_file_name_has_no_span() -> None:
    log = EvidenceLog()
    log.of("cases").take_from_file_name("case_number", "CM16-9000001")
    assert log.rows == [
        Evidence("cases", None, None, "case_number", "CM16-9000001", None, None, "file_name", "file_name")
    ]


def test_the_notes_of_all_records_are_collected_in_one_log() -> None:
    log = EvidenceLog()
    log.of("cases").need("priority", Found("standard", 0, 8, "header_label"))
    log.of("decisions", 1).need("outcome", Found("upheld", 9, 15, "outcome_word"))
    assert [(row.table_name, row.decision_number) for row in log.rows] == [("cases", None), ("decisions", 1)]
