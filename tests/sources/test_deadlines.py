"""Servers that never come to an end, each in another place of the exchange: one deadline holds for all of it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import chain, repeat

import pytest

from imr.errors import Code, LetterError, SourceError
from imr.sources.buckets import Buckets
from imr.sources.deadlines import Ending, seconds_left, within
from imr.sources.filesystems import Filesystems
from imr.sources.responses import connection_errors
from imr.sources.web import Web
from tests.sources.test_buckets import lead_to
from tests.sources.test_web import crawl_policy

LIMIT = 60
"""Seconds after which a test is lost; nothing here takes more than a few."""

HURRIED = crawl_policy(timeout_seconds=0.3, attempts=1)
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
NO_ROBOTS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
WELCOME = b"220 welcome\r\n"

Talk = Callable[[socket.socket], None]


@contextmanager
def talking(talk: Talk) -> Iterator[int]:
    """A server that says something on each connection; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer(connection: socket.socket) -> None:
            with connection, suppress(OSError):  # the client left
                talk(connection)

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def dripped(first: bytes, again: bytes = b"x", pause: float = 0.02) -> Talk:
    """An HTTP answer that goes on and on: no single byte of it is late."""

    def talk(connection: socket.socket) -> None:
        while b"/robots.txt" in connection.recv(4096):
            connection.sendall(NO_ROBOTS)
        for part in chain([first], repeat(again)):
            connection.sendall(part)
            time.sleep(pause)

    return talk


def moving(pause: float) -> Talk:
    """Redirects of which each comes late, though in time."""

    def talk(connection: socket.socket) -> None:
        while asked := connection.recv(4096):
            if b"/robots.txt" in asked:
                connection.sendall(NO_ROBOTS)
                continue
            time.sleep(pause)
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n")

    return talk


ENDLESS = {
    "status line": dripped(b"HTTP/1.1 200 "),
    "header": dripped(OK + b"X-Long: "),
    "headers": dripped(OK, b"X: y\r\n"),
    "103s": dripped(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "103s without a pause": dripped(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0),
    "body": dripped(OK + b"Content-Length: 100000\r\n\r\n"),
    "body without a length": dripped(OK + b"\r\n"),
    "chunks": dripped(CHUNKED, b"1\r\nx\r\n"),
    "chunk extension": dripped(CHUNKED + b"1;"),
    "trailer": dripped(CHUNKED + b"1\r\nx\r\n0\r\nX-Long: "),
    "nothing": dripped(b"", b"", 10),
    "redirects": moving(0.2),
}


@pytest.mark.parametrize("talk", [pytest.param(talk, id=name) for name, talk in ENDLESS.items()])
def test_a_site_that_goes_on_for_ever_is_busy(talk: Talk) -> None:
    with talking(talk) as port, Web(HURRIED) as web, ThreadPoolExecutor(1) as threads:
        outcome = threads.submit(web.try_get, f"http://127.0.0.1:{port}/a").result(LIMIT)
    assert outcome.error is not None
    assert outcome.error.code == Code.SOURCE_BUSY


def test_a_handshake_that_goes_on_for_ever_is_busy() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 KiB
        for _ in repeat(None):
            connection.sendall(b"\x02")
            time.sleep(0.02)

    with talking(talk) as port, Web(HURRIED) as web, ThreadPoolExecutor(1) as threads:
        outcome = threads.submit(web.try_get, f"https://127.0.0.1:{port}/a").result(LIMIT)
    assert outcome.error is not None
    assert outcome.error.code == Code.SOURCE_BUSY


def ftp(until: bytes, then: bytes = b"x") -> Talk:
    """An FTP server that answers up to some command, and then goes on and on."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(WELCOME if until != b"welcome" else b"")
        with socket.create_server(("127.0.0.1", 0)) as data:
            port = data.getsockname()[1]
            answers = {
                b"USER": b"230 in\r\n",
                b"TYPE": b"200 ok\r\n",
                b"PASV": f"227 Passive (127,0,0,1,{port >> 8},{port & 255})\r\n".encode(),
                b"MLSD": b"150 here\r\n",
            }
            while until != b"welcome" and (command := connection.recv(4096)[:4]) and command != until:
                connection.sendall(answers.get(command, b"502 no\r\n"))
                if command == b"MLSD":
                    connection = data.accept()[0]
                    break
            for _ in repeat(None):
                connection.sendall(then)
                time.sleep(0.02)

    return talk


ENDLESS_FTP = {
    "welcome": ftp(b"welcome"),
    "welcomes": ftp(b"welcome", b"220-x\r\n"),
    "answer": ftp(b"USER"),
    "list": ftp(b"no command"),
    "lists": ftp(b"no command", b"type=dir; x\r\n"),
}


@pytest.mark.parametrize("talk", [pytest.param(talk, id=name) for name, talk in ENDLESS_FTP.items()])
def test_an_ftp_server_that_goes_on_for_ever_is_busy(talk: Talk) -> None:
    with talking(talk) as port, ThreadPoolExecutor(1) as threads:
        outcome = threads.submit(Filesystems(HURRIED).try_get, f"ftp://127.0.0.1:{port}/a.txt").result(LIMIT)
    assert outcome.error is not None
    assert outcome.error.code == Code.SOURCE_BUSY


@pytest.mark.parametrize("name", ["header", "103s", "body", "chunk extension", "nothing"])
def test_a_store_that_goes_on_for_ever_is_busy(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with talking(ENDLESS[name]) as port, ThreadPoolExecutor(1) as threads:
        lead_to(f"http://127.0.0.1:{port}", monkeypatch)
        outcome = threads.submit(Buckets(HURRIED).try_get, "s3://letters/a.txt").result(LIMIT)
        assert outcome.error is not None
        assert outcome.error.code == Code.SOURCE_BUSY
        with pytest.raises(LetterError, match="in time"):
            threads.submit(Buckets(HURRIED).list, "s3://letters/").result(LIMIT)


PATIENT = crawl_policy(timeout_seconds=3600, attempts=9, backoff_seconds=3600, longest_wait_seconds=3600)


@pytest.mark.parametrize("scheme", ["http", "ftp", "s3"])
@pytest.mark.parametrize("waits_for", ["the answer", "the next try"])
def test_when_the_run_is_over_nobody_waits(scheme: str, waits_for: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = threading.Event()

    def talk(connection: socket.socket) -> None:
        if scheme != "ftp":
            while b"/robots.txt" in connection.recv(4096):
                connection.sendall(NO_ROBOTS)
        asked.set()
        if waits_for == "the answer":
            connection.recv(4096)
        elif scheme != "ftp":
            connection.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")

    with talking(talk) as port, Web(PATIENT) as web, ThreadPoolExecutor(1) as threads:
        lead_to(f"http://127.0.0.1:{port}", monkeypatch)
        clients: dict[str, tuple[Web | Filesystems | Buckets, str]] = {
            "http": (web, f"http://127.0.0.1:{port}/a"),
            "ftp": (Filesystems(PATIENT), f"ftp://127.0.0.1:{port}/a.txt"),
            "s3": (Buckets(PATIENT), "s3://letters/a.txt"),
        }
        client, address = clients[scheme]
        waiting = threads.submit(lambda: client.try_get(address).error)
        assert asked.wait(LIMIT)
        client.leave()
        error = waiting.result(LIMIT)
    assert error is not None
    assert error.code in (Code.SOURCE_BROKEN, Code.SOURCE_BUSY, Code.SOURCE_CLOSED)


def test_an_exchange_that_has_no_time_left_is_busy() -> None:
    with pytest.raises(SourceError) as caught, connection_errors(), within(0):
        seconds_left()
    assert caught.value.code == Code.SOURCE_BUSY


def test_after_the_end_nothing_is_begun() -> None:
    ending = Ending()
    ending.end()
    with pytest.raises(SourceError) as caught:
        ending.in_time(threading.Event().wait)
    assert caught.value.code == Code.SOURCE_CLOSED


def test_a_deadline_within_another_never_outlasts_it() -> None:
    with within(5), within(3600):
        left = seconds_left()
        assert left is not None
        assert left <= 5
    assert seconds_left() is None


def test_what_a_call_raises_is_raised() -> None:
    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        Ending().in_time(fail)
