from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tantivy import Query

from imr.aggregation.outcomes import FEWEST
from imr.api.sql import connect
from imr.explorer import counting
from imr.explorer.counting import aggregated, counts
from imr.explorer.exporting import rows_of
from imr.explorer.facets import FACETS, STAGES
from imr.explorer.generation import Generation
from imr.explorer.kept import Kept
from imr.explorer.odds import outcomes
from imr.explorer.search import NotUnderstoodError, Search, query_of
from imr.explorer.searching import found
from imr.explorer.words import all_of
from imr.lake.layout import LakeLayout


@pytest.fixture(scope="module")
def sql(lake: LakeLayout) -> duckdb.DuckDBPyConnection:
    return connect(lake)


OF_A_DECISION = (
    "FROM decisions d JOIN cases c USING (document_id) JOIN documents t USING (document_id) WHERE d.is_latest"
)
INDEPENDENT = {
    "outcome": f"SELECT outcome, count(*) FROM (SELECT d.outcome {OF_A_DECISION}) GROUP BY 1",
    "year": f"SELECT y, count(*) FROM (SELECT CAST(d.case_year AS VARCHAR) y {OF_A_DECISION}) WHERE y IS NOT NULL GROUP BY 1",
    "category": f"SELECT v, count(*) FROM (SELECT treatment_category v {OF_A_DECISION}) WHERE v IS NOT NULL GROUP BY 1",
    "body_part": f"SELECT v, count(*) FROM (SELECT unnest(list_distinct(body_parts)) v {OF_A_DECISION}) GROUP BY 1",
    "specialty": f"SELECT v, count(*) FROM (SELECT unnest(list_distinct(reviewer_specialty_names)) v {OF_A_DECISION}) GROUP BY 1",
    "state": f"SELECT v, count(*) FROM (SELECT unnest(list_distinct(reviewer_licensed_states)) v {OF_A_DECISION}) GROUP BY 1",
    "form": f"SELECT v, count(*) FROM (SELECT t.letter_format v {OF_A_DECISION}) GROUP BY 1",
    "drug_class": f"SELECT r.drug_class, count(DISTINCT (document_id, decision_number)) FROM (SELECT d.* {OF_A_DECISION}) JOIN drugs r"
    " USING (document_id, decision_number) WHERE r.drug_class IS NOT NULL GROUP BY 1",
    "ingredient": f"SELECT r.ingredient, count(DISTINCT (document_id, decision_number)) FROM (SELECT d.* {OF_A_DECISION}) JOIN drugs r"
    " USING (document_id, decision_number) WHERE r.ingredient IS NOT NULL GROUP BY 1",
}  # fmt: skip


@pytest.mark.parametrize("name", INDEPENDENT)
def test_the_counts_of_a_facet_are_those_of_the_tables(
    index: Generation, sql: duckdb.DuckDBPyConnection, name: str
) -> None:
    shown = {count.value: count.decisions for count in found(index, Search()).facets[name]}
    assert shown == dict(sql.sql(INDEPENDENT[name]).fetchall())


@pytest.mark.parametrize(
    "search",
    [
        pytest.param(Search(), id="all"),
        pytest.param(Search("necessary"), id="most"),
        pytest.param(Search("-knee", earlier=True), id="most-of-all-letters"),
        pytest.param(Search("knee"), id="few"),
        pytest.param(Search().also("outcome", "upheld"), id="filtered"),
    ],
)
def test_every_filter_finds_as_many_as_its_count_says(index: Generation, search: Search) -> None:
    shown = found(index, search)
    for name in FACETS:
        for count in shown.facets[name][:3]:
            assert found(index, search.without_facet(name).also(name, count.value)).total == count.decisions


@pytest.mark.parametrize("text", ["necessary", "-knee"])
def test_what_most_decisions_have_is_counted_as_what_few_have(
    index: Generation, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    search = Search(text)
    assert found(index, search).total > found(index, Search()).total / 2
    query = query_of(index.index, search)
    both = counts(index, search)
    assert both == aggregated(index.searcher, query)
    overturned = aggregated(index.searcher, all_of([query, Query.term_query(index.index.schema, "overturned", 1)]))
    assert both.overturned.decisions == overturned.all.decisions
    assert both.overturned.fields.items() <= overturned.all.fields.items()
    monkeypatch.setattr(counting, "_MOST_VALUES", 2)  # as if each field had more
    whole = aggregated(index.searcher, query_of(index.index, Search()))
    monkeypatch.setattr(index, "kept", Kept())
    index.kept.get(Search().found_by, lambda: whole)
    assert counts(index, search) == aggregated(index.searcher, query)


def test_all_decisions_are_counted_when_the_index_is_made(index: Generation) -> None:
    for search in (Search(), Search(earlier=True)):
        assert counts(index, search) == aggregated(index.searcher, query_of(index.index, search))


def test_values_of_one_filter_widen_and_filters_narrow(index: Generation) -> None:
    both = Search().also("outcome", "upheld").also("outcome", "overturned")
    counts = {count.value: count.decisions for count in found(index, Search()).facets["outcome"]}
    assert found(index, both).total == counts["upheld"] + counts["overturned"]
    shown = found(index, both)
    assert {count.value for count in shown.facets["outcome"]} == set(counts)
    year = shown.facets["year"][0]
    assert found(index, both.also("year", year.value)).total == year.decisions
    assert both.also("year", year.value).without("year", year.value) == both


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param("injection", "regexp_matches(t, '\\binject(ion|ions|ed|ing)?\\b')", id="stem"),
        pytest.param('"not medically necessary"', "regexp_matches(t, '\\bnot medically necessary\\b')", id="phrase"),
        pytest.param("knee necessary", "regexp_matches(t, '\\bknees?\\b') AND regexp_matches(t, '\\bnecessary\\b')", id="both"),
        pytest.param("-knee", "NOT regexp_matches(t, '\\bknees?\\b')", id="without"),
    ],
)  # fmt: skip
def test_words_find_what_a_pattern_finds(
    index: Generation, sql: duckdb.DuckDBPyConnection, text: str, where: str
) -> None:
    texts = "concat_ws(chr(10), d.treatment_request, d.rationale, c.clinical_case_summary)"
    cleaned = f"SELECT regexp_replace(lower({texts}), '\\s+', ' ', 'g') AS t {OF_A_DECISION}"
    ((expected,),) = sql.sql(f"SELECT count(*) FROM ({cleaned}) WHERE {where}").fetchall()
    assert expected
    assert found(index, Search(text)).total == expected


def test_a_case_number_means_its_case_and_nothing_else(index: Generation, sql: duckdb.DuckDBPyConnection) -> None:
    number, count = sql.sql(
        "SELECT case_number, count(*) FROM decisions WHERE case_number IS NOT NULL AND is_latest GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    ).fetchall()[0]
    for text in (number, number.lower(), f"{number},"):
        assert found(index, Search(text)).total == count
    assert found(index, Search(f"{number[:-1]}")).total == 0


def test_words_are_marked_in_the_snippet_and_in_the_request(index: Generation) -> None:
    for hit in found(index, Search("necessary")).hits:
        assert "".join(piece.text for piece in hit.request) == hit.first("request")
        marked = [piece.text.lower() for piece in (*hit.request, *hit.snippet) if piece.found]
        assert marked
        assert all(word.startswith("necess") for word in marked)


def test_the_odds_are_those_of_the_tables(index: Generation, sql: duckdb.DuckDBPyConnection) -> None:
    told = outcomes(index, Search(compare="category"))
    ((decisions, overturned),) = sql.sql(
        f"SELECT count(*), count(*) FILTER (d.outcome <> 'upheld') {OF_A_DECISION}"
    ).fetchall()
    assert told.all == (decisions, overturned)
    low, high = told.all.interval
    assert low < told.all.share < high
    by_category = {group.value: tuple(group.odds) for group in told.comparisons[0].groups}
    rows = sql.sql(
        f"SELECT treatment_category, count(*) n, count(*) FILTER (d.outcome <> 'upheld') {OF_A_DECISION} GROUP BY 1 HAVING n >= {FEWEST}"
    )
    assert by_category == {name: (n, over) for name, n, over in rows.fetchall() if name}
    assert all(group.odds.decisions >= FEWEST for each in told.comparisons for group in each.groups)


def test_the_days_of_stages_are_those_of_the_tables(index: Generation, sql: duckdb.DuckDBPyConnection) -> None:
    told = {stage.name: stage for stage in outcomes(index, Search()).stages}
    assert set(told) == set(STAGES)
    for name, (first, last) in STAGES.items():
        days = f"SELECT date_diff('day', {first}, {last}) AS days {OF_A_DECISION}"
        ((count, median),) = sql.sql(
            f"SELECT count(*), quantile_disc(days, 0.5) FROM ({days}) WHERE days >= 0"
        ).fetchall()
        assert (told[name].decisions, told[name].median) == (count, median)


def test_the_rows_of_a_search_are_those_of_the_table(index: Generation, sql: duckdb.DuckDBPyConnection) -> None:
    with rows_of(index, Search().also("outcome", "overturned")) as reader:
        rows = reader.read_all()
    assert set(rows["search"].to_pylist()) == {"?outcome=overturned"}
    assert set(rows["commit_id"].to_pylist()) == {index.manifest.commit_id}
    columns = rows.column_names[:-2]
    expected = sql.sql(
        f"SELECT {', '.join(columns)} FROM decisions WHERE outcome = 'overturned' ORDER BY decision_date, document_id, decision_number"
    )
    assert rows.select(columns).to_pylist() == expected.to_arrow_table().to_pylist()


@settings(max_examples=25)
@given(
    st.text(max_size=60)
    | st.sampled_from(
        [
            '"',
            "-",
            "--",
            '"""',
            "*",
            "a AND",
            "rationale:knee",
            "[a TO b]",
            "\x00",
            "/.*/",
            "CM17-",
            '-"',
            "\u202e",
            "é" * 40,
        ]
    )
)
def test_any_text_is_a_search(index: Generation, text: str) -> None:
    try:
        search = Search.of([("q", text), ("year", text)])
    except NotUnderstoodError:
        return
    assert found(index, search).total >= 0
    assert outcomes(index, search).all.decisions == found(index, search).total


def test_an_address_says_the_whole_search() -> None:
    from urllib.parse import parse_qsl

    search = Search(
        '"low back" & more',
        {"year": ("2016", "2017"), "side": ("left",)},
        "newest",
        3,
        "category",
        earlier=True,
        same=5,
    )
    assert Search.of(parse_qsl(search.address[1:])) == search
