from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.normalising.specialties import specialties, specialty_name, specialty_names
from imr.rules import load_rules
from tests.all_at_once import assert_none

_RULES = load_rules("normalising", "specialty_names")


def test_there_are_the_names_of_the_search_tool() -> None:
    assert len(specialties()) == len(set(specialties())) == 56


def test_every_name_is_its_own_and_every_other_name_is_of_the_one_that_lists_it() -> None:
    assert_none(
        f"{words} is {specialty_name(words)}"
        for name, others in _RULES["names"].items()
        for words in (name, *others)
        if specialty_name(words) != name
    )


@pytest.mark.parametrize("words", _RULES["never"])
def test_a_specialty_that_the_search_tool_does_not_have_has_no_name(words: str) -> None:
    assert specialty_name(words) is None


@pytest.mark.parametrize(
    ("words", "name"),
    [
        pytest.param("Physical Medicine and Rehabilitation", "Physical Medicine & Rehabilitation", id="and for &"),
        pytest.param("PHYSICAL MEDICINE & REHABILITATION", "Physical Medicine & Rehabilitation", id="capitals"),
        pytest.param("Chiropractor", "Chiropractic", id="the person for the field"),
        pytest.param("Board Certified in Pain Medicine", "Pain Management", id="certification"),
        pytest.param("Surgery (General)", "Surgery", id="an aside"),
        pytest.param("Orthopaedic  Surgery.", "Orthopedic Surgery", id="spelling"),
    ],
)
def test_other_words_for_one_specialty_have_one_name(words: str, name: str) -> None:
    assert specialty_name(words) == name


def test_names_come_once_in_the_order_of_the_letter() -> None:
    words = ["Pain Medicine", "Hematology", "Anesthesiology", "Pain Management"]
    assert specialty_names(words) == ("Pain Management", "Anesthesiology")


@given(st.text())
def test_whatever_the_words_a_name_is_one_of_the_list(words: str) -> None:
    assert specialty_name(words) in (None, *specialties())
