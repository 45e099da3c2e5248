"""The questions of docs/reading-the-tables.md: each line of each reader against a count by hand, over the samples."""

from __future__ import annotations

import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imr.api.lake import Lake

_PAGE = (Path(__file__).parents[2] / "docs" / "reading-the-tables.md").read_text(encoding="utf-8")
_CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)
_PART = _PAGE.partition("## Questions, each in one line\n")[2].partition("\n## ")[0]
_SET_UP, *_ASKED = _PART.split("\n### ")
QUESTIONS = {asked.splitlines()[0]: _CODE.findall(asked)[0].splitlines() for asked in _ASKED}
Rows = dict[str, list[dict[str, Any]]]
Answer = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def asked_lake(lake_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lake of the samples, in which some rows say what no sample does, so that every question has an answer."""
    folder = tmp_path_factory.mktemp("asked")
    shutil.copytree(lake_folder / "tables", folder / "tables")
    for name, change in _CHANGES.items():
        for file in (folder / "tables" / name).rglob("*.parquet"):
            rows = pq.ParquetFile(file).read()
            pq.write_table(pa.Table.from_pylist([row | change(row) for row in rows.to_pylist()], rows.schema), file)
    return folder


_LUMBAR_MRI = {"modality": "MRI", "body_parts": ["lumbar spine"]}
_CHANGES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "decisions": lambda row: _LUMBAR_MRI if row["treatment_category"] in ("Diagnostic Testing", "Surgery") else {},
    "drugs": lambda row: {"is_compound": row["drug_class"] in ("Topical Analgesics", "NSAID")},
    "documents": lambda row: {"warnings": ["dates_out_of_order"] if row["byte_size"] % 2 else []},
}


@pytest.fixture(scope="module")
def readers(asked_lake: Path) -> dict[str, Any]:
    """What the page's lines are written for: the tables in three readers."""
    asked = duckdb.connect()
    names = {"duckdb": asked, "pd": pd, "pl": pl, "SimpleNamespace": SimpleNamespace}
    (code,) = _CODE.findall(_SET_UP)
    exec(code.replace('"data_lake/tables"', repr(str(asked_lake / "tables"))), names)
    return names


@pytest.fixture(scope="module")
def rows(asked_lake: Path) -> Rows:
    """The rows of the latest letters, as plain Python has them."""
    lake = Lake(asked_lake)
    tables = {name: lake.arrow(name).to_pylist() for name in ("cases", "decisions", "drugs", "citations", "documents")}
    return {name: [row for row in table if row.get("is_latest", True)] for name, table in tables.items()}


def _item(row: dict[str, Any]) -> tuple[str, int]:
    return row["document_id"], row["decision_number"]


def _share(outcomes: Iterable[str]) -> tuple[int, float]:
    overturned = [outcome != "upheld" for outcome in outcomes]
    return len(overturned), sum(overturned) / len(overturned)


def _most(rows: Iterable[dict[str, Any]], name: str) -> Answer:
    items = {(_item(row), row[name]) for row in rows if row[name] is not None}
    return sorted(Counter(value for _, value in items).items(), key=lambda each: (-each[1], each[0]))


def _lumbar_mri(rows: Rows) -> Answer:
    years = defaultdict(list)
    for row in rows["decisions"]:
        if row["decision_date"] and row["modality"] == "MRI" and "lumbar spine" in row["body_parts"]:
            years[row["decision_date"].year].append(row["outcome"])
    return [(year, *_share(outcomes)) for year, outcomes in sorted(years.items())]


def _two_classes(rows: Rows) -> Answer:
    items = {(row["drug_class"], _item(row), row["outcome"]) for row in rows["drugs"]}
    of = {name: [outcome for each, _, outcome in items if each == name] for name in ("NSAID", "Opioids")}
    return [(name, *_share(outcomes)) for name, outcomes in of.items() if outcomes]


def _acupuncture(rows: Rows) -> Answer:
    names = {row["document_id"]: row["reviewer_specialty_names"] for row in rows["cases"]}
    found = [
        (name, row["outcome"])
        for row in rows["decisions"]
        if row["treatment_subcategory"] == "Acupuncture"
        for name in names[row["document_id"]]
    ]
    return [
        (name, sum(each == name for each, _ in found), sum(each == (name, "overturned") for each in found))
        for name in sorted({name for name, _ in found})
    ]


def _slowest(rows: Rows) -> Answer:
    stages = {
        "to_application": ("ur_denial_date", "application_received_date"),
        "to_reviewer": ("application_received_date", "date_assigned"),
        "to_decision": ("date_assigned", "decision_date"),
    }
    days = {
        stage: median((row[last] - row[first]).days for row in rows["cases"] if row[first] and row[last])
        for stage, (first, last) in stages.items()
    }
    return [max(days.items(), key=lambda each: each[1])]


def _doubtful(rows: Rows) -> Answer:
    doubtful = {row["document_id"] for row in rows["documents"] if row["warnings"]}
    return [(sum(row["document_id"] in doubtful for row in rows["decisions"]),)]


def _out_of_state(rows: Rows) -> Answer:
    states = [row["reviewer_licensed_states"] for row in rows["cases"]]
    return [(sum(bool(each) and "CA" not in each for each in states),)]


BY_HAND: dict[str, Callable[[Rows], Answer]] = {
    "How often is a lumbar MRI overturned, by year?": _lumbar_mri,
    "Do opioids fare worse than NSAIDs?": _two_classes,
    "Who overturns acupuncture?": _acupuncture,
    "How many denials cite no guideline at all?": lambda rows: [
        (sum(row["claims_administrator_cites_none"] for row in rows["decisions"]),)
    ],
    "In how many letters do both sides cite the same guideline?": lambda rows: [
        (len({row["document_id"] for row in rows["decisions"] if row["cites_same_guideline"]}),)
    ],
    "How many reviewers have no licence of California?": _out_of_state,
    "Which stage takes longest?": _slowest,
    "What are compounds made of?": lambda rows: _most(
        (row for row in rows["drugs"] if row["is_compound"]), "ingredient"
    ),
    "In how many decisions does the most repeated rationale stand?": lambda rows: [
        (max(Counter(row["rationale"] for row in rows["decisions"] if row["rationale"]).values()),)
    ],
    "How many decisions stand in letters of which something is doubtful?": _doubtful,
    "And: which products are denied most?": lambda rows: _most(
        (row for row in rows["drugs"] if row["outcome"] == "upheld"), "product"
    )[:5],
    "And: which guidelines do reviewers cite most?": lambda rows: _most(
        (row for row in rows["citations"] if row["cited_by"] == "reviewer"), "guideline"
    )[:5],
}


def _answer(found: Any) -> Answer:
    match found:
        case duckdb.DuckDBPyRelation():
            return found.fetchall()
        case pd.DataFrame():
            return list(found.itertuples(index=False, name=None))
        case pl.DataFrame():
            return found.rows()
        case _:
            return [(found,)]


def test_every_question_is_counted_by_hand() -> None:
    assert list(QUESTIONS) == list(BY_HAND)
    assert {len(lines) for lines in QUESTIONS.values()} == {3}


@pytest.mark.parametrize("question", QUESTIONS)
def test_three_readers_give_the_right_answer_in_one_line(question: str, readers: dict[str, Any], rows: Rows) -> None:
    right = BY_HAND[question](rows)
    assert right
    for line in QUESTIONS[question]:
        answer = _answer(eval(line, readers))
        assert [row[0] for row in answer] == [row[0] for row in right], line
        assert [tuple(map(float, row[1:])) for row in answer] == [pytest.approx(row[1:]) for row in right], line
