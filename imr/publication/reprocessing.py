"""Published letters that an older version of a step has read: what a reprocessing takes up again."""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from imr.fingerprint import step_versions
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.lake.raw_store import RawStore
from imr.reading.media import suffix
from imr.records import LetterRef
from imr.sources.cache import Known
from imr.sources.listing import SourceFile

_VERSION_COLUMNS = {"ocr_cleanup": "text_version", "section_split": "split_version", "extract": "extract_version"}
_COLUMNS = ["document_id", "source_uri", "source_name", "media_type", "byte_size", "case_year", "case_number"]


def outdated_letters(lake: LakeLayout, from_step: str, years: Collection[int] = (), most: int | None = None) -> Known:
    """The letters whose version of a step is not the present one, in the order of their case numbers.

    A version holds those of the steps before it: whatever is outdated for one step is so for all that come after it.
    A letter whose bytes are no longer in the lake is to be fetched from where it came from.
    """
    column = _VERSION_COLUMNS[from_step]
    rows = read_table(lake, "documents", [*_COLUMNS, column])
    old = pc.not_equal(rows[column], step_versions().of(from_step))
    if years:
        old = pc.and_(old, pc.is_in(rows["case_year"], value_set=pa.array(sorted(years), rows["case_year"].type)))
    order = [("case_number", "ascending"), ("document_id", "ascending")]
    letters: list[LetterRef] = []
    store = RawStore.of(lake)
    to_fetch: list[SourceFile] = []
    for row in rows.filter(old).sort_by(order).slice(0, most).to_pylist():
        ending = suffix(row["media_type"])
        if store.has(row["document_id"], ending):
            found = LetterRef(row["document_id"], ending, row["source_uri"], row["source_name"], row["byte_size"])
            letters.append(found)
        else:
            to_fetch.append(SourceFile(row["source_uri"], row["source_name"], ""))
    return Known(tuple(letters), tuple(to_fetch))
