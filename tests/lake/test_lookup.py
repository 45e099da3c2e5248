"""A letter is found by its case number, its file's name, path or address, or (the beginning of) its document id."""

from __future__ import annotations

import datetime as dt
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout
from imr.lake.lookup import find_documents, find_events, letter_rows, meant
from imr.lake.partitions import letter_partition
from imr.lake.transaction import writing
from imr.sources.folders import source_file
from imr.tables.declaration import DOCUMENTS, LETTER_TABLES, LINEAGE, QUARANTINE

ID, OTHER_ID = "ab" * 32, "cd" * 32
LETTER = {
    "document_id": ID,
    "source_uri": "file:///in/my%20letter.v2.pdf",
    "source_name": "my letter.v2.pdf",
    "case_number": "CM17-0000001",
}
OTHER = {
    "document_id": OTHER_ID,
    "source_uri": "zip+file:///in/all.zip#sub/CM17-0000002.pdf",
    "source_name": "CM17-0000002.pdf",
    "case_number": None,
}

Rows = Callable[..., pa.Table]


@pytest.fixture
def tables(rows: Rows) -> list[pa.Table]:
    """The two letters as each of the tables that files are looked up in has them."""
    return [rows(table, LETTER, OTHER) for table in (DOCUMENTS, QUARANTINE, LINEAGE)]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param("my letter.v2.pdf", ID, id="file name"),
        pytest.param("my letter.v2", ID, id="file name without its ending"),
        pytest.param("my letter", None, id="part of a file name"),
        pytest.param("/in/my letter.v2.pdf", ID, id="path"),
        pytest.param("/in/../in/my letter.v2.pdf", ID, id="path, roundabout"),
        pytest.param("/elsewhere/my letter.v2.pdf", None, id="other path"),
        pytest.param("file:///in/my%20letter.v2.pdf", ID, id="address"),
        pytest.param("zip+file:///in/all.zip#sub/CM17-0000002.pdf", OTHER_ID, id="address in an archive"),
        pytest.param(ID, ID, id="document id"),
        pytest.param(ID[:8], ID, id="its beginning"),
        pytest.param(ID[:8].upper(), ID, id="its beginning in capitals"),
        pytest.param(ID[:7], None, id="too little of it"),
        pytest.param("CM17-0000002", OTHER_ID, id="case number in a file name"),
        pytest.param("cm17-0000002", OTHER_ID, id="case number in a file name, small"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_file_is_found_in_every_table(tables: list[pa.Table], wanted: str, found: str | None) -> None:
    for table in tables:
        assert meant(table, wanted)["document_id"].to_pylist() == ([found] if found else [])


def test_several_names_mean_several_files(tables: list[pa.Table]) -> None:
    for table in tables:
        assert meant(table, "my letter.v2.pdf", OTHER_ID)["document_id"].to_pylist() == [ID, OTHER_ID]


@pytest.mark.parametrize(("wanted", "found"), [("cm17-0000001", [ID]), ("CM17-0000009", [])])
def test_a_letter_goes_by_its_own_case_number_not_by_that_of_its_file(
    rows: Rows, wanted: str, found: list[str]
) -> None:
    table = rows(DOCUMENTS, LETTER | {"source_name": "CM17-0000009.pdf"})
    assert meant(table, wanted)["document_id"].to_pylist() == found


def test_what_was_never_read_is_found_by_its_name(rows: Rows) -> None:
    table = rows(QUARANTINE, OTHER | {"document_id": None})
    assert meant(table, "CM17-0000002.pdf").num_rows == 1
    assert meant(table, ID).num_rows == 0


def test_the_newest_letter_of_a_case_comes_first(
    lake: LakeLayout, publish: Callable[..., None], document_id: Callable[[int], str]
) -> None:
    with writing(lake, "r") as transaction:
        for number in (1, 2, 3):
            publish(transaction, number, "CM17-0000001")
        transaction.commit()
    (file,) = lake.partitions("cases")
    with writing(lake, "r") as transaction:
        cases = transaction.read(file)
        latest = pa.array([row == document_id(2) for row in cases["document_id"].to_pylist()])
        changed = cases.set_column(cases.schema.get_field_index("is_latest"), cases.schema.field("is_latest"), latest)
        transaction.upsert(file, changed, cases["document_id"].combine_chunks())
        transaction.commit()
    found = [row["document_id"] for row in find_documents(lake, "CM17-0000001")]
    assert (found[0], set(found)) == (document_id(2), {document_id(1), document_id(2), document_id(3)})


def test_the_rows_of_one_letter_are_its_own(
    lake: LakeLayout, publish: Callable[..., None], document_id: Callable[[int], str]
) -> None:
    with writing(lake, "r") as transaction:
        for number, case_number in enumerate(["CM17-0000001", "CM17-0000002", None]):
            publish(transaction, number, case_number)
        transaction.commit()
    for number in range(3):
        (document,) = find_documents(lake, document_id(number))
        for table in LETTER_TABLES:
            found = letter_rows(lake, table.name, document)
            assert set(found["document_id"].to_pylist()) == {document_id(number)}
            assert found.schema.names == table.schema.names
    elsewhere = document | {"case_number": "CM18-0000001"}
    assert letter_rows(lake, "texts", elsewhere).schema == letter_rows(lake, "texts", document).schema
    assert letter_rows(lake, "texts", elsewhere, ["document_id"]).num_rows == 0


@pytest.mark.parametrize("table", ["texts", "provenance", "decisions"])
def test_a_letters_rows_are_held_against_the_checksums_of_their_pages(
    lake: LakeLayout, publish: Callable[..., None], document_id: Callable[[int], str], table: str
) -> None:
    with writing(lake, "r") as transaction:
        publish(transaction, 1, "CM17-0000001", text="a" * 100)
        transaction.commit()
    (document,) = find_documents(lake, document_id(1))
    (partition,) = lake.partitions(table)
    path = lake.file(partition)
    column = pq.ParquetFile(path).metadata.row_group(0).column(0)
    harmed = bytearray(path.read_bytes())
    harmed[column.data_page_offset + column.total_compressed_size // 2] ^= 4
    path.write_bytes(harmed)
    with pytest.raises(LakeError) as refused:
        letter_rows(lake, table, document)
    assert refused.value.code is Code.LAKE_DAMAGED


def test_many_files_of_one_name_are_all_found(lake: LakeLayout, rows: Rows, document_id: Callable[[int], str]) -> None:
    letters = [{"document_id": document_id(n), "source_uri": f"zip+file:///in/{n}.zip#a.pdf"} for n in range(30)]
    with writing(lake, "r") as transaction:
        named = [letter | {"source_name": "a.pdf"} for letter in letters]
        transaction.upsert(letter_partition(DOCUMENTS, ID, None), rows(DOCUMENTS, *named), pa.array([], pa.string()))
        events = [{"event_id": str(n), "document_id": document_id(n), "source_uri": "file:///x"} for n in range(30)]
        transaction.append("lineage", dt.date(2026, 1, 2), rows(LINEAGE, *events))
        transaction.commit()
    assert len(find_documents(lake, "a.pdf")) == len(find_events(lake, "a.pdf")) == 30


def test_events_are_those_of_the_file_and_of_what_was_read_from_it(
    lake: LakeLayout, rows: Rows, tmp_path: Path
) -> None:
    elsewhere = {"source_uri": "file:///in/copy.pdf", "document_id": ID}
    failed = {"source_uri": "file:///in/CM17-0000001.pdf", "document_id": None}
    events = [{"event_id": str(number)} | event for number, event in enumerate([LETTER, elsewhere, failed, OTHER])]
    with writing(lake, "r") as transaction:
        transaction.upsert(
            letter_partition(DOCUMENTS, ID, LETTER["case_number"]), rows(DOCUMENTS, LETTER), pa.array([], pa.string())
        )
        transaction.append("lineage", dt.date(2026, 1, 2), rows(LINEAGE, *events))
        transaction.commit()
    found = [event["event_id"] for event in find_events(lake, "CM17-0000001")]
    assert found == ["2", "1", "0"]
    assert [event["event_id"] for event in find_events(lake, "copy.pdf")] == ["1"]


def test_rows_under_another_declaration_are_not_taken_for_the_letters(
    lake: LakeLayout, publish: Callable[..., None], document_id: Callable[[int], str]
) -> None:
    with writing(lake, "r") as transaction:
        publish(transaction, 1, "CM17-0000001")
        transaction.commit()
    (file,) = lake.partitions("sections")
    pq.write_table(pq.ParquetFile(lake.file(file)).read().drop_columns(["title"]), lake.file(file))
    (document,) = find_documents(lake, document_id(1))
    with pytest.raises(LakeError) as caught:
        letter_rows(lake, "sections", document)
    assert caught.value.code == Code.LAKE_OUTDATED
    assert letter_rows(lake, "sections", document, ["document_id"]).num_rows == 1


_NAMES = {
    "blanks": "a b  c.pdf",
    "hash": "a#b.pdf",
    "per cent": "100%.pdf",
    "as if encoded": "a%20b.pdf",
    "beyond ASCII": "\u00fc\u4e2d.pdf",
    "accents apart": "u\u0308.pdf",
    "brackets": "a[1].pdf",
    "question mark": "a?b.pdf",
    "quotes": 'it\'s "so".pdf',
    "backslash": "a\\b.pdf",
    "not UTF-8": os.fsdecode(b"a\xff.pdf"),
    "newline": "a\nb.pdf",
}


@pytest.mark.parametrize("with_names", [True, False], ids=["names", "addresses alone"])
@pytest.mark.parametrize("name", _NAMES.values(), ids=_NAMES)
def test_any_name_a_file_may_have_is_found(rows: Rows, name: str, with_names: bool) -> None:
    file = source_file(Path("/in") / name)
    table = rows(QUARANTINE, {"source_uri": file.uri, "source_name": file.name})
    table = table if with_names else table.drop_columns(["source_name"])
    composed = unicodedata.normalize("NFC", name)
    for wanted in (name, name.removesuffix(".pdf"), f"/in/{name}", file.uri, composed, composed.removesuffix(".pdf")):
        assert meant(table, wanted).num_rows == 1, wanted
    assert meant(table, f"x{name}").num_rows == 0


@pytest.mark.parametrize(
    "address", ["https://x.example/%c3%bc.pdf", "https://x.example/\u00fc.pdf", "s3://b/u\u0308.pdf"]
)
def test_an_address_is_found_by_the_name_in_it_however_it_is_written(rows: Rows, address: str) -> None:
    table = rows(LINEAGE, {"source_uri": address})
    assert [meant(table, wanted).num_rows for wanted in ("\u00fc.pdf", "u\u0308.pdf", "\u00fc", "u.pdf")] == [
        1,
        1,
        1,
        0,
    ]
