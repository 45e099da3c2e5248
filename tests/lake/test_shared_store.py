"""A lake's object store: what it must promise, what counts in it, and what of it is believed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import obstore
import pyarrow as pa
import pytest
from obstore.store import MemoryStore, from_url

from imr.errors import Code, LakeError
from imr.lake import object_store
from imr.lake.layout import LakeLayout
from imr.lake.object_store import check_promises
from imr.lake.raw_store import RawStore, files_of
from imr.lake.shared_store import SharedStore, drop_copies, shared_store, use_store
from imr.lake.stage import MADE, StageGoneError, StageStore
from imr.records import LetterRef
from tests.object_stores import BUCKET, s3_server

TABLES = {"lineage": pa.table({"document_id": ["a"]}), "cases": pa.table({"document_id": ["a"]})}
OTHER = {"lineage": pa.table({"document_id": ["b"]}), "cases": pa.table({"document_id": ["b"]})}


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[str]:
    with s3_server() as server:
        yield server


@pytest.fixture
def lake(tmp_path: Path) -> LakeLayout:
    """A lake with a part of the bucket of its own."""
    lake = LakeLayout(tmp_path / "lake")
    use_store(lake, f"s3://{BUCKET}/{tmp_path.name}")
    return lake


@pytest.fixture
def elsewhere(lake: LakeLayout, tmp_path: Path) -> LakeLayout:
    """An empty folder of another machine that shares the store."""
    other = LakeLayout(tmp_path / "elsewhere")
    use_store(other, _store(lake).address)
    return other


def _store(lake: LakeLayout) -> SharedStore:
    store = shared_store(lake)
    assert store
    return store


def _broken(monkeypatch: pytest.MonkeyPatch, accepts: str) -> None:
    """Have puts of one kind succeed in silence where they must not."""
    put = obstore.put

    def careless(store: Any, key: str, data: bytes, *, mode: Any, **options: Any) -> Any:
        kind = "create" if mode == "create" else "tag"
        return put(store, key, data, mode="overwrite" if kind == accepts else mode, **options)

    monkeypatch.setattr(object_store.obstore, "put", careless)


def test_a_store_that_keeps_its_promises_is_left_as_it_was(lake: LakeLayout) -> None:
    check_promises(from_url(_store(lake).address))
    assert not list(_store(lake).listed(""))


@pytest.mark.parametrize("accepts", ["create", "tag"])
def test_a_store_that_overwrites_is_refused_before_anything_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, accepts: str
) -> None:
    _broken(monkeypatch, accepts)
    lake = LakeLayout(tmp_path / "lake")
    with pytest.raises(LakeError) as error:
        use_store(lake, f"s3://{BUCKET}/careless")
    assert error.value.code is Code.STORE_UNSAFE
    assert not lake.store.exists()
    assert not list(obstore.list(from_url(f"s3://{BUCKET}/careless")))


def test_a_store_is_remembered_and_another_refused(lake: LakeLayout) -> None:
    use_store(lake, None)
    use_store(lake, f"{_store(lake).address}/")
    with pytest.raises(LakeError) as error:
        use_store(lake, f"s3://{BUCKET}/another")
    assert error.value.code is Code.STORE_DIFFERS


@pytest.mark.parametrize(
    "address", ["s3://user:secret@letters/x", "s3://letters/x?sig=secret", "file:///tmp/x", "letters", "s3://"]
)
def test_what_is_no_plain_address_of_a_store_is_refused_and_not_repeated(tmp_path: Path, address: str) -> None:
    lake = LakeLayout(tmp_path / "lake")
    with pytest.raises(LakeError) as error:
        use_store(lake, address)
    assert error.value.code is Code.REMOTE_STORE_FAILED
    assert "secret" not in str(error.value)
    assert not lake.store.exists()


def test_the_bytes_of_a_lake_that_gets_a_store_go_there(tmp_path: Path) -> None:
    lake = LakeLayout(tmp_path / "lake")
    document_id = RawStore.of(lake).put(b"some bytes", ".txt")
    use_store(lake, f"s3://{BUCKET}/{tmp_path.name}")
    drop_copies(lake)
    assert RawStore.of(lake).here(document_id, ".txt").read_bytes() == b"some bytes"
    assert list(files_of(RawStore.of(lake))) == [document_id]


def test_bytes_are_brought_where_they_are_needed_and_let_go(lake: LakeLayout, elsewhere: LakeLayout) -> None:
    ref = LetterRef(RawStore.of(lake).put(b"letter", ".txt"), ".txt", "file:///x", "x", 6)
    assert not RawStore.of(lake).path(ref.document_id, ".txt").exists()
    RawStore.of(elsewhere).bring_here([ref])
    assert RawStore.of(elsewhere).path(ref.document_id, ".txt").read_bytes() == b"letter"
    RawStore.of(elsewhere).drop_copies([ref])
    assert not RawStore.of(elsewhere).path(ref.document_id, ".txt").exists()
    assert RawStore.of(elsewhere).has(ref.document_id, ".txt")


def test_bytes_that_are_not_those_of_their_hash_are_not_used_and_are_put_again(lake: LakeLayout) -> None:
    store = RawStore.of(lake)
    document_id = store.put(b"letter", ".txt")
    obstore.put(_store(lake)._store, f"raw/{document_id[:2]}/{document_id}.txt", b"damage")
    assert not store.here(document_id, ".txt").exists()
    (file,) = files_of(store).values()
    assert store.sha256(file) != document_id
    store.put(b"letter", ".txt")
    assert store.here(document_id, ".txt").read_bytes() == b"letter"


def test_a_batch_is_seen_elsewhere_once_it_is_whole(lake: LakeLayout, elsewhere: LakeLayout) -> None:
    StageStore.of(lake).put("extract", "k", TABLES)
    assert StageStore.of(elsewhere).get("extract", "k", "cases").equals(TABLES["cases"])
    _store(lake).erase(f"stage/extract/k/{MADE}")  # as if it had been broken off before its last object
    assert not StageStore.of(lake).has("extract", "k")
    with pytest.raises(StageGoneError):
        StageStore.of(elsewhere).get("extract", "none", "cases")


def test_of_two_that_do_the_same_work_the_first_counts_for_both(lake: LakeLayout, elsewhere: LakeLayout) -> None:
    assert StageStore.of(lake).put("extract", "k", TABLES)
    assert not StageStore.of(elsewhere).put("extract", "k", OTHER)
    assert StageStore.of(elsewhere).get("extract", "k", "cases").equals(TABLES["cases"])


def test_a_copy_of_what_was_dropped_and_made_again_is_renewed(lake: LakeLayout, elsewhere: LakeLayout) -> None:
    StageStore.of(lake).put("extract", "k", TABLES)
    assert StageStore.of(elsewhere).has("extract", "k")
    StageStore.of(lake).drop("extract", "k")
    assert not StageStore.of(elsewhere).has("extract", "k")
    StageStore.of(lake).put("extract", "k", OTHER)
    assert StageStore.of(elsewhere).has("extract", "k")
    assert StageStore.of(elsewhere).get("extract", "k", "cases").equals(OTHER["cases"])


@pytest.mark.parametrize("harm", ["changed", "gone", "marker"])
def test_a_batch_that_is_damaged_in_the_store_counts_as_not_there(
    lake: LakeLayout, elsewhere: LakeLayout, harm: str
) -> None:
    StageStore.of(lake).put("extract", "k", TABLES)
    keys = {kept.key for kept in _store(lake).listed("stage/extract/k/")}
    (part,) = (key for key in keys if "/cases.parquet" in key)
    if harm == "gone":
        _store(lake).erase(part)
    else:
        obstore.put(_store(lake)._store, part if harm == "changed" else f"stage/extract/k/{MADE}", b"damage")
    assert not StageStore.of(elsewhere).has("extract", "k")
    assert not list(_store(lake).listed("stage/extract/k/"))  # so that it can be made anew
    StageStore.of(lake).put("extract", "k", TABLES)
    assert StageStore.of(elsewhere).has("extract", "k")


def test_copies_go_and_what_counts_stays(lake: LakeLayout) -> None:
    StageStore.of(lake).put("extract", "k", TABLES)
    StageStore(lake.stage).put("dwc_listing", "days", TABLES)  # of this machine alone
    drop_copies(lake)
    assert not StageStore.of(lake).folder("extract", "k").exists()
    assert StageStore(lake.stage).has("dwc_listing", "days")
    assert StageStore.of(lake).has("extract", "k")


def test_what_says_where_the_store_is_heals(lake: LakeLayout) -> None:
    address = _store(lake).address
    lake.store.write_bytes(b"{")
    with pytest.raises(LakeError) as error:
        use_store(lake, None)
    assert error.value.code is Code.LAKE_DAMAGED
    use_store(lake, address)
    assert json.loads(lake.store.read_bytes()) == {"store": address}


def test_the_probe_holds_for_stores_of_other_kinds_too() -> None:
    check_promises(MemoryStore())
