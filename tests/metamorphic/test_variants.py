"""Whatever is printed around a letter and however its text was extracted, its tables stay the same in every field."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.metamorphic.letters import Tables, differing, generated, of_2013, pages_of, tables
from tests.metamorphic.variants import VARIANTS, Pages, Variant, plain

FOR_ALL = ("case-number-and-counter", "three-lines", "no-pages-unknown")
"""The variants of every real letter; of one in so many there are all."""
EVERY = 5


class Read(NamedTuple):
    """A letter's pages, and what is read from them as they are."""

    pages: Pages
    tables: Tables


Letters = Mapping[str, Read]


def read_all(letters: Mapping[str, Pages]) -> Letters:
    return {name: Read(pages, tables(name, Variant(plain).text(pages))) for name, pages in letters.items()}


def wrong(letters: Letters, variant: Variant) -> list[str]:
    """The letters and fields of which a variant says something else than the plain letter."""
    long_enough = {name: letter for name, letter in letters.items() if len(letter.pages) >= variant.least_pages}
    assert long_enough
    texts = {name: variant.text(letter.pages) for name, letter in long_enough.items()}
    return [field for name, text in texts.items() for field in differing(letters[name].tables, name, text)]


@pytest.fixture(scope="module")
def letters() -> Letters:
    return read_all(dict([*generated(), *of_2013()]))


@pytest.fixture(scope="module")
def real(real_letters: Path) -> Letters:
    return read_all({path.stem: pages_of(path.read_bytes()) for path in sorted(real_letters.glob("pdf/*.pdf"))})


def test_there_are_letters_of_every_form(letters: Letters) -> None:
    forms = [letter.tables["cases"]["letter_format"][0] for letter in letters.values()]
    assert set(forms) == {"determination_2014", "determination_2013", "notice_2013", "professional_review_2013"}
    assert sum(len(letter.pages) > 2 for letter in letters.values()) > 5
    assert len(VARIANTS) > 25


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_says_what_the_plain_letter_says(name: str, letters: Letters) -> None:
    assert wrong(letters, VARIANTS[name]) == []


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_of_some_real_letters_says_the_same(name: str, real: Letters) -> None:
    some = dict([*real.items()][::EVERY])
    assert wrong(some, VARIANTS[name]) == []


@pytest.mark.parametrize("name", FOR_ALL)
def test_a_variant_of_every_real_letter_says_the_same(name: str, real: Letters) -> None:
    assert wrong(real, VARIANTS[name]) == []
