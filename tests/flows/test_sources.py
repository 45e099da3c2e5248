"""Whole runs from every kind of source, and from a site that does everything wrong."""

from __future__ import annotations

import datetime as dt
import io
import os
import random
import socket
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import trustme
from moto.server import ThreadedMotoServer

from flows.letters import letters
from imr.errors import Code, ListingError
from imr.lake.layout import LakeLayout
from imr.lake.lookup import find_events
from imr.publication.batch_steps import fetch as fetch_batches
from imr.sources import connections
from imr.synthetic.compose import compose
from imr.synthetic.render import text_of
from imr.tables.declaration import LETTER_TABLES
from tests.flows.helpers import NOT_OF_THE_LETTER, rows, run
from tests.sources.test_web import QUICK, crawl_policy, secured
from tests.sources.web_server import Asked, Give, Server, serving

LETTERS = {f"{letter.name}.txt": text_of(letter).encode() for letter in (compose(11, n) for n in range(6))}
PLAIN = {"Content-Type": "text/plain"}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as running:
        for name, data in LETTERS.items():
            running.pages[f"/letters/{name}"] = letter_page(data)
        links = "".join(f'<li><a href="{name}">{name}</a>' for name in LETTERS)
        running.pages["/letters/"] = Give(f"<ul>{links}</ul>".encode(), headers={"Content-Type": "text/html"})
        yield running


def letter_page(data: bytes) -> Callable[[Asked], Give]:
    """A letter whose server knows its version again."""
    etag = f'"{hash(data)}"'

    def give(asked: Asked) -> Give:
        if asked.headers.get("if-none-match") == etag:
            return Give(status=304, headers={"ETag": etag})
        return Give(data, headers={"ETag": etag, **PLAIN})

    return give


def folder(root: Path, *_: Any) -> str:
    root = root / "letters"
    root.mkdir()
    for name, data in LETTERS.items():
        (root / name).write_bytes(data)
    return str(root)


def zipped(root: Path, *_: Any) -> str:
    with zipfile.ZipFile(root / "letters.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in LETTERS.items():
            archive.writestr(f"2016/{name}", data)
    return str(root / "letters.zip")


def tarred(root: Path, *_: Any) -> str:
    with tarfile.open(root / "letters.tar.gz", "w:gz") as archive:
        for name, data in LETTERS.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return str(root / "letters.tar.gz")


def url_list(root: Path, server: Server, _: Any) -> str:
    lines = [f"{name},{server.address}/letters/{name}" for name in LETTERS]
    (root / "letters.csv").write_text("\n".join(["name,address", *lines]))
    return str(root / "letters.csv")


def index_page(_: Path, server: Server, __: Any) -> str:
    return f"{server.address}/letters/"


def parquet(root: Path, *_: Any) -> str:
    texts = [data.decode() for data in LETTERS.values()]
    pq.write_table(pa.table({"file": list(LETTERS), "letter": texts}), root / "letters.parquet")
    return f"{root / 'letters.parquet'}#letter,file"


def bucket(_: Path, __: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    moto.start()
    host, port = moto.get_host_and_port()
    environment = {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y", "REGION": "us-east-1", "ALLOW_HTTP": "true"}
    for name, value in (environment | {"ENDPOINT_URL": f"http://{host}:{port}"}).items():
        monkeypatch.setenv(f"AWS_{name}", value)
    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1")
    client.create_bucket(Bucket="of-letters")
    for name, data in LETTERS.items():
        client.put_object(Bucket="of-letters", Key=f"2016/{name}", Body=data)
    return "s3://of-letters/2016/"


def tables_of(lake: Path) -> dict[str, list[str]]:
    """All rows of all letters' tables, without what tells where and when they came from."""
    of_the_way = {"source_uri", "commit_id", *(name for names in NOT_OF_THE_LETTER.values() for name in names)}
    return {
        table.name: sorted(
            repr({key: value for key, value in row.items() if key not in of_the_way}) for row in rows(lake, table.name)
        )
        for table in LETTER_TABLES
    }


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The tables of the same letters from a folder."""
    root = tmp_path_factory.mktemp("folder")
    run(root / "lake", folder(root))
    return tables_of(root / "lake")


@pytest.mark.parametrize("make", [zipped, tarred, parquet, url_list, index_page, bucket])
def test_the_same_letters_make_the_same_tables_wherever_they_are(
    make: Callable[[Path, Server, pytest.MonkeyPatch], str],
    tmp_path: Path,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    expected: dict[str, list[str]],
) -> None:
    state, summary = run(tmp_path / "lake", make(tmp_path, server, monkeypatch), crawl_policy=QUICK)
    assert (state, summary.files_published) == ("Completed", len(LETTERS))
    assert tables_of(tmp_path / "lake") == expected


def test_a_member_of_an_archive_is_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "letters.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in LETTERS.items():
            archive.writestr(name, data)
    run(tmp_path / "lake", path)
    name = next(iter(LETTERS))
    events = find_events(LakeLayout(tmp_path / "lake"), name)
    assert {event["source_uri"] for event in events} == {f"zip+{path.as_uri()}#{name}"}
    assert events[0]["step"] == "fetch"
    assert events[0]["source_bytes"] == len(LETTERS[name])


def test_what_has_not_changed_is_not_sent_again(tmp_path: Path, server: Server) -> None:
    sources = [zipped(tmp_path), index_page(tmp_path, server, None)]
    run(tmp_path / "lake", *sources, crawl_policy=QUICK)
    server.asked.clear()
    state, summary = run(tmp_path / "lake", *sources, crawl_policy=QUICK)
    assert (state, summary.files_skipped) == ("NothingNew", 2 * len(LETTERS))
    assert sorted(server.paths()) == sorted(["/letters/", *(f"/letters/{name}" for name in LETTERS)])
    events = [event for event in rows(tmp_path / "lake", "lineage") if event["run_id"] == summary.run_id]
    assert [event["source_status"] for event in events if event["source_uri"].startswith("http:")] == [304] * 6
    assert all(event["status"] == "skipped" and event["skip_reason"] == "unchanged" for event in events)


def test_a_letter_that_changed_where_it_is_becomes_the_latest(tmp_path: Path, server: Server) -> None:
    source = index_page(tmp_path, server, None)
    run(tmp_path / "lake", source, crawl_policy=QUICK)
    name, data = next(iter(LETTERS.items()))
    server.pages[f"/letters/{name}"] = letter_page(data.replace(b"Upheld", b"Overturned") + b"\n")
    _, summary = run(tmp_path / "lake", source, crawl_policy=QUICK)
    assert summary.files_published == 1
    of_case = [row for row in rows(tmp_path / "lake", "cases") if row["case_number"] == Path(name).stem]
    assert sorted(row["is_latest"] for row in of_case) == [False, True]


def test_a_run_that_was_killed_asks_for_nothing_twice(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed, so to say, when half of a batch had come: nothing but the notes in the lake is left of it."""
    source, wanted = index_page(tmp_path, server, None), list(LETTERS)

    def dying(*_: Any) -> None:
        raise KeyboardInterrupt

    bad = Give(status=404)
    pages = {f"/letters/{name}": server.pages[f"/letters/{name}"] for name in wanted[3:]}
    server.pages |= dict.fromkeys(pages, bad)
    with monkeypatch.context() as patch, pytest.raises(BaseException):  # noqa: B017 - however it ends
        patch.setattr(fetch_batches, "fetched_rows", dying)
        run(tmp_path / "lake", source, crawl_policy=QUICK)
    assert not rows(tmp_path / "lake", "commits")
    server.pages |= pages
    server.asked.clear()
    _, summary = run(tmp_path / "lake", source, crawl_policy=QUICK)
    assert summary.files_published == len(LETTERS)
    assert sorted(server.paths()) == sorted(["/letters/", *pages])


BIG = os.urandom(20_000)


def closing(listener: socket.socket) -> None:
    """Answer every request with part of a body, and break the connection at some byte."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        request = connection.recv(4096)
        if b"robots" in request:
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        else:
            body = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 20000\r\n\r\n" + BIG
            connection.sendall(body[: random.randrange(1, len(body))])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        connection.close()


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("CM16-9000001.txt", bytes(30_000_000))
    return packed.getvalue()


def escape() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../escaped.txt", b"out")
        for name, data in list(LETTERS.items())[3:]:
            archive.writestr(name, data)
    return packed.getvalue()


@pytest.fixture
def expired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A site whose certificate was good until yesterday."""
    authority, server = trustme.CA(), Server()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    address = secured(
        server, authority.issue_cert("localhost", not_after=dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
    )
    with serving(server):
        yield address


def test_whatever_goes_wrong_has_its_code_and_the_run_goes_on(
    tmp_path: Path, server: Server, expired: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "is_public", lambda address: address != "127.0.0.2")
    good = list(LETTERS)[:3]
    faults = {
        "/reset.txt": "source_broken",
        "/short.txt": "source_broken",
        "/page.pdf": "unsupported_media_type",
        "/page-in-disguise.pdf": "unsupported_media_type",
        "/private.txt": "address_not_allowed",
        "/absent.txt": "source_gone",
        "/gone.txt": "source_gone",
        "/secret.txt": "source_refused",
        "/busy.txt": "source_busy",
        "/robots/forbidden.txt": "source_refused",
    }
    server.pages |= {
        "/robots.txt": Give(b"User-agent: *\nDisallow: /robots/"),
        "/short.txt": Give(b"short", length=500, headers=PLAIN),
        "/page.pdf": Give(b"<html>", headers={"Content-Type": "text/html"}),
        "/page-in-disguise.pdf": Give(b"<!DOCTYPE html><p>back soon", headers={"Content-Type": "application/pdf"}),
        "/private.txt": Give(
            status=302, headers={"Location": server.address.replace("127.0.0.1", "127.0.0.2") + "/gone.txt"}
        ),
        "/gone.txt": Give(status=410),
        "/secret.txt": Give(status=403),
        "/busy.txt": Give(status=503),
    }
    (tmp_path / "bomb.zip").write_bytes(bomb())
    (tmp_path / "escape.zip").write_bytes(escape())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=closing, args=(listener,), daemon=True).start()
        server.pages["/reset.txt"] = Give(
            status=302, headers={"Location": f"http://127.0.0.1:{listener.getsockname()[1]}/reset.txt"}
        )
        lines = [server.address + path for path in [*faults, *(f"/letters/{name}" for name in good)]]
        (tmp_path / "list.urls").write_text("\n".join([*lines, f"{expired}/expired.txt"]))
        sources = [str(tmp_path / name) for name in ("list.urls", "bomb.zip", "escape.zip")]
        state, summary = run(tmp_path / "lake", *sources, crawl_policy=crawl_policy(attempts=2, allow_private=False))
        listener.shutdown(socket.SHUT_RDWR)
    assert state == "CompletedWithQuarantine"
    assert summary.files_published == len(LETTERS)
    expected = {f"{server.address}{path}": code for path, code in faults.items()}
    expected[f"{expired}/expired.txt"] = "tls_failed"
    expected[f"zip+{(tmp_path / 'bomb.zip').as_uri()}"] = "archive_unsafe"
    expected[f"zip+{(tmp_path / 'escape.zip').as_uri()}#../escaped.txt"] = "archive_unsafe"
    assert {entry["source_uri"]: entry["error_code"] for entry in rows(tmp_path / "lake", "quarantine")} == expected
    lineage = [event for event in rows(tmp_path / "lake", "lineage") if event["step"] == "fetch"]
    told = {(event["source_uri"].rpartition("/")[2], event["status"], event["source_status"]) for event in lineage}
    assert {("busy.txt", "retried", 503), ("busy.txt", "quarantined", 503), ("gone.txt", "quarantined", 410)} <= told
    kept = [path for path in (tmp_path / "lake" / "raw").rglob("*") if path.is_file()]
    assert sorted(path.read_bytes() for path in kept) == sorted(LETTERS.values())
    assert not list(tmp_path.rglob("*escaped*"))


def test_a_private_address_is_refused_unless_it_is_allowed(tmp_path: Path, server: Server) -> None:
    state, summary = run(tmp_path / "lake", f"{server.address}/letters/{next(iter(LETTERS))}", accept=["error_budget"])
    assert (state, summary.files_quarantined) == ("CompletedWithQuarantine", 1)
    assert [entry["error_code"] for entry in rows(tmp_path / "lake", "quarantine")] == ["address_not_allowed"]
    assert not server.asked


def test_a_source_that_cannot_be_listed_fails_the_run(tmp_path: Path, server: Server) -> None:
    server.pages["/letters/"] = Give(status=500)
    with pytest.raises(ListingError) as caught:
        run(tmp_path / "lake", f"{server.address}/letters/", crawl_policy=QUICK)
    assert caught.value.code == Code.SOURCE_BUSY
    assert not (tmp_path / "lake" / "tables").exists()


def test_the_form_of_a_deployment_knows_the_kinds_of_sources_and_the_crawl_policy() -> None:
    schema = letters.parameters.model_dump()
    assert {"dwc://?decided=2017-01-01..2017-01-31", "s3://bucket/prefix/"} <= set(
        schema["properties"]["sources"]["items"]["examples"]
    )
    policy_form = schema["definitions"]["CrawlPolicy"]["properties"]
    assert {name: policy_form[name]["type"] for name in ("requests_per_second", "at_once", "allow_private")} == {
        "requests_per_second": "number",
        "at_once": "integer",
        "allow_private": "boolean",
    }
