"""The rule data says of itself what it matches; the small verbs hold for any text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.wording import as_written, compiled, distinct, one_of, trim, words
from imr.records import Found
from imr.rules import load_rules

FILES = ("guidelines", "diagnoses", "patient", "specialties")


def rule_entries() -> Iterator[Any]:
    for file in FILES:
        rules = load_rules("extraction", file)
        for table, listed in rules.items():
            for entry in listed if isinstance(listed, list) and listed and isinstance(listed[0], dict) else []:
                pattern = entry["pattern"]
                for part in ("date", "age"):
                    pattern = pattern.replace(f"{{{part}}}", str(rules.get(part, "")))
                yield pytest.param(pattern, entry["example"], entry["not"], id=f"{file}-{table}-{entry['name']}")


@pytest.mark.parametrize(("pattern", "example", "counterexample"), list(rule_entries()))
def test_a_rule_matches_its_example_and_not_its_counterexample(pattern: str, example: str, counterexample: str) -> None:
    assert compiled(pattern).search(example)
    assert not compiled(pattern).search(counterexample)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("anti- seizure", "anti-seizure", id="joined"),
        pytest.param("self-\ndirected", "self-directed", id="joined_over_a_line"),
        pytest.param("pre- and post-operative", "pre- and post-operative", id="suspended"),
        pytest.param("Guidelines - Low Back", "Guidelines - Low Back", id="dash"),
        pytest.param(" a \n b ", "a b", id="white_space"),
    ],
)
def test_as_written(text: str, expected: str) -> None:
    assert as_written(text) == expected


def test_a_blank_in_a_pattern_is_any_white_space() -> None:
    assert compiled("low back").fullmatch("Low\n back")


def test_of_two_names_the_longer_is_found() -> None:
    assert compiled(one_of(["Iowa", "Iowa City"])).match("Iowa City").group() == "Iowa City"  # type: ignore[union-attr]


def test_distinct_keeps_the_first() -> None:
    assert [item.start for item in distinct([Found("a", 0, 1, "r"), Found("b", 1, 2, "r"), Found("A", 2, 3, "r")])] == [
        0,
        1,
    ]


@given(st.text(), st.integers(0, 20), st.integers(0, 20))
def test_trimming_never_leaves_the_span(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    trimmed = trim(text, start, end)
    assert start <= trimmed.start <= trimmed.end <= end
    assert words(text, trimmed, "rule").value == words(text, trimmed, "rule").value.strip()
