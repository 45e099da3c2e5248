"""Literal prefilters: what is found by literals is what the expression itself finds, for every expression."""

from __future__ import annotations

import re

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from imr.literals import Finder, Literal, required_literals
from tests.test_rules import PATTERNS

RULES = [pattern for patterns in PATTERNS.values() for _, pattern in patterns]
# Letters that change their number, or are taken for others, where case is ignored.
ODD = "\u0130\u0131\u017f\u212a\u00df\u03a3"


@pytest.mark.parametrize(
    ("expression", "flags", "expected"),
    [
        pytest.param("pain", 0, {("pain", 0)}, id="plain"),
        pytest.param("Pain", re.IGNORECASE, {("pain", 0)}, id="lower_case_where_case_is_ignored"),
        pytest.param("[Pp](?i:ain)", 0, {("ain", 1)}, id="behind_one_character"),
        pytest.param(r"\bknee(?=s)", 0, {("knee", 0)}, id="what_has_no_width_parts_nothing"),
        pytest.param("left|right", 0, {("left", 0), ("right", 0)}, id="one_of_several"),
        pytest.param(r"(?:\d|no) tablets", 0, {(" tablets", None)}, id="at_a_place_that_varies"),
        pytest.param(r"\d{3}-\d{4}", 0, {("-", 3)}, id="a_mark_may_be_alone"),
        pytest.param("(?:MRI|[a-z]+) scan", 0, {(" scan", None)}, id="not_one_that_only_some_matches_have"),
        pytest.param("(?:mri)?x", 0, set(), id="what_may_be_left_out_is_no_literal"),
        pytest.param("|".join(f"{n}mg" for n in range(99)) + "|ray", 0, set(), id="not_of_too_many"),
        pytest.param("x{2}ray", 0, {("ray", 2)}, id="a_fixed_number_of_times"),
        pytest.param(r"(\w)\1abc", 0, {("abc", None)}, id="behind_a_group_named_again"),
        pytest.param("é|[a-z]", re.IGNORECASE, set(), id="no_letter_beyond_ascii_where_case_is_ignored"),
    ],
)
def test_derives(expression: str, flags: int, expected: set[tuple[str, int | None]]) -> None:
    assert required_literals(re.compile(expression, flags)) == {Literal(*each) for each in expected}


def found(finder: Finder, text: str, start: int, end: int) -> list[tuple[object, ...]]:
    return [(match.span(), match.groups(), match.lastgroup) for match in finder.finditer(text, start, end)]


def assert_same(expression: re.Pattern[str], text: str, start: int, end: int) -> None:
    finder = Finder(expression)
    matches = [*expression.finditer(text, start, end)]
    assert found(finder, text, start, end) == [(each.span(), each.groups(), each.lastgroup) for each in matches]
    first = finder.search(text, start, end)
    assert (first.span() if first else None) == (matches[0].span() if matches else None)


@st.composite
def texts_of_rules(draw: st.DrawFn) -> str:
    """The examples of a few rules, whole and broken, in other case, and odd letters between them."""
    example = st.sampled_from(RULES).map(lambda pattern: f"{pattern.example}\n{pattern.counter_example}")
    part = st.tuples(example, st.integers(0, 20), st.sampled_from([str, str.upper, str.lower])).map(
        lambda drawn: drawn[2](drawn[0][drawn[1] :])
    )
    return "".join(draw(st.lists(part | st.text(alphabet=f" \n-.:{ODD}", max_size=3), max_size=6)))


@settings(max_examples=30, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # a text tells enough
@given(text=texts_of_rules(), start=st.integers(0, 30), end=st.integers(0, 400))
def test_no_rule_loses_a_match(text: str, start: int, end: int) -> None:
    for pattern in RULES:
        assert_same(pattern.expression, text, start, end)


LETTERS = st.sampled_from([*"abiks", "\u017f", "\u0131"])
EXPRESSIONS = st.recursive(
    st.text(LETTERS, min_size=1, max_size=3)
    | st.sampled_from(["[ab]", "[^s]", ".", r"\b", "^", "$", "(?<=a)", "(?!k)"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda each: f"(?:{'|'.join(each)})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{1,2}", "+?"])).map(
            lambda each: f"(?:{each[0]}){each[1]}"
        ),
        inner.map(lambda each: f"({each})"),
        inner.map(lambda each: f"(?i:{each})"),
        inner.map(lambda each: f"(?={each})"),
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(
    expression=EXPRESSIONS,
    flags=st.sampled_from([0, re.IGNORECASE, re.MULTILINE]),
    text=st.text(alphabet=f"abiksAIKS\n{ODD}", max_size=24),
    start=st.integers(0, 4),
    end=st.integers(0, 24),
)
def test_no_expression_loses_a_match(expression: str, flags: int, text: str, start: int, end: int) -> None:
    assert_same(re.compile(expression, flags), text, start, end)
