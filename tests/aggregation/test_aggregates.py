from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr.aggregation.aggregates import aggregate
from imr.aggregation.by_year import aggregate_by_year
from imr.lake.layout import Partition
from imr.tables.declaration import AGGREGATES
from imr.tables.schema import Table

Row = dict[str, Any]
Reader = Callable[..., Callable[[str, list[str]], pa.Table]]

_OUTCOMES = ("upheld", "overturned", "partially_overturned")
_COUNTS = ["decisions", *_OUTCOMES]

_some = settings(max_examples=40, deadline=None)


def _counts(table: pa.Table, *groups: str) -> list[tuple[Any, ...]]:
    """Rows of an outcomes table in short: its groups, then decisions, upheld, overturned, partially overturned."""
    return [tuple(row.values()) for row in table.select([*groups, *_COUNTS]).to_pylist()]


def _decided(*outcomes: str, **more: object) -> list[Row]:
    return [{"decision_number": number, "outcome": outcome, **more} for number, outcome in enumerate(outcomes, 1)]


def test_no_letters_give_every_summary_table_without_rows(reader: Reader) -> None:
    tables = aggregate(reader())
    assert {name: table.num_rows for name, table in tables.items()} == {table.name: 0 for table in AGGREGATES}


@pytest.mark.parametrize("declared", AGGREGATES, ids=lambda table: table.name)
@pytest.mark.parametrize("outcomes", [(), ("upheld",)], ids=["no letters", "one letter"])
def test_columns_are_the_declared_ones(reader: Reader, declared: Table, outcomes: tuple[str, ...]) -> None:
    schema = aggregate(reader(decisions=_decided(*outcomes)))[declared.name].schema
    assert [(field.name, field.type) for field in schema] == [(field.name, field.type) for field in declared.schema]


def test_outcomes_of_a_year_are_counted_and_rated(reader: Reader) -> None:
    outcomes = ("upheld", "upheld", "upheld", "overturned", "partially_overturned")
    (row,) = aggregate(reader(decisions=_decided(*outcomes, case_year=2015)))["outcomes_by_year"].to_pylist()
    assert row == {
        "case_year": 2015,
        "decisions": 5,
        "upheld": 3,
        "overturned": 1,
        "partially_overturned": 1,
        "overturn_rate": pytest.approx(0.4),
        "overturn_rate_low": pytest.approx(0.117621, abs=1e-6),
        "overturn_rate_high": pytest.approx(0.769276, abs=1e-6),
    }


def test_years_come_in_order_and_the_unknown_one_last(reader: Reader) -> None:
    decisions = [{"decision_number": n, "case_year": year} for n, year in enumerate([2019, None, 2014, 2019], 1)]
    table = aggregate(reader(decisions=decisions))["outcomes_by_year"]
    assert table.select(["case_year", "decisions"]).to_pydict() == {
        "case_year": [2014, 2019, None],
        "decisions": [1, 2, 1],
    }


def test_decisions_without_a_subcategory_are_a_group_of_their_own(reader: Reader) -> None:
    known = {"treatment_category": "Surgery", "treatment_subcategory": "Spine"}
    decisions = [{"decision_number": 1, **known}, {"decision_number": 2, "treatment_category": "Surgery"}]
    table = aggregate(reader(decisions=decisions))["outcomes_by_treatment"]
    assert _counts(table, "treatment_category", "treatment_subcategory") == [
        ("Surgery", "Spine", 1, 1, 0, 0),
        ("Surgery", None, 1, 1, 0, 0),
    ]


def test_a_decision_counts_once_in_each_of_its_body_parts(reader: Reader) -> None:
    decisions = [
        {"decision_number": 1, "outcome": "overturned", "body_parts": ["wrist", "hand", "hand"]},
        {"decision_number": 2, "outcome": "upheld", "body_parts": ["hand"]},
        {"decision_number": 3, "outcome": "upheld", "body_parts": []},
    ]
    table = aggregate(reader(decisions=decisions))["outcomes_by_body_part"]
    assert _counts(table, "body_part") == [("hand", 2, 1, 1, 0), ("wrist", 1, 0, 1, 0)]


def test_a_decision_counts_once_for_each_distinct_ingredient(reader: Reader) -> None:
    drugs = [
        {"ingredient": "hydrocodone", "drug_class": "Opioids"},
        {"ingredient": "acetaminophen", "drug_class": "Misc Analgesics"},
        {"ingredient": "hydrocodone", "drug_class": "Opioids"},
        {"decision_number": 2, "ingredient": "hydrocodone", "drug_class": "Opioids"},
        {"decision_number": 3},
    ]
    outcomes = ("upheld", "overturned", "partially_overturned", "upheld")
    table = aggregate(reader(decisions=_decided(*outcomes), drugs=drugs))["outcomes_by_drug"]
    assert _counts(table, "ingredient", "drug_class") == [
        ("acetaminophen", "Misc Analgesics", 1, 1, 0, 0),
        ("hydrocodone", "Opioids", 2, 1, 1, 0),
        (None, None, 1, 0, 0, 1),
    ]


def test_a_guideline_cited_twice_by_one_side_counts_once(reader: Reader) -> None:
    knee = {"source": "ODG", "title": "Knee"}
    citations = [knee, knee, {**knee, "cited_by": "claims_administrator"}, {"source": "ODG"}]
    table = aggregate(reader(decisions=_decided("overturned"), citations=citations))["outcomes_by_guideline"]
    assert _counts(table, "cited_by", "source", "title") == [
        ("claims_administrator", "ODG", "Knee", 1, 0, 1, 0),
        ("reviewer", "ODG", "Knee", 1, 0, 1, 0),
        ("reviewer", "ODG", None, 1, 0, 1, 0),
    ]


@pytest.mark.parametrize(
    ("column", "name", "group"),
    [
        pytest.param("reviewer_specialties", "outcomes_by_specialty", "specialty", id="specialties"),
        pytest.param("reviewer_specialty_names", "outcomes_by_specialty_name", "specialty_name", id="their names"),
        pytest.param("reviewer_licensed_states", "outcomes_by_licensed_state", "state", id="states"),
    ],
)
def test_every_decision_of_a_case_counts_for_all_of_its_reviewer(
    reader: Reader, column: str, name: str, group: str
) -> None:
    cases = [{"document_id": "b", column: ["X"]}, {column: ["X", "Y", "X"]}, {"document_id": "c", column: ["Z"]}]
    decisions = [*_decided("upheld", "overturned"), *_decided("upheld", document_id="b")]
    table = aggregate(reader(decisions=decisions, cases=cases))[name]
    assert _counts(table, group) == [("X", 3, 2, 1, 0), ("Y", 2, 1, 1, 0)]


_KNOWN = {"body_parts": ["hip"], "modality": "MRI", "operation": "arthroscopy"}
_REVIEWER = {
    "reviewer_specialties": ["S"],
    "reviewer_specialty_names": ["Surgery"],
    "reviewer_licensed_states": ["CA"],
}


def test_only_latest_letters_count(reader: Reader) -> None:
    old = {"document_id": "old", "is_latest": False}
    named = {"drugs": {"ingredient": "ibuprofen"}, "citations": {"title": "Pain"}}
    tables = aggregate(
        reader(
            decisions=[{**_KNOWN, **decision} for decision in ({}, old)],
            cases=[{**_REVIEWER, **case} for case in ({}, old)],
            **{name: [row, {**row, "document_id": "old"}] for name, row in named.items()},
        )
    )
    others = ("processing_times", "dwc_agreement")
    counted = {name: table["decisions"].to_pylist() for name, table in tables.items() if name not in others}
    assert counted == {name: [1] for name in counted}


def test_each_table_is_read_once_and_only_the_columns_needed(reader: Reader) -> None:
    asked: list[str] = []

    def read(name: str, columns: list[str]) -> pa.Table:
        asked.append(name)
        assert not {"rationale", "text", "clinical_case_summary"} & set(columns)
        return reader()(name, columns)

    aggregate(read)
    assert sorted(asked) == ["cases", "citations", "decisions", "drugs", "dwc_index"]


@pytest.mark.parametrize(
    ("table", "column", "expected"),
    [
        pytest.param("outcomes_by_decision_year", "decision_year", [2016, 2017, None], id="years"),
        pytest.param(
            "outcomes_by_decision_quarter",
            "decision_quarter",
            [dt.date(2016, 10, 1), dt.date(2017, 1, 1), None],
            id="quarters",
        ),
        pytest.param(
            "outcomes_by_decision_month",
            "decision_month",
            [dt.date(2016, 12, 1), dt.date(2017, 2, 1), dt.date(2017, 3, 1), None],
            id="months",
        ),
    ],
)
def test_decisions_are_counted_by_when_they_fell(
    reader: Reader, table: str, column: str, expected: list[object]
) -> None:
    dates = [dt.date(2017, 3, 31), dt.date(2016, 12, 31), dt.date(2017, 2, 1), dt.date(2017, 2, 28), None]
    decisions = [{"decision_number": n, "decision_date": date} for n, date in enumerate(dates, 1)]
    counts = aggregate(reader(decisions=decisions))[table]
    assert counts[column].to_pylist() == expected
    assert sum(counts["decisions"].to_pylist()) == len(dates)


@pytest.mark.parametrize(
    ("injured", "decided", "years"),
    [
        pytest.param(dt.date(2014, 2, 1), dt.date(2017, 2, 1), 3, id="an anniversary"),
        pytest.param(dt.date(2014, 2, 2), dt.date(2017, 2, 1), 2, id="the day before one"),
        pytest.param(dt.date(2016, 2, 29), dt.date(2017, 2, 28), 0, id="a leap day"),
        pytest.param(dt.date(2017, 2, 1), dt.date(2017, 2, 1), 0, id="the day itself"),
        pytest.param(dt.date(2017, 2, 2), dt.date(2017, 2, 1), None, id="dates out of order"),
        pytest.param(None, dt.date(2017, 2, 1), None, id="no date of injury"),
    ],
)
def test_the_age_of_an_injury_is_in_whole_years(
    reader: Reader, injured: dt.date | None, decided: dt.date, years: int | None
) -> None:
    rows = aggregate(reader(decisions=[{"decision_date": decided}], cases=[{"date_of_injury": injured}]))
    assert rows["outcomes_by_injury_age"]["injury_age_years"].to_pylist() == [years]


def test_a_drug_class_is_counted_by_year_of_decision_once_per_item(reader: Reader) -> None:
    drugs = [{"drug_class": "Opioids", "product": "a"}, {"drug_class": "Opioids", "product": "b"}]
    tables = aggregate(reader(decisions=_decided("upheld", decision_date=dt.date(2017, 1, 2)), drugs=drugs))
    assert _counts(tables["outcomes_by_drug_class_year"], "drug_class", "decision_year") == [
        ("Opioids", 2017, 1, 1, 0, 0)
    ]
    assert _counts(tables["outcomes_by_product"], "product") == [("a", 1, 1, 0, 0), ("b", 1, 1, 0, 0)]


_KEYS = st.sampled_from(["a", "b", "c"])
_WORDS = st.sampled_from(["p", "q", None])
_LISTS = st.lists(st.sampled_from(["p", "q", "r"]), max_size=3)
_YEARS = st.sampled_from([2014, 2015, None])


@st.composite
def _lakes(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Some letters' rows: keys are unique where the contract says so, drugs and citations may hang on nothing."""
    keys = draw(st.lists(st.tuples(_KEYS, st.integers(1, 3)), unique=True, max_size=8))
    latest = {document: draw(st.booleans()) for document in "abc"}
    key = {"document_id": _KEYS, "decision_number": st.integers(1, 3)}
    decision = {
        "case_year": _YEARS,
        "outcome": st.sampled_from(_OUTCOMES),
        "treatment_category": _WORDS,
        "treatment_subcategory": _WORDS,
        "body_parts": _LISTS,
    }
    citation = {
        "cited_by": st.sampled_from(["claims_administrator", "reviewer"]),
        "source": st.sampled_from(["ODG", "MTUS"]),
        "title": _WORDS,
    }
    lists = {"reviewer_specialties": _LISTS, "reviewer_licensed_states": _LISTS}
    return {
        "decisions": [
            {
                **draw(st.fixed_dictionaries(decision)),
                "document_id": document,
                "decision_number": number,
                "is_latest": latest[document],
            }
            for document, number in keys
        ],
        "cases": [
            {**draw(st.fixed_dictionaries(lists)), "document_id": document, "is_latest": latest[document]}
            for document in "abc"
        ],
        "drugs": draw(st.lists(st.fixed_dictionaries({**key, "ingredient": _WORDS, "drug_class": _WORDS}), max_size=8)),
        "citations": draw(st.lists(st.fixed_dictionaries({**key, **citation}), max_size=12)),
    }


@_some
@given(_lakes())
def test_outcomes_add_up_to_decisions(reader: Reader, rows: dict[str, list[Row]]) -> None:
    tables = aggregate(reader(**rows))
    for table in (tables[name] for name in tables if name.startswith("outcomes_")):
        summed = pc.add(pc.add(table["upheld"], table["overturned"]), table["partially_overturned"])
        assert summed.to_pylist() == table["decisions"].to_pylist()


@_some
@given(_lakes())
def test_every_latest_decision_is_in_one_year_one_treatment_and_one_agreement_group(
    reader: Reader, rows: dict[str, list[Row]]
) -> None:
    tables = aggregate(reader(**rows))
    latest = sum(row["is_latest"] for row in rows["decisions"])
    for name in ("outcomes_by_year", "outcomes_by_treatment", "guideline_agreement"):
        assert sum(tables[name]["decisions"].to_pylist()) == latest


@_some
@given(_lakes())
def test_sides_agree_or_differ_but_not_both(reader: Reader, rows: dict[str, list[Row]]) -> None:
    for row in aggregate(reader(**rows))["guideline_agreement"].to_pylist():
        assert row["same_guideline"] + row["different_guideline"] <= row["decisions"]


@_some
@given(_lakes(), st.randoms())
def test_the_order_of_rows_does_not_matter(reader: Reader, rows: dict[str, list[Row]], chance: random.Random) -> None:
    shuffled = {name: chance.sample(table, len(table)) for name, table in rows.items()}
    assert aggregate(reader(**shuffled)) == aggregate(reader(**rows))


@_some
@given(_lakes())
def test_no_group_comes_twice(reader: Reader, rows: dict[str, list[Row]]) -> None:
    tables = aggregate(reader(**rows))
    for declared in AGGREGATES:
        groups = [tuple(row.values()) for row in tables[declared.name].select(list(declared.key)).to_pylist()]
        assert len(set(groups)) == len(groups)


@_some
@given(_lakes())
def test_summaries_made_year_by_year_are_those_of_all_rows(reader: Reader, rows: dict[str, list[Row]]) -> None:
    years = {"a": 2017, "b": 2018, "c": None}
    for row in (*rows["decisions"], *rows["cases"]):
        row["case_year"] = years[row["document_id"]]

    def read(file: Partition, columns: list[str]) -> pa.Table:
        of_year = [row for row in rows.get(file.table, []) if f"year={years[row['document_id']] or 0}" == file.folder]
        return reader(**{file.table: of_year})(file.table, columns)

    def partitions(table: str) -> list[Partition]:
        return [Partition(table, f"year={year}", 0) for year in (0, 2017, 2018)]

    assert aggregate_by_year(partitions, read) == aggregate(reader(**rows))


def test_a_lake_without_rows_has_empty_summaries(reader: Reader) -> None:
    assert aggregate_by_year(lambda _: [], lambda *_: pa.table({})) == aggregate(reader())
