"""Whether claims administrator and reviewer look to the same guideline."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from imr.aggregation.outcomes import fitted
from imr.lake.tables import TABLES

_TABLE = TABLES["guideline_agreement"]
_COUNTS = ["same_guideline", "different_guideline", "claims_administrator_cited_none", "reviewer_cited_none"]


def guideline_agreement(decisions: pa.Table, citations: pa.Table) -> pa.Table:
    """The rows of `guideline_agreement` from the latest decisions and their citations.

    Same guideline: both sides cite one of the same source and title, letter case aside. Different: both cite, but
    none in common. An item where both cite none counts in both of these columns.
    """
    asked = _keys(decisions)
    sides = {side: citations.filter(pc.equal(citations["cited_by"], side)) for side in ("claims_administrator", "reviewer")}
    admin, reviewer = sides["claims_administrator"], sides["reviewer"]
    common = admin.filter(_among(_keys(admin, guideline=True), _keys(reviewer, guideline=True)))
    in_common, admin_cites, reviewer_cites = (_among(asked, _keys(items)) for items in (common, admin, reviewer))
    both = pc.and_(admin_cites, reviewer_cites)
    flags = {
        "same_guideline": in_common,
        "different_guideline": pc.and_(both, pc.invert(in_common)),
        "claims_administrator_cited_none": decisions["claims_administrator_cites_none"],
        "reviewer_cited_none": decisions["reviewer_cites_none"],
    }
    columns = {name: flag.cast(pa.int64()) for name, flag in flags.items()}
    groups = list(_TABLE.key)
    counted = pa.table({**{name: decisions[name] for name in groups}, **columns}).group_by(groups)
    counts = counted.aggregate([([], "count_all"), *((name, "sum") for name in _COUNTS)])
    return fitted(
        _TABLE,
        {
            **{name: counts[name] for name in groups},
            "decisions": counts["count_all"],
            **{name: counts[f"{name}_sum"] for name in _COUNTS},
        },
    )


def _keys(rows: pa.Table, *, guideline: bool = False) -> pa.ChunkedArray:
    """One text for each row that names its item, and its guideline if asked to."""
    parts = [rows["document_id"], rows["decision_number"].cast(pa.string())]
    if guideline:
        parts += [rows["source"], pc.utf8_lower(pc.fill_null(rows["title"], ""))]
    return pc.binary_join_element_wise(*parts, "\x1f")


def _among(keys: pa.ChunkedArray, others: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.is_in(keys, value_set=others.combine_chunks())
