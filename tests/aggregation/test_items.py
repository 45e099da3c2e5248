from __future__ import annotations

import pyarrow as pa

from imr.aggregation.items import Items, listed

_DECISIONS = pa.table(
    {
        "document_id": pa.chunked_array([["a", "a"], ["b"]]),
        "decision_number": pa.chunked_array([[1, 2], [1]], pa.int16()),
    }
)


def _rows(*keys: tuple[str, int]) -> pa.Table:
    documents, numbers = zip(*keys, strict=True)
    return pa.table(
        {
            "document_id": pa.array(documents),
            "decision_number": pa.array(numbers, pa.int16()),
            "at": pa.array(range(len(keys))),
        }
    )


def test_rows_get_the_place_of_their_decision() -> None:
    rows = Items(_DECISIONS).rows_of(_rows(("b", 1), ("a", 2), ("a", 1), ("a", 2)))
    assert rows.to_pylist() == [{"at": 0, "item": 2}, {"at": 1, "item": 1}, {"at": 2, "item": 0}, {"at": 3, "item": 1}]


def test_rows_of_other_decisions_are_left_out() -> None:
    rows = Items(_DECISIONS).rows_of(_rows(("b", 2), ("c", 1), ("a", 1)))
    assert rows.to_pylist() == [{"at": 2, "item": 0}]


def test_entries_of_lists_keep_the_place_of_their_list() -> None:
    lists = pa.chunked_array([[["hip", "knee"], []], [None, ["hip"]]], pa.list_(pa.string()))
    assert listed(lists, "part").to_pydict() == {"item": [0, 0, 3], "part": ["hip", "knee", "hip"]}
