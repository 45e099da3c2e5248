from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.vocabulary import Vocabulary

FRUIT = Vocabulary(
    {"apple": 1, "apple tart": 2, "cherry": 3, "B12": 4, "half-baked pie": 5, "apples and pears": 6, "peel of apple": 7}
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("one Apple", [(1, "Apple")], id="case_is_ignored"),
        pytest.param("an apple tart", [(2, "apple tart")], id="the_longest_wins"),
        pytest.param("apple\ntart", [(2, "apple\ntart")], id="a_line_break_is_a_blank"),
        pytest.param("apples, cherries", [(1, "apples"), (3, "cherries")], id="plurals_count"),
        pytest.param("pineapple", [], id="no_part_of_a_word"),
        pytest.param("apple, tart", [(1, "apple")], id="a_comma_parts"),
        pytest.param("B-12 and b12", [(4, "B-12"), (4, "b12")], id="letters_and_digits_are_words"),
        pytest.param("half baked/pie", [(5, "half baked/pie")], id="hyphen_slash_and_blank_are_alike"),
        pytest.param("half-baked bread", [], id="no_half_phrase"),
        pytest.param("apples and", [(1, "apples")], id="a_plural_that_begins_a_phrase"),
        pytest.param("peel of the apple", [(7, "peel of the apple")], id="an_article_inside"),
        pytest.param("peel of the", [], id="an_article_ends_no_phrase"),
        pytest.param("apple the apple", [(1, "apple"), (1, "apple")], id="an_article_between_phrases"),
    ],
)
def test_finds(text: str, expected: list[tuple[int, str]]) -> None:
    assert [(hit.key, text[hit.start : hit.end]) for hit in FRUIT.find(text, 0, len(text))] == expected


def test_keeps_to_its_range() -> None:
    text = "cherry apple cherry"
    assert [hit.key for hit in FRUIT.find(text, 7, 12)] == [1]


@given(st.text(alphabet="aple tchry-/\n12B", max_size=60))
def test_hits_are_ordered_and_apart(text: str) -> None:
    hits = list(FRUIT.find(text, 0, len(text)))
    edges = [edge for hit in hits for edge in (hit.start, hit.end)]
    assert edges == sorted(edges)
    assert all(hit.start < hit.end for hit in hits)
