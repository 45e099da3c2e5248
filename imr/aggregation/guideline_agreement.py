"""Whether claims administrator and reviewer look to the same guideline."""

from __future__ import annotations

from typing import get_args

import pyarrow as pa
import pyarrow.compute as pc

from imr.aggregation.outcomes import fitted
from imr.records import CitedBy
from imr.tables.declaration import TABLES

_TABLE = TABLES["guideline_agreement"]


def guideline_agreement(decisions: pa.Table, citations: pa.Table) -> pa.Table:
    """The rows of `guideline_agreement` from the latest decisions and their citations, both with their `item`.

    Same guideline: as the item's `cites_same_guideline` says. Different: both cite, but none in common. Cited none:
    that side's slot says so; an item where both say so counts in both of these columns.
    """
    items = decisions["item"]
    in_common = pc.fill_null(decisions["cites_same_guideline"], False)
    both_cite = pc.and_(*(pc.is_in(items, value_set=_cited_by(citations, side)) for side in get_args(CitedBy)))
    flags = {
        "same_guideline": in_common,
        "different_guideline": pc.and_(both_cite, pc.invert(in_common)),
        "claims_administrator_cited_none": decisions["claims_administrator_cites_none"],
        "reviewer_cited_none": decisions["reviewer_cites_none"],
    }
    groups = list(_TABLE.key)
    flagged = pa.table({**{name: decisions[name] for name in groups}, **flags})
    counts = flagged.group_by(groups).aggregate([([], "count_all"), *((name, "sum") for name in flags)])
    sums = {name: counts[f"{name}_sum"] for name in flags}
    return fitted(_TABLE, {**{name: counts[name] for name in groups}, "decisions": counts["count_all"], **sums})


def _cited_by(citations: pa.Table, side: str) -> pa.Array:
    return citations["item"].filter(pc.equal(citations["cited_by"], side)).combine_chunks()
