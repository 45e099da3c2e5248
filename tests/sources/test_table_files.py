from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imr.errors import Code, LetterError, ListingError
from imr.lake.raw_store import RawStore
from imr.sources import listing
from imr.sources import table_files as tables
from imr.sources.fetching import fetch
from imr.sources.many import Files
from imr.sources.table_files import list_table

TEXTS = ["first", "größe 2", None, "fourth"]
NAMES = ["CM16-9000001", "x/CM16-9000002.txt", None, "CM16-9000004.pdf"]


def write(path: Path, rows: dict[str, list[object]]) -> Path:
    table = pa.table(rows)
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=3)
    else:
        path.write_text("\n\n".join(json.dumps(row) for row in table.to_pylist()), encoding="utf-8")
    return path


ANY = pytest.mark.parametrize("name", ["a.parquet", "a.jsonl", "a.ndjson"])


def texts(path: Path, raw: Path, text: str = "", name: str = "") -> list[bytes]:
    store = RawStore(raw)
    fetched = [fetch(file.uri, store) for file in list_table(path, text, name)]
    return [store.path(file.document_id, file.suffix).read_bytes() for file in fetched]


@ANY
def test_every_row_is_a_letter(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, {"text": TEXTS, "name": NAMES, "pages": [1, 2, 3, 4]})
    files = list(list_table(path))
    assert [file.name for file in files] == [
        "CM16-9000001.txt",
        "CM16-9000002.txt",
        "a-0000002.txt",
        "CM16-9000004.pdf",
    ]
    assert len({file.uri for file in files}) == 4
    assert texts(path, tmp_path / "raw") == [b"first", "größe 2".encode(), b"", b"fourth"]
    assert fetch(files[0].uri, RawStore(tmp_path / "raw")).stamp == files[0].stamp != ""


@pytest.mark.parametrize(
    "content",
    [
        pytest.param('\ufeff{"text": "first"}\n{"text": "second"}\n', id="byte-order-mark"),
        pytest.param('{"name": "x"}\n{"text": "first"}\n{"text": "second"}\n', id="first-row-without-a-text"),
        pytest.param('{}\n[1]\n{"text": "first"}\nno json\n{"text": "second"}\n', id="rows-of-all-kinds"),
    ],
)
def test_jsonl_as_people_write_it(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.jsonl").write_text(content, encoding="utf-8")
    found = []
    for file in list_table(tmp_path / "a.jsonl"):
        try:
            fetched = fetch(file.uri, RawStore(tmp_path / "raw"))
        except LetterError:
            continue
        found.append(RawStore(tmp_path / "raw").path(fetched.document_id, fetched.suffix).read_bytes())
    assert [text for text in found if text] == [b"first", b"second"]


@ANY
@pytest.mark.parametrize(
    ("columns", "asked", "found"),
    [
        pytest.param({"a": ["1"], "b": ["2"]}, ("b", "a"), "2", id="by-name"),
        pytest.param({"clean_text": ["1"], "raw_text": ["2"]}, ("", ""), "2", id="usual-names-in-their-order"),
        pytest.param({"text": [b"1".decode()], "größe": ["2"]}, ("größe", ""), "2", id="beyond-ascii"),
    ],
)
def test_the_column_of_texts(
    tmp_path: Path, name: str, columns: dict[str, list[object]], asked: tuple[str, str], found: str
) -> None:
    assert texts(write(tmp_path / name, columns), tmp_path / "raw", *asked) == [found.encode()]


@ANY
@pytest.mark.parametrize("asked", ["", "absent"])
def test_a_table_without_such_a_column_cannot_be_listed(tmp_path: Path, name: str, asked: str) -> None:
    path = write(tmp_path / name, {"x": ["1"]})
    with pytest.raises(ListingError) as caught:
        list(list_table(path, asked))
    assert caught.value.code == Code.LISTING_CHANGED


@ANY
def test_what_is_no_table_cannot_be_listed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"{no table")
    with pytest.raises(ListingError) as caught:
        list(list_table(tmp_path / name))
    assert caught.value.code == Code.SOURCE_UNREADABLE


@ANY
def test_a_value_that_is_no_text_is_refused(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, {"text": [17]})
    with pytest.raises(LetterError) as caught:
        texts(path, tmp_path / "raw")
    assert caught.value.code == Code.ARCHIVE_DAMAGED


@ANY
def test_a_text_longer_than_any_letter_is_refused_alone(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / name, {"text": ["short", "x" * 1000, "after"]})
    monkeypatch.setattr(tables, "MAX_BYTES", 500)
    first, large, last = list_table(path)
    store = RawStore(tmp_path / "raw")
    assert fetch(first.uri, store).byte_size == fetch(last.uri, store).byte_size == 5
    with pytest.raises(LetterError) as caught:
        fetch(large.uri, store)
    assert caught.value.code == Code.FILE_TOO_LARGE


def test_a_line_that_is_no_json_is_refused_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "good"}\n{"text": \n{"text": "also good"}\n[1]\n', encoding="utf-8")
    store, found = RawStore(tmp_path / "raw"), []
    for file in list_table(path):
        try:
            found.append(fetch(file.uri, store).byte_size)
        except LetterError as error:
            found.append(error.code)
    assert found == [4, "archive_damaged", 9, "archive_damaged"]


@ANY
def test_a_row_that_is_gone_is_missing(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, {"text": ["1", "2"]})
    *_, last = list_table(path)
    write(path, {"text": ["1"]})
    with pytest.raises(LetterError) as caught:
        fetch(last.uri, RawStore(tmp_path / "raw"))
    assert caught.value.code == Code.SOURCE_MISSING
    path.unlink()
    with pytest.raises(LetterError) as caught:
        fetch(last.uri, RawStore(tmp_path / "raw"))
    assert caught.value.code == Code.SOURCE_MISSING


@ANY
def test_more_rows_than_there_are_letters_are_refused(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / name, {"text": TEXTS, "name": NAMES})
    monkeypatch.setattr(listing, "MAX_ENTRIES", 3)
    monkeypatch.setattr(tables, "MAX_ENTRIES", 3)
    with pytest.raises(ListingError) as caught:
        Files.of(list_table(path))
    assert caught.value.code == Code.LISTING_TOO_LARGE


def test_fifty_million_rows_in_a_small_file_are_refused_before_any_is_read(tmp_path: Path) -> None:
    rows = pa.DictionaryArray.from_arrays(pa.array(bytes(1_000_000), pa.int8()), ["x"]).cast(pa.string())
    with pq.ParquetWriter(tmp_path / "a.parquet", pa.schema({"text": pa.string()})) as writer:
        for _ in range(3):
            writer.write_table(pa.table({"text": rows}), row_group_size=1_000_000)
    with pytest.raises(ListingError) as caught:
        next(list_table(tmp_path / "a.parquet"))
    assert caught.value.code == Code.LISTING_TOO_LARGE


def test_a_long_name_of_every_row_is_held_once(tmp_path: Path) -> None:
    names = pa.DictionaryArray.from_arrays(pa.array([0, None, 1] * 100, pa.int8()), ["x" * 10**7 + "/a.txt", "b"])
    pq.write_table(pa.table({"text": ["letter"] * 300, "name": names.cast(pa.large_string())}), tmp_path / "a.parquet")
    before = pa.total_allocated_bytes()
    files = list_table(tmp_path / "a.parquet")
    assert [next(files).name for _ in range(3)] == ["a.txt", "a-0000001.txt", "b.txt"]
    assert pa.total_allocated_bytes() - before < 10**8
