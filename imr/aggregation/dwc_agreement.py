"""Whether DWC's own index and the letters say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from imr.aggregation.outcomes import fitted
from imr.tables.declaration import TABLES

_TABLE = TABLES["dwc_agreement"]
_COUNTED = pa.schema(
    {"case_year": pa.int16(), "treatment_category": pa.string(), "compared": pa.int64(), "same": pa.int64()}
)


def dwc_agreement(index: pa.Table, cases: pa.Table, decisions: pa.Table) -> pa.Table:
    """The rows of `dwc_agreement` from the index and the latest letters' cases and decisions.

    Values of a case are compared where both sides have one. Of the items of a case nobody says in which order the
    index lists them: as many of them are the same as values of the index are found among those of the letter.
    """
    index = index.filter(pc.is_in(index["case_number"], value_set=cases["case_number"].combine_chunks()))
    measured = [*_of_cases(index, cases), *_of_items(index, decisions)]
    counts = pa.concat_tables([_counted(rows, measure) for measure, rows in measured])
    rate = pc.divide(counts["same"].cast(pa.float64()), counts["compared"])
    return fitted(_TABLE, {**{name: counts[name] for name in counts.column_names}, "agreement_rate": rate})


def _of_cases(index: pa.Table, cases: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """For each measure of cases a row for each that is compared."""
    listed = pc.if_else(index["treatment_category"].is_valid(), 1, 0)
    items = index.append_column("listed", listed).group_by("case_number").aggregate([("listed", "sum")])
    theirs = index.filter(pc.equal(index["item_number"], 1))
    counts, ours = _of_same_case(items, theirs)["listed_sum"], _of_same_case(cases, theirs)
    for measure, listed, said in (
        ("case_outcome", theirs["case_outcome"], ours["outcome"]),
        ("case_decision_date", theirs["decision_date"], ours["decision_date"]),
        ("case_item_count", pc.if_else(pc.greater(counts, 0), counts, None), ours["decision_count"].cast(pa.int64())),
    ):
        same = pc.equal(listed, said)
        rows = pa.table({"case_year": theirs["case_year"], "compared": same.is_valid(), "same": same})
        yield measure, rows.filter(rows["compared"])


def _of_same_case(rows: pa.Table, others: pa.Table) -> pa.Table:
    """Of a table with one row a case, that of each of the others' rows."""
    return rows.take(pc.index_in(others["case_number"], value_set=rows["case_number"].combine_chunks()))


def _of_items(index: pa.Table, decisions: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """For each measure of items a row for each case and value, with how many items have it on both sides."""
    category = "treatment_category"
    yield "item_outcome", _shared(index, decisions, ["outcome"])
    yield "item_category", _shared(index, decisions, [category])
    yield "item_subcategory", _shared(index, decisions, [category, "treatment_subcategory"])


def _shared(index: pa.Table, decisions: pa.Table, names: Sequence[str]) -> pa.Table:
    theirs, ours = (
        rows.filter(pc.and_kleene(*(rows[name].is_valid() for name in ("case_number", names[-1]))))
        for rows in (index, decisions)
    )
    key = ["case_number", *names]
    listed = _counts(theirs, ["case_year", *key], "compared")
    both = listed.join(_counts(ours, key, "said"), key, join_type="left outer")
    return both.append_column("same", pc.min_element_wise(both["compared"], pc.fill_null(both["said"], 0)))


def _counts(rows: pa.Table, groups: Sequence[str], name: str) -> pa.Table:
    return rows.group_by(groups).aggregate([([], "count_all")]).rename_columns([*groups, name])


def _counted(rows: pa.Table, measure: str) -> pa.Table:
    """The rows summed up by year, and by category where they have one."""
    groups = [name for name in ("case_year", "treatment_category") if name in rows.column_names]
    sums = rows.group_by(groups).aggregate([("compared", "sum"), ("same", "sum")])
    columns = {
        "treatment_category": pa.nulls(sums.num_rows, pa.string()),
        **{name: sums[name] for name in groups},
        "compared": sums["compared_sum"],
        "same": sums["same_sum"],
    }
    counted = pa.table(columns).select(_COUNTED.names).cast(_COUNTED)
    return counted.append_column("measure", pa.array([measure] * counted.num_rows, pa.string()))
