"""The ConText algorithm on another domain than its own: whether the street is wet."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.context import Context
from imr.rules import load_rules

TABLES: dict[str, list[dict[str, Any]]] = {
    "target": [
        {"name": "wet", "of": ["state"], "phrases": ["wet", "{very?} damp"]},
        {"name": "flood", "of": ["event"], "active": True, "phrases": ["flood"]},
        {"name": "soak", "of": ["event"], "active": True, "source": "before", "phrases": ["soaks"]},
    ],
    "modifier": [
        {"name": "not", "effect": "verb", "until": "verb", "phrases": ["not", "without"]},
        {"name": "no", "effect": "predicate", "phrases": ["no", "nothing"]},
        {"name": "mute", "phrases": ["not only", "no doubt", "wet paint"]},
        {"name": "street", "effect": "clause", "until": "clause", "phrases": ["street"]},
        {"name": "hence", "effect": "strong", "until": "strong", "phrases": ["hence"]},
        {"name": "whole", "effect": "sentence", "until": "sentence", "direction": "both", "phrases": ["today"]},
        {"name": "if", "effect": "behind", "direction": "backward", "until": "clause", "phrases": ["if"]},
        {"name": "non", "effect": "near", "reach": 1, "phrases": ["non"]},
        {"name": "event", "effect": "event", "of": ["event"], "phrases": ["big"]},
        {"name": "once", "effect": "opens", "opens": "clause", "phrases": ["once"]},
        {"name": "said", "source": "before", "until": "verb", "phrases": ["says", "thinks"]},
        {"name": "by", "source": "after", "near": 3, "direction": "both", "phrases": ["by"]},
    ],
    "source": [
        {"name": "man", "effect": "man", "until": "clause", "phrases": ["man"]},
        {"name": "radio", "effect": "radio", "until": "clause", "phrases": ["radio"]},
    ],
}  # fmt: skip
GRAMMAR = load_rules("extraction", "context")["grammar"]
CONTEXT = Context({**GRAMMAR, "classes": {"very": ["very", "quite"]}}, TABLES)


def effects(sentence: str) -> list[str]:
    """The effects upon the last target, in alphabetical order."""
    return sorted(CONTEXT.read(tuple(sentence.split()))[-1].effects)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param("it is not wet .", ["verb"], id="forward"),
        pytest.param("it is wet , not dry .", [], id="not_backward"),
        pytest.param("it is not dry but wet .", [], id="termination"),
        pytest.param("it is not dry and is wet .", [], id="next_predicate"),
        pytest.param("it is not dry , it is wet .", [], id="next_clause"),
        pytest.param("the road , not swept , is wet .", [], id="insertion"),
        pytest.param("a road not swept is wet .", [], id="until_the_verb"),
        pytest.param("we do not think it is wet .", ["verb"], id="into_a_complement"),
        pytest.param("without rain the road is wet .", [], id="within_a_phrase"),
        pytest.param("nothing he did made it wet .", ["predicate"], id="over_the_verb"),
        pytest.param("no rain fell and the road is wet .", ["predicate"], id="one_thought"),
        pytest.param("no rain was seen and the road is wet .", [], id="next_subject"),
        pytest.param("no road , no roof , and no wall is wet .", ["predicate"], id="concord"),
        pytest.param("the street is cold and is wet .", ["clause"], id="same_subject"),
        pytest.param("the street is cold , and the roof is wet .", [], id="other_subject"),
        pytest.param("hence it is cold , and the roof is wet .", ["strong"], id="over_clauses"),
        pytest.param("hence it is cold ; the roof is wet .", [], id="semicolon"),
        pytest.param("today it is cold ; the roof is wet .", ["sentence"], id="over_all"),
        pytest.param("it is wet if it rains .", ["behind"], id="backward"),
        pytest.param("it is wet , and if it rains we stay .", [], id="backward_to_its_clause"),
        pytest.param("it shows nothing of note , and the road is wet .", [], id="object_is_no_complement"),
        pytest.param("it is nothing but wet .", ["predicate"], id="anything_but"),
        pytest.param("no report , however carefully read , makes it wet .", ["predicate"], id="however_read"),
        pytest.param("that does not make it wet .", ["verb"], id="that_as_subject"),
        pytest.param("without that rain it is wet .", [], id="that_as_determiner"),
        pytest.param(
            "we do not think , on the basis of two notes that show it , that it is wet .",
            ["verb"],
            id="insertion_before_that",
        ),
        pytest.param("it does not rain on a road , which , for one day , is wet .", [], id="insertion_after_which"),
        pytest.param("none of the roads being swept , nothing is dry , the street is wet .", ["clause"], id="absolute"),
        pytest.param("it is non wet .", ["near"], id="within_reach"),
        pytest.param("a non slip road is wet .", [], id="out_of_reach"),
        pytest.param("it is big and wet .", [], id="of_another_kind"),
        pytest.param("it is a big flood .", ["event"], id="of_its_kind"),
        pytest.param("once swept it is wet .", ["opens"], id="opens"),
        pytest.param("we came once and it was wet .", [], id="opens_not"),
        pytest.param("it is not only wet .", [], id="hidden"),
        pytest.param("there is no doubt that it is wet .", [], id="hidden_in_a_longer_phrase"),
        pytest.param("the man says it is wet .", ["man"], id="source"),
        pytest.param("the radio and the man say , the man thinks it wet .", ["man"], id="nearest_source"),
        pytest.param("the man 's radio says it is wet .", ["radio"], id="possessive"),
        pytest.param("a man is what he says is wet .", [], id="passive"),
        pytest.param("the man is here , and she says it is wet .", [], id="source_of_another_clause"),
        pytest.param("it was called wet by the man .", ["man"], id="agent"),
        pytest.param("it was called wet by those who know .", [], id="no_agent"),
        pytest.param("the man soaks it .", ["man"], id="subject_of_a_target"),
    ],
)
def test_what_bears_upon_a_target(sentence: str, expected: list[str]) -> None:
    assert effects(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "states"),
    [
        pytest.param("the road is wet .", True, id="predicate"),
        pytest.param("wet .", True, id="fragment"),
        pytest.param("clearly wet on the day it was swept .", True, id="fragment_with_a_clause"),
        pytest.param("this is clearly a wet road .", True, id="attribute_of_a_predicate"),
        pytest.param("wet roads are dangerous .", False, id="attribute_of_the_subject"),
        pytest.param("he took a wet road .", False, id="attribute_of_an_object"),
        pytest.param("a road that is wet should be closed .", False, id="restrictive_clause"),
        pytest.param("this is a road that is wet .", True, id="restrictive_clause_of_a_predicate"),
        pytest.param("the road , which is wet , is closed .", False, id="insertion"),
        pytest.param("he took the road , which is wet .", True, id="addition"),
    ],
)
def test_a_predicate_is_told_from_an_attribute(sentence: str, states: bool) -> None:
    assert CONTEXT.read(tuple(sentence.split()))[-1].states is states


def test_a_phrase_without_effect_hides_even_targets() -> None:
    assert CONTEXT.read(("mind", "the", "wet", "paint", ".")) == ()


def test_a_class_stands_for_each_of_its_words() -> None:
    words = ("damp", "or", "very", "damp", "or", "quite", "damp")
    assert [(s.target.first, s.target.last) for s in CONTEXT.read(words)] == [(0, 1), (2, 4), (5, 7)]


@given(
    st.lists(
        st.sampled_from(
            [*" ".join(["wet flood not if", *GRAMMAR["strong"]]).split(), ",", "and", "is", "it", "that", "which", "."]
        )
    )
)
def test_any_words_are_read(words: list[str]) -> None:
    for statement in CONTEXT.read(tuple(words)):
        assert 0 <= statement.target.first < statement.target.last <= len(words)
        assert all(modifier.mention.last <= len(words) for modifier in statement.modifiers)
