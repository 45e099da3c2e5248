"""Published letters that older code or rules have read: which they are, and that they are read again."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from flows.letters import reprocess
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.lake.raw_store import RawStore
from imr.publication.reprocessing import outdated_letters
from imr.sources.cache import Known
from imr.tables.declaration import TABLES
from imr.upkeep.doctor import examine
from tests.flows.helpers import row_set
from tests.upkeep.conftest import rewrite

STEPS = {"ocr_cleanup": "text_version", "section_split": "split_version", "extract": "extract_version"}


def make_old(lake: LakeLayout, step: str) -> dict[str, Any]:
    """Have the first letter be read by an older version of a step and of those after it; the letter's row."""
    columns = list(STEPS.values())[list(STEPS).index(step) :]

    def old(rows: pa.Table) -> pa.Table:
        first, *others = rows.to_pylist()
        return pa.Table.from_pylist(
            [first | dict.fromkeys(columns, "0123456789abcdef"), *others], schema=TABLES["documents"].schema
        )

    rewrite(lake, "documents", old)
    rows = read_table(lake, "documents")
    return dict(rows.filter(pc.equal(rows["extract_version"], "0123456789abcdef")).to_pylist()[0])


@pytest.mark.parametrize(
    ("changed", "from_step", "found"),
    [
        pytest.param("extract", "extract", True, id="the last step has changed"),
        pytest.param("extract", "section_split", False, id="only a later step has changed"),
        pytest.param("ocr_cleanup", "extract", True, id="an earlier step has changed"),
        pytest.param("ocr_cleanup", "ocr_cleanup", True, id="the first step has changed"),
        pytest.param("section_split", "ocr_cleanup", False, id="the first step has not changed"),
    ],
)
def test_letters_are_outdated_by_their_step(lake: LakeLayout, changed: str, from_step: str, found: bool) -> None:
    assert outdated_letters(lake, from_step) == Known((), ())
    letter = make_old(lake, changed)
    names = [ref.document_id for ref in outdated_letters(lake, from_step).letters]
    assert names == ([letter["document_id"]] if found else [])


def test_years_and_the_most_choose_among_them(lake: LakeLayout) -> None:
    def all_old(rows: pa.Table) -> pa.Table:
        index = rows.schema.get_field_index("extract_version")
        return rows.set_column(index, "extract_version", pa.array(["old"] * rows.num_rows))

    rewrite(lake, "documents", all_old)
    all_of_them = outdated_letters(lake, "extract").letters
    assert outdated_letters(lake, "extract", most=1).letters == all_of_them[:1]
    year = next(
        row["case_year"] for row in read_table(lake, "documents").to_pylist() if row["extract_version"] == "old"
    )
    assert outdated_letters(lake, "extract", years=[year]).letters == all_of_them
    assert outdated_letters(lake, "extract", years=[1999]).letters == ()


def test_a_letter_whose_bytes_are_gone_is_fetched_again(lake: LakeLayout) -> None:
    letter = make_old(lake, "extract")
    (ref,) = outdated_letters(lake, "extract").letters
    RawStore(lake.raw).path(ref.document_id, ref.suffix).unlink()
    known = outdated_letters(lake, "extract")
    assert known.letters == ()
    assert [file.uri for file in known.to_fetch] == [letter["source_uri"]]


def test_reprocessing_makes_them_as_new(published: LakeLayout, lake: LakeLayout) -> None:
    make_old(lake, "extract")
    state = reprocess(lake=str(lake.root), return_state=True)
    summary = state.result()
    assert (state.name, summary.files_in, summary.files_published) == ("Completed", 1, 1)
    last = max(read_table(lake, "commits").to_pylist(), key=lambda row: row["committed_at"])
    assert last["operation"] == "reprocess"
    for table in ("documents", "decisions", "provenance", "texts"):
        assert row_set(lake.root, table) == row_set(published.root, table)
    assert examine(lake).findings == ()
    assert reprocess(lake=str(lake.root), return_state=True).name == "NothingNew"
