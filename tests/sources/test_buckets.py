from __future__ import annotations

import threading
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from imr.errors import Code, LetterError
from imr.settings import CrawlPolicy
from imr.sources import buckets
from imr.sources.buckets import Buckets
from tests.sources.test_web import QUICK, crawl_policy
from tests.sources.web_server import Give, Server, serving


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def lead_to(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y", "ENDPOINT_URL": endpoint, "REGION": "us-east-1"}
    for name, value in (environment | {"ALLOW_HTTP": "true"}).items():
        monkeypatch.setenv(f"AWS_{name}", value)


@pytest.fixture
def bucket(moto: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """A bucket of some objects."""
    lead_to(moto, monkeypatch)
    name = f"letters-{abs(hash(request.node.name))}"
    client = boto3.client("s3", endpoint_url=moto, region_name="us-east-1")
    client.create_bucket(Bucket=name)
    for key in ("2016/a.txt", "2017/b c.pdf", "2017/notes.docx", "20170/d.txt"):
        client.put_object(Bucket=name, Key=key, Body=key.encode())
    return f"s3://{name}"


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        pytest.param("", ["a.txt", "b c.pdf", "d.txt"], id="everything"),
        pytest.param("/2017", ["b c.pdf"], id="a-folder"),
        pytest.param("/2017/", ["b c.pdf"], id="a-folder-with-a-slash"),
        pytest.param("/2016/a.txt", ["a.txt"], id="an-object"),
    ],
)
def test_a_prefix_stands_for_the_letters_below_it(bucket: str, prefix: str, names: list[str]) -> None:
    asked = Buckets(QUICK)
    files = asked.list(bucket + prefix).files
    assert [file.name for file in files] == names
    for file in files:
        outcome = asked.try_get(file.uri)
        assert outcome.result is not None
        data, stamp = outcome.result
        assert (data.decode().rpartition("/")[2], stamp) == (file.name, file.stamp)
        assert stamp


def test_what_is_no_letter_is_counted(bucket: str) -> None:
    assert Buckets(QUICK).list(bucket).passed_over == {".docx": 1}


def test_the_lineage_has_what_the_store_said(bucket: str) -> None:
    (attempt,) = Buckets(QUICK).try_get(f"{bucket}/2016/a.txt").attempts
    assert attempt.response is not None
    assert (attempt.response.byte_size, bool(attempt.response.etag)) == (10, True)


def code_of(asked: Buckets, uri: str) -> tuple[Code, int]:
    outcome = asked.try_get(uri)
    assert outcome.error is not None
    return outcome.error.code, len(outcome.attempts)


def test_an_object_that_is_gone(bucket: str) -> None:
    assert code_of(Buckets(QUICK), f"{bucket}/absent.txt") == (Code.SOURCE_GONE, 1)


def test_an_object_larger_than_any_letter(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "MAX_BYTES", 9)
    assert code_of(Buckets(QUICK), f"{bucket}/2016/a.txt") == (Code.FILE_TOO_LARGE, 1)


@pytest.mark.parametrize(
    ("give", "code", "tries"),
    [
        pytest.param(Give(status=403), Code.SOURCE_REFUSED, 1, id="forbidden"),
        pytest.param(Give(status=500), Code.SOURCE_BUSY, 3, id="server-error"),
        pytest.param(Give(b"some", length=9), Code.SOURCE_BUSY, 3, id="truncated"),
    ],
)
def test_a_store_that_fails(monkeypatch: pytest.MonkeyPatch, give: Give, code: Code, tries: int) -> None:
    headers = {"ETag": '"x"', "Last-Modified": "Tue, 01 Jan 2030 00:00:00 GMT"}
    with serving(Server()) as server:
        lead_to(server.address, monkeypatch)
        server.pages["/letters/a.txt"] = give._replace(headers=headers)
        assert code_of(Buckets(QUICK), "s3://letters/a.txt") == (code, tries)


@pytest.mark.parametrize("prefix", ["/absent/", "/absent.txt"])
def test_a_prefix_without_letters_cannot_be_listed(bucket: str, prefix: str) -> None:
    with pytest.raises(Exception) as caught:
        Buckets(QUICK).list(bucket + prefix)
    assert getattr(caught.value, "code", None) in (Code.LISTING_EMPTY, Code.SOURCE_GONE)


def test_one_store_serves_many_threads(bucket: str) -> None:
    asked, codes = Buckets(crawl_policy(attempts=1)), []
    uri = f"{bucket}/2016/a.txt"
    threads = [threading.Thread(target=lambda: codes.append(asked.try_get(uri).error)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [None] * 8


def test_a_store_that_cannot_be_reached_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    lead_to("http://127.0.0.1:9", monkeypatch)
    with pytest.raises(LetterError) as caught:
        Buckets(CrawlPolicy(attempts=1, timeout_seconds=2)).list("s3://letters/")
    assert caught.value.code == Code.SOURCE_BUSY
