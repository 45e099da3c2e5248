from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from imr.errors import Code
from imr.lake.layout import LakeLayout
from imr.lake.raw_store import RawStore
from imr.sources.buckets import Buckets
from imr.sources.cache import recall
from imr.sources.client import SourceClient
from imr.sources.fetching import Fetched, fetch
from imr.sources.listing import Before, SourceFile
from imr.sources.remote import fetch_remote
from imr.sources.schemes import is_remote
from imr.sources.web import Web
from tests.sources.test_web import QUICK
from tests.sources.web_server import Give, Server, serving

DATA = b"a letter"
HEADERS = {"ETag": '"1"', "Last-Modified": "Tue, 01 Jan 2030 00:00:00 GMT", "Content-Type": "text/plain"}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as running:
        running.pages["/a.txt"] = lambda asked: (
            Give(status=304, headers=HEADERS) if "if-none-match" in asked.headers else Give(DATA, headers=HEADERS)
        )
        yield running


@pytest.fixture
def store(tmp_path: Path) -> RawStore:
    return RawStore(tmp_path / "raw")


def fetched(file: SourceFile, store: RawStore) -> Fetched:
    with Web(QUICK) as web:
        outcome = fetch_remote(file, web, Buckets(QUICK), store)
    assert outcome.result is not None
    return outcome.result


def test_bytes_are_kept_with_what_their_server_knows_them_by(server: Server, store: RawStore) -> None:
    found = fetched(SourceFile(f"{server.address}/a.txt", "a.txt", "stamp"), store)
    assert found[1:] == (".txt", len(DATA), "stamp", HEADERS["ETag"], HEADERS["Last-Modified"])
    assert store.path(found.document_id, ".txt").read_bytes() == DATA


@pytest.mark.parametrize(
    ("kept", "status"),
    [pytest.param(True, 304, id="still-here"), pytest.param(False, 200, id="lost-since")],
)
def test_bytes_that_are_still_here_and_good_are_not_sent(
    server: Server, store: RawStore, kept: bool, status: int
) -> None:
    file = SourceFile(f"{server.address}/a.txt", "a.txt", "")
    first = fetched(file, store)
    if not kept:
        store.path(first.document_id, first.suffix).unlink()
    before = Before(first.document_id, first.suffix, first.byte_size, first.etag, first.last_modified)
    assert fetched(file._replace(before=before), store) == first
    assert store.path(first.document_id, first.suffix).read_bytes() == DATA
    assert ("if-none-match" in server.asked[-1].headers) is (status == 304)


def test_a_packed_letter_is_kept_as_it_was_before(server: Server, store: RawStore) -> None:
    server.pages["/a.txt.gz"] = Give(gzip.compress(DATA), headers={"Content-Type": "application/gzip"})
    kept = fetched(SourceFile(f"{server.address}/a.txt.gz", "a.txt.gz", ""), store)
    assert store.path(kept.document_id, kept.suffix).read_bytes() == DATA
    assert kept.suffix == ".txt"


def test_a_packed_letter_that_is_damaged_ends_with_its_code(server: Server, store: RawStore) -> None:
    server.pages["/a.txt.gz"] = Give(gzip.compress(DATA)[:-9], headers={"Content-Type": "application/gzip"})
    with Web(QUICK) as web:
        file = SourceFile(f"{server.address}/a.txt.gz", "a.txt.gz", "")
        outcome = fetch_remote(file, web, Buckets(QUICK), store)
    assert outcome.error is not None
    assert (outcome.result, outcome.error.code) == (None, Code.ARCHIVE_DAMAGED)


def test_nothing_is_noted_of_a_letter_that_was_removed(server: Server, store: RawStore, tmp_path: Path) -> None:
    lake, file = LakeLayout(tmp_path), SourceFile(f"{server.address}/a.txt", "a.txt", "")
    gone = store._replace(never=frozenset({fetch_id(tmp_path)}))
    for keeping, noted in ((gone, 0), (store, 1)):
        with SourceClient(QUICK) as client:
            (future,) = client.fetch([file], lake, keeping, lambda _: None)
            assert future.result().result is not None
        assert len(recall(lake, [file]).noted) == noted


def fetch_id(folder: Path) -> str:
    """The document id of the letter."""
    (folder / "same.txt").write_bytes(DATA)
    return fetch((folder / "same.txt").as_uri(), RawStore(folder / "other")).document_id


@pytest.mark.parametrize(
    ("uri", "remote"),
    [
        ("https://example.org/a.pdf", True),
        ("http://example.org/a.pdf", True),
        ("s3://bucket/a.pdf", True),
        ("az://container/a.pdf", True),
        ("file:///a.pdf", False),
        ("zip+file:///a.zip#a.pdf", False),
        ("parquet+file:///a.parquet#row=1", False),
    ],
)
def test_what_is_got_over_a_network(uri: str, remote: bool) -> None:
    assert is_remote(uri) is remote
