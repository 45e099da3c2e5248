"""Credentials as letters print them, all with invented content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.reviewer import read_specialties, read_states
from imr.records import Span
from imr.rules import load_rules
from tests.all_at_once import assert_none

LEAD = "HOW THE IMR FINAL DETERMINATION WAS MADE "


def specialties(section: str) -> list[str]:
    text = LEAD + section
    return [found.value for found in read_specialties(text, Span(len(LEAD), len(text)))]


def states(section: str) -> list[str]:
    text = LEAD + section
    return [found.value for found in read_states(text, Span(len(LEAD), len(text)))]


def block(licensed: str, certified: str) -> str:
    return (
        "The Expert Reviewer has the following credentials:\n"
        f"State(s) of Licensure: {licensed}\nCertification(s)/Specialty: {certified}"
    )


@pytest.mark.parametrize(
    ("section", "expected_specialties", "expected_states"),
    [
        pytest.param(block("Iowa", "Urology"), ["Urology"], ["IA"], id="block"),
        pytest.param(block("Texas,New York,Ohio", "Urology"), ["Urology"], ["TX", "NY", "OH"], id="no_blanks"),
        pytest.param(
            block("West Virginia, Virginia", "Internal Medicine, Rheumatology"),
            ["Internal Medicine", "Rheumatology"],
            ["WV", "VA"],
            id="two_each",
        ),
        pytest.param(
            block("Iowa", "Occupational Medicine, Public\nHealth & General Preventive Medicine"),
            ["Occupational Medicine", "Public Health & General Preventive Medicine"],
            ["IA"],
            id="over_two_lines",
        ),
        pytest.param(block("Iowa", "Sports Medicinea"), ["Sports Medicinea"], ["IA"], id="typing_error_stays"),
        pytest.param(block("Washington, D.C.", "Surgery"), ["Surgery"], ["DC"], id="capital_city"),
        pytest.param(block("District of Columbia", "Surgery"), ["Surgery"], ["DC"], id="district"),
        pytest.param(block("CA, NV", "Surgery"), ["Surgery"], ["CA", "NV"], id="codes"),
        pytest.param(block("Atlantis, Ohio", "Surgery"), ["Surgery"], ["OH"], id="unknown_place"),
        pytest.param(
            block("Iowa", "Child and Adolescent Psychiatry, Allergy and Immunology"),
            ["Child and Adolescent Psychiatry", "Allergy and Immunology"],
            ["IA"],
            id="and_within_names",
        ),
        pytest.param(
            "The physician reviewer is Board Certified in Physical Medicine and Rehabilitation, has a subspecialty in "
            "Pain Management, and is licensed to practice in Iowa, Ohio and New York. He/she has been in practice.",
            ["Physical Medicine and Rehabilitation", "Pain Management"],
            ["IA", "OH", "NY"],
            id="prose",
        ),
        pytest.param(
            "The reviewer is Board Certified in Urology and is licensed to practice in Iowa. He/she is familiar.",
            ["Urology"],
            ["IA"],
            id="prose_without_subspecialty",
        ),
        pytest.param(
            "The reviewer is Board Certified in Internal Medicine and Rheumatology and is licensed to practice in "
            "North Carolina.",
            ["Internal Medicine", "Rheumatology"],
            ["NC"],
            id="prose_two",
        ),
        pytest.param(
            "The reviewer is Board-Certified in Internal Medicine, has a subspecialty in Cardiology and is licensed to "
            "practice in Iowa and Ohio.",
            ["Internal Medicine", "Cardiology"],
            ["IA", "OH"],
            id="prose_hyphen",
        ),
        pytest.param(
            "The reviewer is a licensed Psychologist and is licensed to practice in Iowa.",
            ["Psychologist"],
            ["IA"],
            id="profession",
        ),
        pytest.param(
            "The reviewer is\nBoard Certified in\nUrology and is licensed to\npractice in New\nMexico.",
            ["Urology"],
            ["NM"],
            id="prose_wrapped",
        ),
        pytest.param(
            "is Board Certified in Sports Medicine and Shoulder and Elbow Surgery, and is licensed to practice in Iowa.",
            ["Sports Medicine", "Shoulder and Elbow Surgery"],
            ["IA"],
            id="and_between_and_within",
        ),
        pytest.param("The reviewer has no affiliation with the employer.", [], [], id="nothing"),
        pytest.param("", [], [], id="empty"),
    ],
)
def test_credentials(section: str, expected_specialties: list[str], expected_states: list[str]) -> None:
    assert (specialties(section), states(section)) == (expected_specialties, expected_states)


def test_other_sentences_give_no_specialty() -> None:
    assert_none(text for text in load_rules("extraction", "specialties")["never"] if specialties(text))


def test_a_place_that_is_no_state_gives_none() -> None:
    assert_none(place for place in load_rules("extraction", "states")["never"] if states(block(place, "Urology")))


CODES = load_rules("extraction", "states")["codes"]


@given(st.lists(st.sampled_from(sorted(CODES)), min_size=1, max_size=5, unique_by=CODES.get))
def test_every_state_is_read_in_its_order(names: list[str]) -> None:
    assert states(block(", ".join(names), "Urology")) == [CODES[name] for name in names]


@pytest.mark.parametrize("conjunction", ["and", "&"])
def test_a_specialty_with_and_inside_is_one(conjunction: str) -> None:
    joined = [*load_rules("extraction", "specialties")["joined"], "Foot and Ankle Surgery", "Allergy and Immunology"]
    names = [name.replace(" and ", f" {conjunction} ") for name in joined]
    prose = "The reviewer is Board Certified in {} and is licensed to practice in Iowa."
    assert_none(name for name in names if specialties(prose.format(name)) != [name])
