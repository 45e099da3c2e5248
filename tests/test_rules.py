"""Tests made from the rule files: every pattern matches its `example` and not its `not`, every name is found."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from imr.extraction.amount_patterns import amount_patterns, kind_pattern
from imr.extraction.body_parts import read_body_parts
from imr.extraction.diagnosis_words import pattern_of as diagnosis_pattern
from imr.extraction.drug_list import catalogue, drug_names, wording
from imr.extraction.drugs import read_drugs
from imr.extraction.part_list import part_names, part_pattern, rationale_patterns
from imr.extraction.requests import clause_pattern
from imr.extraction.treatments import title_flag, title_treatments, treatment_names
from imr.extraction.verdict import read_partial_verdict, read_verdict
from imr.extraction.vocabulary import Vocabulary
from imr.extraction.wording import compiled, filled
from imr.records import Span
from imr.rules import load_rules
from tests.all_at_once import assert_none

IMR = Path(__file__).parent.parent / "imr"
RULE_FILES = sorted(path for path in IMR.glob("**/rules/*.toml") if path.parent.parent.name != "synthetic")

DATE = r"\d{1,2}/\d{1,2}/\d{4}(?!\d)"
PATTERN_KEYS = ("pattern", "recognised_by", "outcome")
CASE_MATTERS = {"formats", "header", "requests", "statement"}
"""Files whose patterns read the form's own printing; what else is read is prose, where case says little."""


ROOMS = {path.stem: load_rules(".".join(path.parent.parent.relative_to(IMR).parts), path.stem) for path in RULE_FILES}


class Entry(NamedTuple):
    """One table entry of a rule file that holds a pattern."""

    file: str
    table: str
    name: str
    values: dict[str, Any]

    @property
    def pattern(self) -> str:
        return next(str(self.values[key]) for key in PATTERN_KEYS if isinstance(self.values.get(key), str))


def entries(file: str, table: str, value: Any) -> Iterator[Entry]:
    """Every entry with a pattern in a rule file, however deep it lies."""
    if isinstance(value, dict):
        if any(isinstance(value.get(key), str) for key in PATTERN_KEYS):
            name = str(value.get("name") or value.get("section") or value.get("title") or value.get("value") or table)
            yield Entry(file, table, name, value)
        for key, inner in value.items():
            yield from entries(file, f"{table}.{key}" if table else key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from entries(file, table, inner)


ENTRIES = [
    entry for path in RULE_FILES for entry in entries(path.stem, "", tomllib.loads(path.read_text(encoding="utf-8")))
]


def pattern_of(entry: Entry) -> re.Pattern[str]:
    """The pattern as the step that uses it compiles it."""
    rules = ROOMS[entry.file]
    if "dialect" in rules:
        return rules.pattern_of(entry.values).expression
    match entry.file, entry.table:
        case "statement", _:
            return re.compile(entry.pattern)
        case "requests", "clause":
            return clause_pattern(entry.pattern)
        case "amounts", "kind":
            return kind_pattern(entry.name)
        case "amounts", _:
            return next(m.pattern for m in amount_patterns()[entry.values["field"]] if m.name == entry.name)
        case "body_parts", "rationale":
            return dict(rationale_patterns())[entry.name]
        case "body_parts", _:
            return part_pattern(entry.name)
        case "treatments", _:
            return title_flag(entry.name)
        case "diagnoses", _:
            before = f"(?:{entry.values['before']}) " if "before" in entry.values else ""
            return diagnosis_pattern(before + entry.pattern)
        case "drugs", _:
            return wording(entry.name)
        case "personal_data", _:
            return re.compile(entry.pattern, re.IGNORECASE)
        case "requests", "original" | "authorized" | "remainder":
            return re.compile(entry.pattern, re.IGNORECASE | re.DOTALL)
        case "patient", _:
            rules = load_rules("extraction", "patient")
            return compiled(
                entry.pattern.replace("{date}", f"(?P<date>{rules['date']})").replace("{age}", rules["age"])
            )
        case "guidelines", _:
            return compiled(filled(entry.pattern, load_rules("extraction", "guidelines")["named"]))
        case file, _ if file in CASE_MATTERS:
            return re.compile(entry.pattern.replace("DATE", DATE))
    return compiled(entry.pattern)


def test_all_rule_files_are_read() -> None:
    assert {path.parent.parent.name for path in RULE_FILES} >= {"cleaning", "splitting", "extraction"}
    assert {entry.file for entry in ENTRIES} >= {"reflow", "formats", "header", "requests", "patient", "guidelines"}


def faults(entry: Entry) -> Iterator[str]:
    """What is wrong with an entry by its own example, counter-example and marks."""
    try:
        pattern, example, counter_example = pattern_of(entry), entry.values["example"], entry.values["not"]
    except (re.error, LookupError, StopIteration) as error:
        yield f"{error!r}"
        return
    if not pattern.search(example):
        yield "does not match its example"
    if pattern.search(counter_example):
        yield "matches its counter-example"
    if "marks" in entry.values and not any(mark in example.lower() for mark in entry.values["marks"]):
        yield "none of its marks stands in its example"


@pytest.mark.parametrize("file", sorted({entry.file for entry in ENTRIES}))
def test_patterns_match_their_examples_and_not_their_counter_examples(file: str) -> None:
    assert_none(
        f"{entry.table} {entry.name}: {fault}" for entry in ENTRIES if entry.file == file for fault in faults(entry)
    )


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
    for names in [*parts["part"].values(), parts["parts"], parts["back"]["names"]]:
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
