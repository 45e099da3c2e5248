"""What fsspec reaches besides object stores, against a real FTP server of the test's own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import fsspec.config
import pytest
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import ThreadedFTPServer

from imr.errors import Code, LetterError, ListingError
from imr.settings import CrawlPolicy
from imr.sources import filesystems
from imr.sources.filesystems import Filesystems
from imr.sources.stores import Stores
from tests.sources.test_web import QUICK, crawl_policy

LETTERS = ("2016/a.txt", "2017/b c.pdf", "2017/100% #1.txt", "2017/notes.docx", "20170/50%25.txt")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the server has."""
    root = tmp_path_factory.mktemp("ftp")
    for name in LETTERS:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(name)
    (root / "empty").mkdir()
    return root


@pytest.fixture(scope="module")
def place(folder: Path) -> Iterator[str]:
    """The server's address."""
    authorizer = DummyAuthorizer()
    authorizer.add_anonymous(str(folder))

    class Handler(FTPHandler):
        pass

    Handler.authorizer = authorizer
    with ThreadedFTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"ftp://127.0.0.1:{server.address[1]}"
        server.close_all()


@pytest.mark.parametrize(
    ("below", "names"),
    [
        pytest.param("", ["100% #1.txt", "50%25.txt", "a.txt", "b c.pdf"], id="everything"),
        pytest.param("/2017", ["100% #1.txt", "b c.pdf"], id="a-folder"),
        pytest.param("/2017/", ["100% #1.txt", "b c.pdf"], id="a-folder-with-a-slash"),
        pytest.param("/2016/a.txt", ["a.txt"], id="a-file"),
    ],
)
def test_an_address_stands_for_the_letters_below_it(place: str, below: str, names: list[str]) -> None:
    asked = Stores(QUICK)
    files = asked.list(place + below).files
    assert sorted(file.name for file in files) == names
    for file in files:
        outcome = asked.try_get(file.uri)
        assert outcome.result is not None, outcome.error
        data, stamp = outcome.result
        assert (data.decode().rpartition("/")[2], stamp) == (file.name, file.stamp)
        assert stamp
        (attempt,) = outcome.attempts
        assert attempt.response
        assert attempt.response.byte_size == len(data)


def test_what_is_no_letter_is_counted(place: str) -> None:
    assert Filesystems(QUICK).list(place).passed_over == {".docx": 1}


def test_a_changed_file_has_another_stamp(place: str, folder: Path) -> None:
    (before,) = Filesystems(QUICK).list(f"{place}/2016").files
    (folder / "2016" / "a.txt").write_text("2016/ another a.txt")
    (after,) = Filesystems(QUICK).list(f"{place}/2016").files
    (folder / "2016" / "a.txt").write_text("2016/a.txt")
    assert before.stamp != after.stamp


@pytest.mark.parametrize(
    ("largest", "name", "code", "tries"),
    [
        pytest.param(3, "2016/a.txt", Code.FILE_TOO_LARGE, 1, id="too large"),
        pytest.param(99, "2016/absent.txt", Code.SOURCE_GONE, 1, id="not there"),
    ],
)
def test_a_file_that_cannot_be_had_has_its_code(
    place: str, monkeypatch: pytest.MonkeyPatch, largest: int, name: str, code: Code, tries: int
) -> None:
    monkeypatch.setattr(filesystems, "MAX_BYTES", largest)
    outcome = Filesystems(QUICK).try_get(f"{place}/{name}")
    assert outcome.error
    assert (outcome.error.code, len(outcome.attempts)) == (code, tries)


def test_a_place_that_is_not_there_is_tried_again(place: str) -> None:
    outcome = Filesystems(QUICK).try_get("ftp://127.0.0.1:9/a.txt")
    assert outcome.error
    assert outcome.error.code == Code.SOURCE_BUSY
    assert len(outcome.attempts) == QUICK.attempts > 1


@pytest.mark.parametrize(
    ("address", "code"),
    [
        pytest.param("{place}/none", Code.SOURCE_GONE, id="not there"),
        pytest.param("{place}/empty", Code.LISTING_EMPTY, id="nothing below"),
        pytest.param("sftp://127.0.0.1/letters", Code.UNKNOWN_SOURCE, id="a package is missing"),
    ],
)
def test_what_cannot_be_listed_says_why(place: str, address: str, code: Code) -> None:
    with pytest.raises((LetterError, ListingError)) as caught:
        Filesystems(QUICK).list(address.format(place=place))
    assert caught.value.code == code


def test_private_addresses_are_refused_unless_allowed(place: str) -> None:
    with pytest.raises(LetterError) as caught:
        Filesystems(CrawlPolicy()).list(place)
    assert caught.value.code == Code.ADDRESS_NOT_ALLOWED


def test_the_address_that_was_checked_is_the_one_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = [["93.184.215.14"], ["127.0.0.1"]]
    called: list[str] = []

    def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        found = looked_up.pop(0) if len(looked_up) > 1 else looked_up[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 21)) for address in found]

    def call(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        called.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", call)
    outcome = Filesystems(crawl_policy(allow_private=False, attempts=1)).try_get("ftp://example.org/a.txt")
    assert outcome.error
    assert (outcome.error.code, called) == (Code.SOURCE_BUSY, ["93.184.215.14"])


def test_an_address_in_a_list_that_needs_a_package_is_told_by_its_code() -> None:
    outcome = Filesystems(QUICK).try_get("smb://example.org/share/a.txt")
    assert outcome.error
    assert (outcome.error.code, "package" in outcome.error.message) == (Code.UNKNOWN_SOURCE, True)


@pytest.mark.parametrize("scheme", ["sftp", "smb", "webhdfs"])
def test_what_connects_by_itself_needs_private_networks_to_be_allowed(scheme: str) -> None:
    outcome = Filesystems(crawl_policy(allow_private=False)).try_get(f"{scheme}://example.org/a.txt")
    assert outcome.error
    assert outcome.error.code == Code.ADDRESS_NOT_ALLOWED


def test_a_password_comes_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authorizer = DummyAuthorizer()
    authorizer.add_user("alice", "open sesame", str(folder))

    class Handler(FTPHandler):
        pass

    Handler.authorizer = authorizer
    with ThreadedFTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"ftp://127.0.0.1:{server.address[1]}/2016/a.txt"
        refused = Filesystems(QUICK).try_get(address)
        monkeypatch.setitem(fsspec.config.conf, "ftp", {"username": "alice", "password": "open sesame"})
        given = Filesystems(QUICK).try_get(address)
        server.close_all()
    assert refused.error
    assert refused.error.code == Code.SOURCE_REFUSED
    assert given.result is not None
