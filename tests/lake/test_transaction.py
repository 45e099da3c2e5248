from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from imr.errors import Code, LakeError
from imr.lake import transaction
from imr.lake.files import PARQUET_OPTIONS
from imr.lake.layout import LakeLayout, Partition
from imr.lake.transaction import Transaction, writing
from imr.tables.declaration import DECISIONS, LETTER_TABLES, TABLES, TEXTS
from imr.tables.schema import SCHEMA_VERSION

Rows = Callable[..., pa.Table]
Ids = Callable[[int], str]
Publish = Callable[..., None]

TODAY = dt.date(2026, 1, 2)
PLACE = Partition("texts", "year=2018", 900)


def _files(lake: LakeLayout) -> set[str]:
    """Everything below `tables/`, junk included."""
    return {str(path.relative_to(lake.tables)) for path in lake.tables.rglob("*") if path.is_file()}


def _texts(lake: LakeLayout, place: Partition = PLACE) -> dict[str, str]:
    rows = pq.ParquetFile(lake.file(place)).read()
    assert rows.num_rows == pc.count_distinct(rows["document_id"]).as_py()
    return dict(zip(rows["document_id"].to_pylist(), rows["clean_text"].to_pylist(), strict=True))


def _with_rows(lake: LakeLayout) -> set[str]:
    """The files that have any."""
    return {name for name in _files(lake) if pq.read_metadata(lake.tables / name).num_rows}


def test_a_letter_gets_one_file_in_every_table_and_nothing_else_is_left(lake: LakeLayout, publish: Publish) -> None:
    with writing(lake, "r1") as tx:
        publish(tx, 1, "CM18-9000001")
        tx.commit()
    parts = {table: 900 if table.wide else 90 for table in LETTER_TABLES}
    assert _with_rows(lake) == {
        f"{table.name}/{table.year_key}=2018/part-{part:03}.parquet" for table, part in parts.items()
    }
    assert len(_files(lake)) == len(TABLES)
    assert {path.name for path in lake.root.iterdir()} <= {"tables", "journal", "lock", "SHA256SUMS"}
    assert list(lake.journal.iterdir()) == []


def test_without_commit_nothing_happens(lake: LakeLayout, publish: Publish) -> None:
    with writing(lake, "r1") as tx:
        publish(tx, 1, "CM18-9000001")
    assert _files(lake) == set()
    assert list(lake.journal.iterdir()) == []


def test_a_fault_inside_leaves_the_tables_as_they_were(lake: LakeLayout, publish: Publish) -> None:
    with pytest.raises(ZeroDivisionError), writing(lake, "r1") as tx:
        publish(tx, 1, "CM18-9000001")
        raise ZeroDivisionError
    assert _files(lake) == set()


def test_a_letter_that_comes_again_replaces_itself(lake: LakeLayout, publish: Publish, document_id: Ids) -> None:
    for text in ("old", "new"):
        with writing(lake, "r1") as tx:
            publish(tx, 1, "CM18-9000001", text=text)
            publish(tx, 2, "CM18-9000002", text=text)
            tx.commit()
    assert _texts(lake) == {document_id(1): "new", document_id(2): "new"}


def test_rows_replace_those_of_their_own_letter_even_if_it_is_not_named(
    lake: LakeLayout, rows: Rows, document_id: Ids
) -> None:
    with writing(lake, "r1") as tx:
        for text in ("old", "new"):
            row = {"document_id": document_id(1), "clean_text": text}
            tx.upsert(PLACE, rows(TEXTS, row), pa.array([], pa.string()))
        tx.commit()
    assert _texts(lake) == {document_id(1): "new"}


def test_a_letter_that_has_fewer_rows_now_loses_the_others(lake: LakeLayout, publish: Publish) -> None:
    for items in (5, 2):
        with writing(lake, "r1") as tx:
            publish(tx, 1, "CM18-9000001", items=items)
            tx.commit()
    place = Partition("decisions", "year=2018", 90)
    assert pq.ParquetFile(lake.file(place)).read()["decision_number"].to_pylist() == [1, 2]


def test_a_partition_left_empty_goes(lake: LakeLayout, publish: Publish, document_id: Ids) -> None:
    with writing(lake, "r1") as tx:
        publish(tx, 1, "CM18-9000001")
        publish(tx, 2, "CM17-9000001")
        tx.commit()
    with writing(lake, "r2") as tx:
        tx.upsert(PLACE, TEXTS.schema.empty_table(), pa.array([document_id(1)]))
        assert tx.partitions("texts") == [PLACE._replace(folder="year=2017")]
        assert tx.read(PLACE).num_rows == 0
        tx.commit()
    assert not lake.file(PLACE).exists()


def test_a_table_left_empty_stays_where_its_first_rows_were(
    lake: LakeLayout, publish: Publish, document_id: Ids
) -> None:
    """It is never away: what is empty takes the place of what was not, in one step."""
    with writing(lake, "r1") as tx:
        publish(tx, 1, "CM18-9000001")
        publish(tx, 2, "CM19-9000001")
        tx.commit()
    with writing(lake, "r2") as tx:
        for place, number in ((PLACE, 1), (PLACE._replace(folder="year=2019"), 2)):
            tx.upsert(place, TEXTS.schema.empty_table(), pa.array([document_id(number)]))
        tx.commit()
    assert lake.partitions("texts") == [PLACE]
    assert _texts(lake) == {}


@pytest.mark.parametrize("name", TABLES)
def test_the_first_commit_makes_every_table(lake: LakeLayout, name: str) -> None:
    with writing(lake, "r1") as tx:
        tx.commit()
    (place,) = lake.partitions(name)
    assert pq.read_schema(lake.file(place)).equals(TABLES[name].schema)
    assert pq.read_metadata(lake.file(place)).num_rows == 0


def test_a_table_that_is_empty_stays_as_it_is_until_it_has_rows(lake: LakeLayout) -> None:
    files = []
    for run in ("r1", "r2"):
        with writing(lake, run) as tx:
            tx.commit()
        files.append({name: (lake.tables / name).stat().st_ino for name in _files(lake)})
    assert files[0] == files[1]


def test_an_upsert_that_changes_nothing_leaves_no_trace(lake: LakeLayout, publish: Publish, document_id: Ids) -> None:
    with writing(lake, "r1") as tx:
        publish(tx, 1, "CM18-9000001")
        tx.commit()
    before = lake.file(PLACE).stat().st_ino
    with writing(lake, "r2") as tx:
        for place in (PLACE, PLACE._replace(part=1)):
            tx.upsert(place, TEXTS.schema.empty_table(), pa.array([document_id(7)]))
        assert tx.changes == (0, 0, ())
        tx.commit()
    assert lake.file(PLACE).stat().st_ino == before
    assert len(_with_rows(lake)) == len(LETTER_TABLES)


def test_rows_that_come_and_go_within_one_transaction_make_no_file(
    lake: LakeLayout, rows: Rows, document_id: Ids
) -> None:
    ids = pa.array([document_id(1)])
    with writing(lake, "r1") as tx:
        tx.upsert(PLACE, rows(TEXTS, {"document_id": document_id(1)}), ids)
        tx.upsert(PLACE, TEXTS.schema.empty_table(), ids)
        tx.upsert(PLACE._replace(part=7), rows(TEXTS, {"document_id": document_id(2)}), ids)
        tx.commit()
    assert lake.partitions("texts") == [PLACE._replace(part=7)]


def test_what_was_prepared_is_read_back_before_it_is_public(
    lake: LakeLayout, publish: Publish, document_id: Ids
) -> None:
    with writing(lake, "r1") as tx:
        publish(tx, 1, "CM18-9000001", text="new")
        assert tx.read(PLACE, ["clean_text", "document_id"]).to_pylist() == [
            {"clean_text": "new", "document_id": document_id(1)}
        ]
        assert tx.read_all("decisions", ["decision_number"])["decision_number"].to_pylist() == [1, 2]
        assert tx.partitions("texts") == [PLACE]
        assert lake.partitions("texts") == []


def test_rows_added_and_removed_are_counted(lake: LakeLayout, publish: Publish) -> None:
    counts = []
    for items in (3, 2):
        with writing(lake, "r1") as tx:
            publish(tx, 1, "CM18-9000001", items=items)
            counts.append(tx.changes[:2])
            assert tx.changes.tables == tuple(table.name for table in LETTER_TABLES)
            tx.commit()
    assert counts == [(14, 0), (11, 14)]


def test_rows_of_another_shape_are_refused(lake: LakeLayout, rows: Rows, document_id: Ids) -> None:
    good = rows(DECISIONS, {"document_id": document_id(1)})
    wider = good.set_column(3, pa.field("decision_number", pa.int64(), nullable=False), good[3].cast(pa.int64()))
    with writing(lake, "r1") as tx:
        for bad in (wider, good.drop_columns(["rationale"])):
            with pytest.raises(LakeError) as caught:
                tx.upsert(Partition("decisions", "year=2018", 90), bad, good["document_id"].combine_chunks())
            assert caught.value.code == Code.INVALID_ROWS


def test_a_lake_of_another_declaration_is_refused_with_the_command_to_run(lake: LakeLayout, document_id: Ids) -> None:
    lake.file(PLACE).parent.mkdir(parents=True)
    pq.write_table(pa.table({"document_id": [document_id(1)]}), lake.file(PLACE))
    with pytest.raises(LakeError, match="run: imr migrate") as caught, writing(lake, "r1"):
        pass
    assert caught.value.code == Code.LAKE_OUTDATED


def test_one_file_of_another_declaration_is_never_read_as_if_it_were_ours(lake: LakeLayout, document_id: Ids) -> None:
    with writing(lake, "r1") as tx:
        lake.file(PLACE).parent.mkdir(parents=True)
        pq.write_table(pa.table({"document_id": [document_id(1)]}), lake.file(PLACE))
        with pytest.raises(LakeError) as caught:
            tx.read(PLACE)
    assert caught.value.code == Code.LAKE_OUTDATED


def test_files_are_sorted_say_their_commit_and_have_the_declared_schema(lake: LakeLayout, publish: Publish) -> None:
    with writing(lake, "r1") as tx:
        for number, items in ((3, 2), (1, 3), (2, 1)):
            publish(tx, number, f"CM18-900000{number}", items)
        tx.commit()
    for table in LETTER_TABLES:
        (place,) = lake.partitions(table.name)
        with pq.ParquetFile(lake.file(place)) as file:
            assert file.schema_arrow.equals(table.schema)
            assert [field.metadata for field in file.schema_arrow] == [field.metadata for field in table.schema]
            assert file.metadata.metadata[b"commit_id"].decode() == tx.commit_id
            assert file.metadata.metadata[b"schema_version"] == SCHEMA_VERSION.encode()
            stored = file.read()
            assert stored.equals(stored.sort_by([(column, "ascending") for column in table.order]))


def test_events_are_appended_once_and_a_full_part_starts_the_next(
    lake: LakeLayout, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "PART_ROWS", 3)
    events = [rows(TABLES["lineage"], *({"event_id": f"e{n}"} for n in ids)) for ids in ([1, 2], [2, 3], [1, 4, 5])]
    for new in events:
        with writing(lake, "r1") as tx:
            tx.append("lineage", TODAY, tx.unseen("lineage", TODAY, new, on="event_id", by="started_at"))
            tx.commit()
    places = [Partition("lineage", "date=2026-01-02", part) for part in (0, 1)]
    stored = [pq.ParquetFile(lake.file(place)).read()["event_id"].to_pylist() for place in places]
    assert lake.partitions("lineage") == places
    assert stored == [["e1", "e2", "e3"], ["e4", "e5"]]


def _event(event_id: str, minute: int) -> dict[str, Any]:
    return {"event_id": event_id, "started_at": dt.datetime(2026, 1, 2, 12, minute, tzinfo=dt.UTC)}


@pytest.mark.parametrize(
    ("told", "unseen", "read"),
    [
        pytest.param([("c", 3)], ["c"], [], id="after all parts: none is read"),
        pytest.param([("b", 2), ("c", 3)], ["c"], [1], id="one of the last part again"),
        pytest.param([("a", 1), ("b", 2)], [], [0, 1], id="all again"),
        pytest.param([("x", 0)], ["x"], [0, 1], id="before all parts"),
        pytest.param([], [], [], id="none"),
    ],
)
def test_events_are_looked_for_in_the_parts_that_may_have_them(
    lake: LakeLayout,
    rows: Rows,
    monkeypatch: pytest.MonkeyPatch,
    told: list[tuple[str, int]],
    unseen: list[str],
    read: list[int],
) -> None:
    monkeypatch.setattr(transaction, "PART_ROWS", 1)
    for event in (("a", 1), ("b", 2)):
        with writing(lake, "r1") as tx:
            tx.append("lineage", TODAY, rows(TABLES["lineage"], _event(*event)))
            tx.commit()
    looked_at, real = list[int](), Transaction.read

    def seen(self: Transaction, partition: Partition, columns: list[str] | None = None) -> pa.Table:
        looked_at.append(partition.part)
        return real(self, partition, columns)

    monkeypatch.setattr(Transaction, "read", seen)
    with writing(lake, "r1") as tx:
        new = rows(TABLES["lineage"], *(_event(*event) for event in told))
        assert tx.unseen("lineage", TODAY, new, on="event_id", by="started_at")["event_id"].to_pylist() == unseen
    assert looked_at == read


def test_a_summary_is_replaced_whole_and_stays_even_if_empty(lake: LakeLayout, rows: Rows) -> None:
    table = TABLES["outcomes_by_year"]
    for new in (rows(table, {"case_year": 2018}), table.schema.empty_table()):
        with writing(lake, "r1") as tx:
            tx.write(table.name, new)
            tx.commit()
        assert pq.read_table(lake.tables / table.name / "outcomes_by_year.parquet").num_rows == new.num_rows


@pytest.mark.parametrize(("before", "after"), [("CM17-9000001", "CM18-9000001"), ("CM18-9000001", "CM17-9000001")])
def test_a_letter_that_moves_leaves_its_old_file_before_it_is_in_the_new(
    lake: LakeLayout, publish: Publish, document_id: Ids, monkeypatch: pytest.MonkeyPatch, before: str, after: str
) -> None:
    with writing(lake, "r1") as tx:
        publish(tx, 1, before)
        publish(tx, 2, "CM17-9000002")
        publish(tx, 3, "CM18-9000003")
        tx.commit()
    seen: list[int] = []
    move = os.replace

    def watched(source: Path, target: Path) -> None:
        move(source, target)
        parts = [pq.ParquetFile(lake.file(place)).read(["document_id"]) for place in lake.partitions("texts")]
        seen.append(sum(part["document_id"].to_pylist().count(document_id(1)) for part in parts))

    with writing(lake, "r2") as tx:
        publish(tx, 1, after)
        old = PLACE._replace(folder=f"year=20{before[2:4]}")
        tx.upsert(old, TEXTS.schema.empty_table(), pa.array([document_id(1)]))
        publish(tx, 2, "CM17-9000002")  # both files are changed once more, by letters that stay
        publish(tx, 3, "CM18-9000003")
        monkeypatch.setattr(os, "replace", watched)
        tx.commit()
    assert 0 in seen
    assert max(seen) == seen[-1] == 1


def test_nothing_takes_its_place_before_it_is_durable_nor_is_forgotten_before_its_place_is(
    lake: LakeLayout, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order of fsync, rename and unlink, as a power cut would see it."""
    synced: set[int] = set()
    moves: list[str] = []
    sync, move, unlink = os.fsync, os.replace, os.unlink

    def watched_sync(descriptor: int) -> None:
        synced.add(os.fstat(descriptor).st_ino)
        sync(descriptor)

    def watched_move(source: Path, target: Path) -> None:
        assert source.stat().st_ino in synced, "a file takes its place before its content is durable"
        moves.append(target.name)
        synced.discard(target.parent.stat().st_ino)
        move(source, target)

    def watched_unlink(path: Path, **_: object) -> None:
        if path == lake.journal / "commit.json":
            folders = {lake.file(place).parent for table in LETTER_TABLES for place in lake.partitions(table.name)}
            folders |= {parent for folder in folders for parent in (folder.parent, folder.parent.parent)}
            assert {folder.stat().st_ino for folder in folders} <= synced, "a commit is forgotten too early"
            moves.append("forgotten")
        unlink(path)

    with writing(lake, "r1") as tx:
        publish(tx, 1, "CM18-9000001")
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", watched_sync)
            patch.setattr(os, "replace", watched_move)
            patch.setattr(os, "unlink", watched_unlink)
            tx.commit()
    assert moves[0] == "commit.json"
    assert moves[-2:] == ["SHA256SUMS", "forgotten"]
    assert len(moves) == 3 + len(TABLES)


def test_a_staged_file_that_is_not_what_was_written_is_not_published(
    lake: LakeLayout, publish: Publish, rows: Rows, document_id: Ids
) -> None:
    with writing(lake, "r1") as tx:
        publish(tx, 1, "CM18-9000001")
        staged = next(path for path in lake.journal.rglob("*.staged") if path.name.startswith("texts."))
        pq.write_table(rows(TEXTS, *[{"document_id": document_id(1)}] * 2), staged, **PARQUET_OPTIONS)
        with pytest.raises(LakeError) as caught:
            tx.commit()
    assert caught.value.code == Code.LAKE_WRITE_FAILED
    assert _files(lake) == set()


def test_a_letters_date_orders_the_file(lake: LakeLayout, rows: Rows, document_id: Ids) -> None:
    dates = [dt.date(2018, 3, 1), None, dt.date(2018, 1, 1)]
    given = [{"document_id": document_id(n), "decision_date": date} for n, date in enumerate(dates)]
    with writing(lake, "r1") as tx:
        tx.upsert(Partition("decisions", "year=2018", 90), rows(DECISIONS, *given), pa.array([], pa.string()))
        stored = tx.read_all("decisions", ["decision_date"])["decision_date"]
    assert stored.to_pylist() == [dates[2], dates[0], None]
    assert pc.is_null(stored).to_pylist() == [False, False, True]
