"""Whether DWC's index lists of a case what its letter holds: a decision that was lost shows here as well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

import pyarrow as pa

from imr.lake.partitions import letter_partition
from imr.lake.transaction import Transaction
from imr.tables.declaration import DWC_INDEX
from imr.warnings import WarningCode


class _Listed(NamedTuple):
    """What the index says of a case: how many items it has, 0 where it lists none, and its outcome."""

    items: int
    outcome: str | None


def index_warnings(transaction: Transaction, cases: pa.Table) -> dict[str, list[str]]:
    """The warnings that DWC's index gives cause for, by document: another number of items, or another outcome.

    `cases` are the rows of the letters in question.
    """
    rows = cases.select(["document_id", "case_number", "decision_count", "outcome"]).to_pylist()
    listed = _listed(transaction, {row["case_number"] for row in rows if row["case_number"]})
    found = {row["document_id"]: list(_warnings(row, listed[row["case_number"]])) for row in rows if listed}
    return {document_id: warnings for document_id, warnings in found.items() if warnings}


def _warnings(case: Mapping[str, Any], listed: _Listed) -> list[str]:
    differs = listed.items not in (0, case["decision_count"]) or listed.outcome not in (None, case["outcome"])
    return [WarningCode.INDEX_DIFFERS] if differs else []


def _listed(transaction: Transaction, case_numbers: set[str]) -> Mapping[str, _Listed]:
    """What the index says of some cases, as it will be after this transaction; of others that it lists nothing."""
    listed: dict[str, _Listed] = defaultdict(lambda: _Listed(0, None))
    for partition in {letter_partition(DWC_INDEX, "", number) for number in case_numbers}:
        rows = transaction.read(partition, ["case_number", "treatment_category", "case_outcome"]).to_pylist()
        for row in rows:
            if row["case_number"] in case_numbers:
                items = listed[row["case_number"]].items + (row["treatment_category"] is not None)
                listed[row["case_number"]] = _Listed(items, row["case_outcome"])
    return listed
