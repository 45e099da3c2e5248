"""Every number of the report against a computation of its own in pandas, which shares nothing with the queries."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd
import pytest

from imr.aggregation.outcomes import FEWEST
from imr.api.lake import Lake
from imr.api.sql import connect
from imr.lake.layout import LakeLayout
from imr.report.measured import RATES, MeasuredLake, measure

Frames = Callable[[str], pd.DataFrame]
OUTCOMES = ("upheld", "overturned", "partially_overturned")
ITEM = ["document_id", "decision_number"]
UNKNOWN = "(null)"


def _latest(read: Frames, table: str = "decisions") -> pd.DataFrame:
    rows = read(table)
    return rows[rows["is_latest"]].assign(year=rows["decision_date"].dt.year.astype("Int64"))


def _outcomes(rows: pd.DataFrame, *groups: str, letters: bool = False) -> list[tuple[Any, ...]]:
    """Of rows that stand once for each decision of a group: the group and its counts."""
    counted = []
    for key, group in rows.groupby(list(groups), dropna=False):
        ends = group["outcome"].value_counts()
        of_letters = [group["document_id"].nunique()] if letters else []
        counted.append((*key, *of_letters, len(group), *(int(ends.get(end, 0)) for end in OUTCOMES)))
    return counted


def _of_year(read: Frames) -> list[tuple[Any, ...]]:
    return _outcomes(_latest(read), "year", letters=True)


def _of_quarter(read: Frames) -> list[tuple[Any, ...]]:
    rows = _latest(read)
    quarter = rows["decision_date"].dt.to_period("Q").astype("string").str.replace("Q", "-Q")
    return _outcomes(rows.assign(quarter=quarter.where(rows["decision_date"].notna())), "quarter", letters=True)


def _letters_of_year(read: Frames) -> list[tuple[Any, ...]]:
    cases = _latest(read, "cases")
    return [
        (
            year, len(of), *((of["outcome"] == end).sum() for end in ("upheld", "overturned", "mixed")),
            (of["decision_count"] > 1).sum(), of["decision_count"].sum(),
        )
        for year, of in cases.groupby("year", dropna=False)
    ]  # fmt: skip


def _of_body_part(read: Frames) -> list[tuple[Any, ...]]:
    rows = _latest(read).explode("body_parts").dropna(subset="body_parts")
    return _outcomes(rows.drop_duplicates([*ITEM, "body_parts"]), "body_parts")


def _of_authorization(read: Frames) -> list[tuple[Any, ...]]:
    rows = _latest(read)
    part = rows["authorized_portion"].isna().map({True: "nothing authorized", False: "a part authorized"})
    return _outcomes(rows.assign(part=part), "part")


def _of_drugs(column: str) -> Callable[[Frames], list[tuple[Any, ...]]]:
    def count(read: Frames) -> list[tuple[Any, ...]]:
        drugs = read("drugs")[[*ITEM, column]].drop_duplicates()
        return _outcomes(_latest(read)[[*ITEM, "outcome"]].merge(drugs, on=ITEM), column)

    return count


def _of_reviewers(column: str) -> Callable[[Frames], list[tuple[Any, ...]]]:
    def count(read: Frames) -> list[tuple[Any, ...]]:
        cases = _latest(read, "cases")[["document_id", column]].explode(column).dropna()
        return _outcomes(read("decisions").merge(cases.drop_duplicates(), on="document_id"), column)

    return count


def _of_products(read: Frames) -> list[tuple[Any, ...]]:
    drugs = read("drugs")
    return _outcomes(drugs[drugs["is_latest"].fillna(False)].drop_duplicates([*ITEM, "product"]), "product")


def _of_denials(read: Frames) -> list[tuple[Any, ...]]:
    rows = read("citations").dropna(subset="guideline")
    theirs = rows[(rows["cited_by"] == "claims_administrator") & (rows["is_latest"].fillna(False))]
    return _outcomes(theirs.drop_duplicates([*ITEM, "guideline"]), "guideline")


def _of_guidelines(read: Frames) -> list[tuple[Any, ...]]:
    cited = read("citations")[[*ITEM, "cited_by", "source"]].drop_duplicates()
    return _outcomes(_latest(read)[[*ITEM, "outcome"]].merge(cited, on=ITEM), "cited_by", "source")


def _agreement(read: Frames) -> list[tuple[Any, ...]]:
    numbers = [
        "decisions", "same_guideline", "different_guideline", "claims_administrator_cited_none", "reviewer_cited_none",
    ]  # fmt: skip
    sums = read("guideline_agreement").groupby("case_year", dropna=False)[numbers].sum()
    return list(sums.reset_index().itertuples(index=False, name=None))


def _repeats(read: Frames) -> list[tuple[Any, ...]]:
    words = _latest(read)["rationale"].dropna().str.strip().str.lower().str.replace(r"\s+", " ", regex=True)
    repeats = words.value_counts()
    names = ("1 (once)", "2 to 4", "5 to 19", "20 to 99", "100 or more")
    group = pd.cut(repeats, [0, 1, 4, 19, 99, float("inf")], labels=names)
    return [(name, (group == name).sum(), repeats[group == name].sum()) for name in names if (group == name).any()]


def _stages(read: Frames) -> list[tuple[Any, ...]]:
    names = ["stage", "case_year", "cases", "days_p25", "days_median", "days_p75", "days_p95", "days_max"]
    return list(read("processing_times")[names].itertuples(index=False, name=None))


def _forms(read: Frames) -> list[tuple[Any, ...]]:
    groups = read("documents").groupby(["letter_format", "text_origin"], dropna=False)
    return [
        (*key, len(of), (of["warnings"].str.len() > 0).sum(), of["unread_share"].mean(), of["ocr_confidence"].mean())
        for key, of in groups
    ]


def _warnings(read: Frames) -> list[tuple[Any, ...]]:
    return list(read("documents")["warnings"].explode().value_counts().items())


def _quarantine(read: Frames) -> list[tuple[Any, ...]]:
    return [(*key, len(of)) for key, of in read("quarantine").groupby(["error_code", "step"])]


COMPUTED: dict[str, Callable[[Frames], list[tuple[Any, ...]]]] = {
    "outcomes_by_year": _of_year,
    "outcomes_by_quarter": _of_quarter,
    "letters_by_year": _letters_of_year,
    "outcomes_by_category": lambda read: _outcomes(_latest(read), "treatment_category"),
    "outcomes_by_subcategory": lambda read: _outcomes(_latest(read), "treatment_category", "treatment_subcategory"),
    "outcomes_by_body_part": _of_body_part,
    "partial_authorisations": _of_authorization,
    "outcomes_by_drug_class": _of_drugs("drug_class"),
    "outcomes_by_ingredient": _of_drugs("ingredient"),
    "outcomes_by_product": _of_products,
    "outcomes_by_specialty": _of_reviewers("reviewer_specialty_names"),
    "outcomes_by_state": _of_reviewers("reviewer_licensed_states"),
    "guidelines_used": _of_guidelines,
    "guidelines_overturned": _of_denials,
    "guideline_agreement": _agreement,
    "boilerplate": _repeats,
    "days_of_each_stage": _stages,
    "letters_by_form": _forms,
    "warnings": _warnings,
    "quarantine": _quarantine,
}


@pytest.fixture(scope="module", params=["samples", "many letters"])
def lake(request: pytest.FixtureRequest, many_letters: LakeLayout, samples_lake: LakeLayout) -> LakeLayout:
    return {"samples": samples_lake, "many letters": many_letters}[request.param]


@pytest.fixture(scope="module")
def read(lake: LakeLayout) -> Frames:
    """Reads a table with pandas, each once."""
    return cache(Lake(lake.root).pandas)


@pytest.fixture(scope="module")
def measured(lake: LakeLayout) -> MeasuredLake:
    return measure(lake)


def test_every_figure_has_a_computation(measured: MeasuredLake) -> None:
    assert [figure.figure.name for figure in measured.figures] == list(COMPUTED)


@pytest.mark.parametrize("name", COMPUTED)
def test_every_number_is_that_of_pandas(read: Frames, measured: MeasuredLake, name: str) -> None:
    (figure,) = (figure for figure in measured.figures if figure.figure.name == name)
    said = [
        [row[column] for column in figure.rows.column_names if column not in RATES] for row in figure.rows.to_pylist()
    ]
    _compare(said, COMPUTED[name](read))


def test_every_rate_is_that_of_its_counts(measured: MeasuredLake) -> None:
    checked = 0
    for figure in (figure for figure in measured.figures if figure.figure.counts == "outcomes"):
        for row in figure.rows.to_pylist():
            if row["decisions"] < FEWEST:
                assert [row[name] for name in RATES] == [None] * len(RATES)
                continue
            share = (row["overturned"] + row["partially_overturned"]) / row["decisions"]
            assert row["overturned_share"] == pytest.approx(share)
            assert 0 <= row["low"] <= share <= row["high"] <= 1
            checked += 1
    assert checked > 1


def test_every_query_runs_as_it_stands(lake: LakeLayout, measured: MeasuredLake) -> None:
    connection = connect(lake)
    for figure in measured.figures:
        assert connection.sql(figure.figure.sql).to_arrow_table().num_rows == figure.rows.num_rows


def _compare(said: list[list[Any]], computed: list[tuple[Any, ...]]) -> None:
    """Row by row in whatever order, a null being a value like others and fractions but for rounding."""
    assert [pytest.approx(row) for row in sorted(map(_known, said), key=_key)] == sorted(
        map(_known, computed), key=_key
    )


def _known(row: Any) -> list[Any]:
    return [UNKNOWN if pd.isna(value) else value for value in row]


def _key(row: list[Any]) -> list[str]:
    return [str(value) for value in row]
