"""What a lake says of labelled letters, gathered by letter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from imr.lake.layout import LakeLayout
from imr.lake.public import read_table

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PublishedLetter:
    """The rows of one letter; the lists of drugs and citations are by decision number."""

    text_origin: str
    case: Row
    decisions: dict[int, Row] = field(default_factory=dict)
    drugs: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    citations: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))


def published_letters(lake: LakeLayout, names: Iterable[str]) -> dict[str, PublishedLetter]:
    """The letters of these file names (without suffix) that are in the lake, by name.

    Raises:
        LakeError: `lake_damaged` when a table cannot be read.
    """
    wanted = set(names)
    documents = read_table(lake, "documents", ["document_id", "source_name", "text_origin"]).to_pylist()
    origins = {row["document_id"]: row for row in documents if Path(row["source_name"]).stem in wanted}
    letters = {
        row["document_id"]: PublishedLetter(origins[row["document_id"]]["text_origin"], row)
        for row in _rows(lake, "cases", origins)
    }
    for row in _rows(lake, "decisions", letters):
        letters[row["document_id"]].decisions[row["decision_number"]] = row
    for row in _rows(lake, "drugs", letters):
        letters[row["document_id"]].drugs[row["decision_number"]].append(row)
    for row in _rows(lake, "citations", letters):
        letters[row["document_id"]].citations[row["decision_number"]].append(row)
    return {Path(origins[key]["source_name"]).stem: letter for key, letter in letters.items()}


def _rows(lake: LakeLayout, table: str, documents: Iterable[str]) -> list[Row]:
    rows = read_table(lake, table)
    return list(
        rows.filter(pc.is_in(rows["document_id"], value_set=pa.array(list(documents), pa.string()))).to_pylist()
    )
