"""The dialect that rule files are written in, and the loader that gives their patterns."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.dialect import either_case, filled, in_its_case, one_line, one_of, spaced
from imr.rules import RuleError, Rules, either, in_turn
from imr.text import lowered


@pytest.mark.parametrize(
    ("written", "in_python"),
    [
        pytest.param("low back", r"low\s+back", id="some"),
        pytest.param("x ?6", r"x\s*6", id="none_or_some"),
        pytest.param("x *6", r"x\s*6", id="star"),
        pytest.param("(?:a +b)", r"(?:a\s+b)", id="plus"),
        pytest.param("x ??6", r"x\s*?6", id="as_little_as_possible"),
        pytest.param("[ -]", r"[\s-]", id="in_brackets"),
        pytest.param("[^] ]a b", r"[^]\s]a\s+b", id="behind_a_bracket_in_brackets"),
        pytest.param(r"[\] ] ", r"[\]\s]\s+", id="behind_an_escaped_bracket"),
        pytest.param(r"\[ ", r"\[\s+", id="behind_an_escaped_opening_bracket"),
        pytest.param("(?<!in )(?<=at )b c", r"(?<!in\s)(?<=at\s)b\s+c", id="look_behind"),
        pytest.param("(?<!(?:in|on) )a (b )", r"(?<!(?:in|on)\s)a\s+(b\s+)", id="group_in_a_look_behind"),
        pytest.param("(?P<day>on )", r"(?P<day>on\s+)", id="named_group"),
        pytest.param(r"a\ b", r"a\s+b", id="with_a_backslash"),
        pytest.param(r"[\ -]\(a b", r"[\s-]\(a\s+b", id="escaped_bracket"),
    ],
)
def test_a_blank_is_any_white_space(written: str, in_python: str) -> None:
    assert spaced(written) == in_python


@given(st.lists(st.text("abc", min_size=1), min_size=1), st.text(" \n\t", min_size=1))
def test_words_are_found_whatever_white_space_parts_them(words: list[str], between: str) -> None:
    assert re.fullmatch(spaced(" ".join(words)), between.join(words))


@given(st.text("ab.*+?|()[]^$\\-1", max_size=20))
def test_what_holds_no_blank_is_python_s(written: str) -> None:
    assert one_line(spaced(written)) == written


PARTS = {"year": r"\d{4}", "month": "May|June", "date": "{month} {year}", "range": r"(?P<{}>\d)-(?P<{}_to>\d)"}


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        pytest.param("in {year}", r"in (?:\d{4})", id="part"),
        pytest.param("{month}s?", "(?:May|June)s?", id="one_thing"),
        pytest.param("(?:in|{month})", "(?:in|May|June)", id="an_alternative_of_its_own"),
        pytest.param("(?=in|{month}x)", "(?=in|(?:May|June)x)", id="the_beginning_of_an_alternative"),
        pytest.param(r"\({month})", r"\((?:May|June))", id="behind_an_escaped_bracket"),
        pytest.param("{date}", r"(?:May|June) (?:\d{4})", id="part_of_a_part"),
        pytest.param("{month:m} \\d{1,2}", r"(?P<m>May|June) \d{1,2}", id="as_a_group"),
        pytest.param("{range:pages}", r"(?P<pages>\d)-(?P<pages_to>\d)", id="as_several_groups"),
        pytest.param(r"\{year}", r"\{year}", id="no_part"),
    ],
)
def test_parts_are_put_in(written: str, whole: str) -> None:
    assert filled(written, PARTS.__getitem__) == whole


def test_lines_are_joined_without_their_indentation() -> None:
    assert one_line("\n  a\n    |b \n\\ c\n") == r"a|b\ c"
    assert one_line(" a ") == " a "


NAMES = ("Iowa", "Idaho", "Iowa City", "Ohio", "3rd")


@pytest.mark.parametrize(
    ("text", "first_letter", "found"),
    [
        pytest.param("of Iowa City", in_its_case, "Iowa City", id="the_longer"),
        pytest.param("of iowa", in_its_case, None, id="first_letter_as_it_is"),
        pytest.param("of IOWA", in_its_case, "IOWA", id="other_letters_in_any_case"),
        pytest.param("of iowa", either_case, "iowa", id="either_case"),
        pytest.param("of Idaho", either_case, "Idaho", id="same_letter"),
        pytest.param("the 3rd", either_case, "3rd", id="no_letter"),
    ],
)
def test_names_grouped_by_their_first_letter_are_the_same_names(
    text: str, first_letter: Callable[[str], str], found: str | None
) -> None:
    match = re.search(rf"\b(?:{spaced(one_of(NAMES, first_letter))})\b", text, re.IGNORECASE)
    assert (match and match.group()) == found


def rules(**tables: Any) -> Rules:
    return Rules("room/name.toml", {"dialect": {"ignore_case": True}, **tables})


ENTRY = {"pattern": "low back", "example": "low back", "not": "back"}


def test_an_entry_may_say_otherwise_than_its_file() -> None:
    some = rules(some=[{**ENTRY, "name": "a"}, {**ENTRY, "name": "b", "ignore_case": False, "dot_all": True}])
    assert [pattern.expression.flags & ~re.UNICODE for pattern in some.patterns("some")] == [re.IGNORECASE, re.DOTALL]
    assert some.pattern("some", "b").name == "b"
    assert some.patterns("some") is some.patterns("some")


def test_what_else_an_entry_says_is_kept() -> None:
    pattern = rules(some={**ENTRY, "marks": ["back"], "kind": "place"}).pattern("some")
    assert (pattern.name, pattern.values, pattern.example) == ("some", {"kind": "place"}, "low back")
    assert pattern.may_be_in(lowered("Low\n  BACK"))
    assert not pattern.may_be_in("knee")


def test_a_frame_stands_around_every_pattern_that_has_none_of_its_own() -> None:
    framed = rules(
        dialect={"frame": r"\A{dirt}{pattern}\Z"},
        parts={"dirt": "[-*]*"},
        some=[{**ENTRY, "pattern": "a|b"}, {**ENTRY, "frame": "{pattern}"}],
    )
    whole, anywhere = framed.patterns("some")
    assert whole.expression.search("--b")
    assert not whole.expression.search("bb")
    assert anywhere.expression.search("the low back")


def test_before_stands_right_before_an_expression() -> None:
    before = rules(some={**ENTRY, "before": "of|to the "}).pattern("some").before
    assert before is not None
    assert before.search("pain to the low back", 0, 12)
    assert not before.search("pain to the low back", 0, 11)


def test_lists_and_tables_of_a_file_are_parts_too() -> None:
    some = rules(words={"few": ["one", "one more"], "tens": {"ten": 10, "twenty": 20}})
    assert some.compiled(r"\b{words.few}-{words.tens}").search("ONE\nmore-twenty")


def test_patterns_are_joined_by_choice_and_in_turn() -> None:
    a, b = rules(some=[{**ENTRY, "pattern": "a|b"}, {**ENTRY, "pattern": "c"}]).patterns("some")
    assert [bool(either([a, b]).fullmatch(text)) for text in ("B", "c", "bc")] == [True, True, False]
    assert [bool(in_turn([a, b]).fullmatch(text)) for text in ("b", "Bc")] == [False, True]


@pytest.mark.parametrize(
    ("tables", "fault"),
    [
        pytest.param({"some": {"name": "x", "pattern": "a", "not": ""}}, "x lacks example", id="example"),
        pytest.param({"some": {**ENTRY, "pattern": "{nothing}"}}, "no part 'nothing'", id="part"),
        pytest.param({"some": ENTRY, "dialect": {"blank": "itself"}}, "dialect", id="unknown_in_the_dialect"),
        pytest.param({"some": [{**ENTRY, "name": "a"}]}, "some has no b", id="name"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tables: dict[str, Any], fault: str) -> None:
    with pytest.raises(RuleError, match=rf"room/name\.toml.*{fault}"):
        rules(**tables).pattern("some", "b")


def test_patterns_are_compiled_for_those_who_are_forked() -> None:
    some = rules(some=[ENTRY])
    (pattern,) = some.patterns("some")
    assert "expression" not in vars(pattern)
    some.compile_patterns()
    assert vars(pattern)["expression"] is pattern.expression
