"""Tests made from the rule files: every pattern matches its `example` and not its `not`, every name is found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from imr.extraction.body_parts import read_body_parts
from imr.extraction.drug_list import catalogue, drug_names
from imr.extraction.drugs import read_drugs
from imr.extraction.part_list import part_names
from imr.extraction.treatments import title_treatments, treatment_names
from imr.extraction.verdict import read_partial_verdict, read_verdict
from imr.extraction.vocabulary import Vocabulary
from imr.records import Span
from imr.rules import Pattern, Rules, load_rules
from imr.text import lowered
from tests.all_at_once import assert_none

IMR = Path(__file__).parent.parent / "imr"
FILES = {
    path.stem: load_rules(".".join(path.parent.parent.relative_to(IMR).parts), path.stem)
    for path in sorted(IMR.glob("**/rules/*.toml"))
    if path.parent.parent.name != "synthetic"
}
_LONGEST_LINE = 150  # characters of an expression that may stand in one line


def entries(value: object, table: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every entry with a pattern, however deep it lies, with its table."""
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield table, value
        for key, inner in value.items():
            yield from entries(inner, f"{table}.{key}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from entries(inner, table)


PATTERNS = {
    file: [(table, rules.pattern_of(entry, table)) for table, entry in entries(rules)] for file, rules in FILES.items()
}
"""The patterns of each file, as the steps have them."""


def test_all_rule_files_are_read() -> None:
    assert {file for file, patterns in PATTERNS.items() if patterns} == {
        *("reflow", "furniture", "formats", "pages", "header", "statement", "requests", "amounts", "body_parts"),
        *("treatments", "drugs", "patient", "diagnoses", "guidelines", "specialties", "personal_data"),
        *("guideline_keys", "modalities", "operations"),
    }
    assert sum(map(len, PATTERNS.values())) > 250


def stands_in(pattern: Pattern, text: str) -> bool:
    """Whether a pattern is found in a text, behind what must stand before it."""
    found = pattern.expression.finditer(text)
    return any(pattern.before is None or pattern.before.search(text, 0, match.start()) for match in found)


def faults(pattern: Pattern) -> Iterator[str]:
    """What is wrong with a pattern by its own example, counter-example and marks."""
    if not stands_in(pattern, pattern.example):
        yield "does not match its example"
    if stands_in(pattern, pattern.counter_example):
        yield "matches its counter-example"
    if not pattern.may_be_in(lowered(pattern.example)):
        yield "none of its marks stands in its example"


@pytest.mark.parametrize("file", sorted(file for file, patterns in PATTERNS.items() if patterns))
def test_patterns_match_their_examples_and_not_their_counter_examples(file: str) -> None:
    assert_none(f"{table} {each.name}: {fault}" for table, each in PATTERNS[file] for fault in faults(each))


def expressions(rules: Rules) -> Iterator[tuple[str, str]]:
    """All expressions of a file as they are written, each with what it is called."""
    yield from ((name, part) for name, part in rules.get("parts", {}).items())
    yield from (
        (entry.get("name", table), entry[key]) for table, entry in entries(rules) for key in _KEYS & entry.keys()
    )


_KEYS = frozenset(("pattern", "before"))


@pytest.mark.parametrize("file", sorted(file for file, rules in FILES.items() if "dialect" in rules))
def test_expressions_are_written_in_the_dialect(file: str) -> None:
    written = list(expressions(FILES[file]))
    used = {
        name for _, text in [*written, ("", FILES[file]["dialect"].get("frame", ""))] for name in _USED.findall(text)
    }
    assert_none(f"{name}: longer than one line should be" for name, text in written if _is_long(text))
    assert_none(f"{name}: a blank says what `\\s+` and `\\s*` say" for name, text in written if _SPELT_OUT.search(text))
    assert_none(f"{name}: a part that nothing uses" for name in FILES[file].get("parts", {}).keys() - used)


_USED = re.compile(r"\{([a-z]\w*)")
_SPELT_OUT = re.compile(r"\\s[+*]")


def _is_long(text: str) -> bool:
    return any(len(line) > _LONGEST_LINE for line in text.splitlines())


def phrase_entries() -> Iterator[Any]:
    """Every row of the tables of phrases by which verdicts are read."""
    for file in ("context", "verdicts"):
        rules = load_rules("extraction", file)
        for table in ("target", "echo", "modifier", "topic", "source"):
            for row in rules.get(table, ()):
                yield pytest.param(row["example"], row["not"], id=f"{file}-{table}-{row['name']}")


@pytest.mark.parametrize(("example", "counterexample"), list(phrase_entries()))
def test_an_entry_of_phrases_makes_the_difference(example: str, counterexample: str) -> None:
    assert _verdict(example) != _verdict(counterexample)


def _verdict(text: str) -> tuple[object, ...]:
    region = Span(0, len(text))
    verdict, partial = read_verdict(text, region, "<item>"), read_partial_verdict(text, region, "<item>")
    return (verdict and (verdict.value, verdict.rule), bool(partial))


def _whole(vocabulary: Vocabulary[Any], name: str) -> bool:
    """Whether a name is found from its first to its last letter, as one."""
    hits = list(vocabulary.find(name, 0, len(name)))
    return len(hits) == 1 and not re.search(r"\w", name[: hits[0].start] + name[hits[0].end :])


VOCABULARIES: dict[str, Vocabulary[Any]] = {
    "drugs": catalogue(),
    "treatments": treatment_names(),
    "body_parts": part_names(),
}


def _names() -> Iterator[tuple[str, str]]:
    yield from (("drugs", name) for name in drug_names())
    for entry in load_rules("extraction", "treatments")["treatment"]:
        yield from (("treatments", name) for name in entry["names"])
    parts = load_rules("extraction", "body_parts")
    for names in [*parts["part"].values(), parts["several"], parts["back"]["names"]]:
        yield from (("body_parts", name) for name in names)


def test_every_name_of_a_vocabulary_is_found_whole() -> None:
    assert_none(f"{file}: {name}" for file, name in _names() if not _whole(VOCABULARIES[file], name))


READERS: dict[str, Callable[[str, Span], Sequence[object]]] = {
    "drugs": read_drugs,
    "treatments": title_treatments,
    "body_parts": lambda text, title: read_body_parts(text, title, Span(0, 0)),
}


@pytest.mark.parametrize("file", READERS)
def test_nothing_of_a_vocabulary_is_found_where_it_never_may_be(file: str) -> None:
    texts = load_rules("extraction", file)["never"]
    assert texts
    assert_none(text for text in texts if READERS[file](text, Span(0, len(text))))
