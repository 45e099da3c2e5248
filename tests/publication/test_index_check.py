"""DWC's index against the letters: a case of which it lists other items or another outcome is doubtful."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from imr.lake.layout import LakeLayout
from imr.lake.transaction import writing
from imr.publication.dwc_index import merge_index
from imr.publication.index_check import index_warnings
from imr.tables.declaration import CASES, DWC_INDEX
from tests.publication.test_dwc_index import ONE, TWO, case

Row = dict[str, Any]
COLUMNS = ("document_id", "case_number", "decision_count", "outcome")


def warnings(lake: LakeLayout, listed: list[Row], *letters: tuple[str | None, int, str]) -> dict[str, list[str]]:
    """The warnings of letters, each given by its case number, number of items and outcome, named 0, 1 ..."""
    rows = [dict(zip(COLUMNS, (str(name), *letter), strict=True)) for name, letter in enumerate(letters)]
    cases = pa.Table.from_pylist(rows, schema=pa.schema([CASES.schema.field(name) for name in COLUMNS]))
    with writing(lake, "run") as transaction:
        merge_index(transaction, pa.Table.from_pylist(listed, schema=DWC_INDEX.schema.remove_metadata()))
        return index_warnings(transaction, cases)


@pytest.mark.parametrize(
    ("listed", "letter", "expected"),
    [
        pytest.param(case(ONE, "A", "B", case_outcome="upheld"), (ONE, 2, "upheld"), {}, id="the-same"),
        pytest.param(case(ONE, "A", "B"), (ONE, 1, "upheld"), {"0": ["index_differs"]}, id="an-item-more"),
        pytest.param(case(ONE, "A"), (ONE, 2, "upheld"), {"0": ["index_differs"]}, id="an-item-less"),
        pytest.param(
            case(ONE, "A", case_outcome="mixed"), (ONE, 1, "upheld"), {"0": ["index_differs"]}, id="another-outcome"
        ),
        pytest.param(case(ONE, "A"), (ONE, 1, "mixed"), {}, id="no-outcome-listed"),
        pytest.param([{**case(ONE, "A")[0], "treatment_category": None}], (ONE, 3, "upheld"), {}, id="no-items-listed"),
        pytest.param(case(TWO, "A"), (ONE, 3, "upheld"), {}, id="another-case"),
        pytest.param(case(ONE, "A"), (None, 3, "upheld"), {}, id="no-case-number"),
        pytest.param([], (ONE, 3, "upheld"), {}, id="no-index"),
    ],
)
def test_what_the_index_lists_otherwise_is_doubtful(
    lake: LakeLayout, listed: list[Row], letter: tuple[str | None, int, str], expected: dict[str, list[str]]
) -> None:
    assert warnings(lake, listed, letter) == expected
