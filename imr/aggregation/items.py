"""Decisions by number: what hangs on them is joined and counted by a small number, not by a long key."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

ITEM_KEY = ["document_id", "decision_number"]
"""The columns that name a decision in every table."""

_NUMBERS = 1 << 16  # more than any int16 decision number


class Items:
    """The decisions of a table: the `item` of a decision is its row there."""

    def __init__(self, decisions: pa.Table) -> None:
        self._documents = pc.unique(decisions["document_id"])
        self._keys = self._key(decisions).combine_chunks()

    def rows_of(self, rows: pa.Table) -> pa.Table:
        """The rows that belong to one of the decisions, with its `item` in place of its key."""
        item = pc.index_in(self._key(rows), value_set=self._keys)
        return rows.drop_columns(ITEM_KEY).append_column("item", item).filter(item.is_valid())

    def _key(self, rows: pa.Table) -> pa.ChunkedArray:
        """A number for each document and decision number, null for a document without decisions."""
        document = pc.index_in(rows["document_id"], value_set=self._documents).cast(pa.int64())
        return pc.add(pc.multiply(document, _NUMBERS), rows["decision_number"].cast(pa.int64()))


def listed(lists: pa.ChunkedArray, name: str) -> pa.Table:
    """One row per entry of a list column over the decisions: the entry as column `name`, and its `item`."""
    whole = lists.combine_chunks()
    return pa.table({"item": pc.list_parent_indices(whole), name: pc.list_flatten(whole)})
