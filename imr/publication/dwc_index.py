"""Bringing what the DWC's search tool lists into the table `dwc_index`."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from imr.lake.layout import Partition
from imr.lake.partitions import letter_partition
from imr.lake.transaction import Transaction
from imr.tables.declaration import DWC_INDEX

_SAID = [name for name in DWC_INDEX.schema.names if name not in ("case_number", "listed_at")]
"""The columns that hold what the search tool says of a case."""


def merge_index(transaction: Transaction, listed: pa.Table, removed: Collection[str] = ()) -> None:
    """Put listed cases in place of what was known of them; a case that is listed as before is left as it is.

    A case that is listed twice counts as it was listed last. `removed` are the addresses of letters that were removed
    on request: their cases stay out.
    """
    gone = pc.is_in(listed["source_uri"], value_set=pa.array(list(removed), pa.string()))
    for partition, rows in _by_partition(listed.filter(pc.invert(gone))):
        rows = listed_last(rows)
        said, public = _said(rows), _said(transaction.read(partition))
        changed = pa.array([number for number in said if said[number] != public.get(number)], pa.string())
        rows = rows.filter(pc.is_in(rows["case_number"], value_set=changed))
        transaction.upsert(partition, rows, changed, on="case_number")


def withdraw_cases(transaction: Transaction, case_numbers: Collection[str]) -> None:
    """Take all rows of some cases out."""
    numbers = pa.array(list(case_numbers), pa.string())
    for partition in sorted({letter_partition(DWC_INDEX, "", number) for number in case_numbers}):
        transaction.upsert(partition, DWC_INDEX.schema.empty_table(), numbers, on="case_number")


def _by_partition(rows: pa.Table) -> Iterator[tuple[Partition, pa.Table]]:
    """The rows of each file of the table. The beginning of a case number, year and block, says which that is."""
    length = len("CM17-0000000") - len(str(DWC_INDEX.block)) + 1
    beginnings = pc.utf8_slice_codeunits(rows["case_number"], 0, length)
    for beginning in sorted(pc.unique(beginnings).to_pylist()):
        of_file = rows.filter(pc.equal(beginnings, beginning))
        yield letter_partition(DWC_INDEX, "", of_file["case_number"][0].as_py()), of_file


def listed_last(rows: pa.Table) -> pa.Table:
    """The rows without those of a case that come again, further down, from its first item on."""
    positions = pa.array(np.arange(rows.num_rows))
    firsts = pc.equal(rows["item_number"], 1)
    begins = pa.table({"case_number": rows["case_number"].filter(firsts), "position": positions.filter(firsts)})
    last = begins.group_by("case_number").aggregate([("position", "max")])
    begin = last["position_max"].take(pc.index_in(rows["case_number"], value_set=last["case_number"].combine_chunks()))
    return rows.filter(pc.greater_equal(positions, begin))


def _said(rows: pa.Table) -> dict[str, list[str]]:
    """What is said of each case: a text for each of its items, in order."""
    ordered = rows.sort_by([("case_number", "ascending"), ("item_number", "ascending")])
    texts = [ordered[name].cast(pa.string()) for name in _SAID]
    said = pc.binary_join_element_wise(*texts, "\x1f", null_handling="replace", null_replacement="")
    grouped = pa.table({"case_number": ordered["case_number"], "said": said}).group_by("case_number", use_threads=False)
    return dict(zip(*grouped.aggregate([("said", "list")]).to_pydict().values(), strict=True))
