"""Any sequence of upserts, however batched, leaves what a plain dictionary would hold."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from imr.lake.layout import LakeLayout, Partition
from imr.lake.transaction import writing
from imr.tables.declaration import DECISIONS, TEXTS

Rows = Callable[..., pa.Table]
Ids = Callable[[int], str]

LETTERS = st.dictionaries(st.integers(0, 5), st.lists(st.text("ab", max_size=3), max_size=3), max_size=4)
"""Letters by number, each with the requests of its items; a letter without any has no rows any more."""


@settings(max_examples=25, deadline=None)
@given(batches=st.lists(LETTERS, max_size=5), repeat=st.booleans(), apart=st.booleans())
def test_the_tables_hold_what_came_last_however_it_was_batched(
    rows: Rows, document_id: Ids, batches: list[dict[int, list[str]]], repeat: bool, apart: bool
) -> None:
    place, model = Partition("decisions", "year=2018", 90), dict[str, list[str]]()
    with tempfile.TemporaryDirectory() as folder:
        lake = LakeLayout(Path(folder))
        for batch in batches:
            model |= {document_id(number): requests for number, requests in batch.items()}
            pieces = [dict([item]) for item in batch.items()] if apart else [batch]
            for piece in pieces * (2 if repeat else 1):
                items = [
                    {"document_id": document_id(letter), "decision_number": number, "treatment_request": request}
                    for letter, requests in piece.items()
                    for number, request in enumerate(requests, 1)
                ]
                with writing(lake, "r1") as tx:
                    ids = pa.array([document_id(letter) for letter in piece], pa.string())
                    tx.upsert(place, rows(DECISIONS, *items), ids)
                    tx.commit()
        stored = [pq.ParquetFile(lake.file(there)).read() for there in lake.partitions("decisions")]
        assert sum(not part.num_rows for part in stored) <= 1  # the empty table's
    found = [
        (row["document_id"], row["decision_number"], row["treatment_request"])
        for part in stored
        for row in part.to_pylist()
    ]
    wanted = [(letter, n, request) for letter, requests in model.items() for n, request in enumerate(requests, 1)]
    assert sorted(found) == sorted(wanted)


PLACES = [Partition("texts", f"year={year}", part) for year in (2017, 2018) for part in (0, 1)]
MOVES = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([*PLACES, None]), st.text("ab", max_size=2)), max_size=4)
"""Letters by number, each with where it goes (nowhere: it is removed) and its text."""


@settings(max_examples=25, deadline=None)
@given(commits=st.lists(MOVES, max_size=4), abandoned=MOVES)
def test_letters_that_move_between_files_are_where_they_went_last(
    rows: Rows,
    document_id: Ids,
    commits: list[list[tuple[int, Partition | None, str]]],
    abandoned: list[tuple[int, Partition | None, str]],
) -> None:
    model = dict[str, tuple[Partition, str]]()
    with tempfile.TemporaryDirectory() as folder:
        lake = LakeLayout(Path(folder))
        for number, moves in enumerate([*commits, abandoned]):
            with writing(lake, "r1") as tx:
                for letter, goes_to, text in moves:
                    ids = pa.array([document_id(letter)])
                    for place in PLACES:
                        row = [{"document_id": document_id(letter), "clean_text": text}] if place == goes_to else []
                        tx.upsert(place, rows(TEXTS, *row), ids)
                if number < len(commits):
                    tx.commit()
                    for letter, goes_to, text in moves:
                        model.pop(document_id(letter), None)
                        model |= {document_id(letter): (goes_to, text)} if goes_to else {}
        stored = {
            place: pq.ParquetFile(lake.file(place)).read(["document_id", "clean_text"]).to_pylist()
            for place in lake.partitions("texts")
        }
    assert sum(not rows for rows in stored.values()) <= 1  # the empty table's
    found = [(row["document_id"], (place, row["clean_text"])) for place, part in stored.items() for row in part]
    assert sorted(found) == sorted(model.items())
