"""Releases in an object store, by way of a server that speaks S3 over HTTP."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import boto3
import duckdb
import obstore
import pytest
from moto.server import ThreadedMotoServer
from obstore.store import ObjectStore, from_url

from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout
from imr.upkeep import object_store
from imr.upkeep.object_store import POINTER, upload_release
from imr.upkeep.releases import Release, make_release

ADDRESS = "s3://letters/imr"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def store(server: str, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """An empty bucket, and the environment that leads to it."""
    environment = {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y", "ENDPOINT_URL": server, "REGION": "us-east-1"}
    for name, value in (environment | {"ALLOW_HTTP": "true"}).items():
        monkeypatch.setenv(f"AWS_{name}", value)
    client = boto3.client("s3", endpoint_url=server, region_name="us-east-1")
    client.create_bucket(Bucket="letters")
    for key in _keys(from_url("s3://letters")):
        client.delete_object(Bucket="letters", Key=key)
    return from_url(ADDRESS)


@pytest.fixture
def release(lake: LakeLayout) -> Release:
    return make_release(lake, "one")


def _keys(store: ObjectStore) -> set[str]:
    return {entry["path"] for page in obstore.list(store) for entry in page}


def _get(store: ObjectStore, key: str) -> bytes:
    return bytes(obstore.get(store, key).bytes())


def test_every_file_is_there_and_the_pointer_leads_to_them(store: ObjectStore, release: Release) -> None:
    key = upload_release(release, ADDRESS)
    pointer = json.loads(_get(store, POINTER))
    package = _get(store, pointer["package"])
    assert (pointer["release"], pointer["package"]) == ("one", key)
    assert hashlib.sha256(package).hexdigest() == pointer["sha256"]
    files = {path.relative_to(release.folder).as_posix() for path in release.folder.rglob("*") if path.is_file()}
    assert _keys(store) == {POINTER} | {f"releases/one/{name}" for name in files}
    for resource in json.loads(package)["resources"]:
        for file in resource["files"]:
            data = _get(store, f"releases/one/{file['path']}")
            assert f"sha256:{hashlib.sha256(data).hexdigest()}" == file["hash"]


def test_what_was_put_is_read_as_parquet(store: ObjectStore, release: Release, tmp_path: Path) -> None:
    upload_release(release, ADDRESS)
    for key in _keys(store):
        if "/decisions/" in key:
            (tmp_path / key.replace("/", "_")).write_bytes(_get(store, key))
    count = "SELECT count(*) FROM '{}'"
    assert (
        duckdb.sql(count.format(f"{tmp_path}/*.parquet")).fetchall()
        == duckdb.sql(count.format(f"{release.folder}/tables/decisions/**/*.parquet")).fetchall()
    )


def test_an_upload_that_was_broken_off_points_nowhere_and_goes_on(
    store: ObjectStore, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, calls = object_store._put_once, []

    def breaks(*args: object) -> None:
        calls.append(args)
        if len(calls) == 5:
            raise OSError("the line is cut")
        put(*args)  # type: ignore[arg-type]

    with monkeypatch.context() as patch, pytest.raises(LakeError) as caught:
        patch.setattr(object_store, "_put_once", breaks)
        upload_release(release, ADDRESS)
    assert caught.value.code == Code.REMOTE_STORE_FAILED
    assert len(_keys(store)) == 4
    assert POINTER not in _keys(store)
    upload_release(release, ADDRESS)
    assert json.loads(_get(store, POINTER))["release"] == "one"


def test_an_object_that_is_in_the_way_is_not_replaced(store: ObjectStore, release: Release) -> None:
    key = "releases/one/SHA256SUMS"
    obstore.put(store, key, b"another's")
    with pytest.raises(LakeError, match="in the way"):
        upload_release(release, ADDRESS)
    assert _get(store, key) == b"another's"
    assert POINTER not in _keys(store)


def test_the_same_release_again_changes_nothing_but_the_pointer(store: ObjectStore, release: Release) -> None:
    upload_release(release, ADDRESS)
    before = {key: obstore.head(store, key)["last_modified"] for key in _keys(store) - {POINTER}}
    upload_release(release, ADDRESS)
    assert {key: obstore.head(store, key)["last_modified"] for key in _keys(store) - {POINTER}} == before


def test_of_two_that_upload_at_once_one_becomes_the_latest_and_the_other_is_told(
    store: ObjectStore, lake: LakeLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [make_release(lake, name) for name in ("one", "two")]
    gate, point, told = threading.Barrier(2), object_store._point, []

    def together(*args: object) -> None:
        gate.wait(60)
        point(*args)  # type: ignore[arg-type]

    def upload(release: Release) -> None:
        try:
            upload_release(release, ADDRESS)
        except LakeError as error:
            told.append(error.message)

    monkeypatch.setattr(object_store, "_point", together)
    threads = [threading.Thread(target=upload, args=(release,)) for release in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["another release was made the latest meanwhile"]
    assert json.loads(_get(store, POINTER))["release"] in ("one", "two")


@pytest.mark.parametrize(
    "address", [pytest.param("ftp://letters", id="no such kind of store"), pytest.param("letters", id="no address")]
)
def test_an_address_that_is_none(release: Release, address: str) -> None:
    with pytest.raises(LakeError) as caught:
        upload_release(release, address)
    assert caught.value.code == Code.REMOTE_STORE_FAILED


def test_a_store_that_refuses_is_named(store: ObjectStore, release: Release) -> None:
    with pytest.raises(LakeError) as caught:
        upload_release(release, "s3://no-such-bucket/imr")
    assert caught.value.code == Code.REMOTE_STORE_FAILED


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("address", "setting", "cause"),
    [
        pytest.param("s3://nowhere/imr", {}, "no such bucket", id="no bucket"),
        pytest.param(ADDRESS, {"AWS_ALLOW_HTTP": "false"}, "AWS_ALLOW_HTTP=true", id="plain http"),
        pytest.param("/a/folder", {}, "is no address of a store", id="a path"),
        pytest.param("folder/below", {}, "is no address of a store", id="a path from here"),
        pytest.param("gopher://x/y", {}, "is no address of a store", id="another scheme"),
        pytest.param("s3://", {}, "is no address of a store", id="half an address"),
        pytest.param(ADDRESS, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "AWS_ENDPOINT_URL", id="nobody there"),
    ],
)
def test_the_cause_of_a_failure_is_said(
    release: Release, monkeypatch: pytest.MonkeyPatch, address: str, setting: dict[str, str], cause: str
) -> None:
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(LakeError, match=cause) as failed:
        upload_release(release, address)
    assert failed.value.code == Code.REMOTE_STORE_FAILED
