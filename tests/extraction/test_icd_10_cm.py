"""What is kept of ICD-10-CM: how the file is made, and that lists of its names are taken apart.

The package that carries ICD-10-CM is not needed to run: without it the file is only read.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import random
from collections import Counter

import pytest

from imr.extraction.diagnoses import read_diagnoses
from imr.records import Span
from imr.rules import load_rules
from tests.extraction.icd_10_cm import PACKAGE, RULES, names_in, rule_file, tabular_list

SEED = 1
LISTS = 1000
needs_package = pytest.mark.skipif(
    importlib.util.find_spec("simple_icd_10_cm") is None, reason=f"{PACKAGE} is not installed"
)


def entries(table: str) -> list[str]:
    return " ".join(load_rules("extraction", "icd_10_cm")[table].split()).split("; ")


@pytest.mark.parametrize("table", ["conditions", "places", "pairs", "tails"])
def test_entries_are_sorted_and_stand_once(table: str) -> None:
    assert entries(table) == sorted(set(entries(table)))


@pytest.mark.parametrize(
    ("table", "entry"),
    [
        pytest.param("conditions", "derangement", id="condition"),
        pytest.param("places", "calcaneofibular", id="place"),
        pytest.param("pairs", "dizziness and giddiness", id="pair"),
        pytest.param("pairs", "synovitis and tenosynovitis", id="pair-of-endings"),
        pytest.param("tails", "single episode", id="tail"),
    ],
)
def test_what_the_names_tell_is_there(table: str, entry: str) -> None:
    assert entry in entries(table)


@needs_package
def test_the_file_is_what_the_package_gives() -> None:
    version = importlib.metadata.version(PACKAGE)
    if f"{PACKAGE} {version} " not in RULES.read_text(encoding="utf-8"):
        pytest.skip(f"the file was made with another version than {version}")
    assert rule_file() == RULES.read_text(encoding="utf-8")


@needs_package
def test_lists_of_its_names_are_taken_apart() -> None:
    names = [n.words for n in names_in(tabular_list()) if n.is_billable and not n.is_synonym and n.code[0] in "MS"]
    dice = random.Random(SEED)
    right = found = there = 0
    for _ in range(LISTS):
        listed = list(dict.fromkeys(dice.choices(names, k=dice.randint(2, 4))))
        text = f"She was diagnosed with {', '.join(listed[:-1])} and {listed[-1]}."
        read = [item.value for item in read_diagnoses(text, Span(0, len(text)))]
        right += (Counter(read) & Counter(listed)).total()
        found, there = found + len(read), there + len(listed)
    assert 2 * right / (found + there) > 0.93
