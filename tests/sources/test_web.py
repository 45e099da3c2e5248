from __future__ import annotations

import base64
import codecs
import datetime as dt
import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime
from pathlib import Path

import pytest
import trustme

from imr.errors import Code, LetterError, SourceError
from imr.settings import CrawlPolicy
from imr.sources import hosts, robots
from imr.sources.addresses import is_public
from imr.sources.web import Response, Web
from tests.sources.web_server import Asked, Give, Server, serving

BOMB = gzip.compress(bytes(9_000_000))

QUICK = CrawlPolicy(
    contact="tests@example.org",
    requests_per_second=1e6,
    attempts=3,
    backoff_seconds=0.001,
    longest_wait_seconds=1,
    timeout_seconds=5,
    allow_private=True,
)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as running:
        yield running


@pytest.fixture
def web() -> Iterator[Web]:
    with Web(QUICK) as asking:
        yield asking


def code_of(web: Web, url: str) -> Code:
    with pytest.raises(LetterError) as caught:
        web.get(url)
    return caught.value.code


def crawl_policy(**changed: object) -> CrawlPolicy:
    return CrawlPolicy(**{**{name: getattr(QUICK, name) for name in QUICK.__slots__}, **changed})  # type: ignore[arg-type]


def test_what_is_there_comes_with_what_the_server_says_of_it(server: Server, web: Web) -> None:
    headers = {"ETag": '"one"', "Last-Modified": "Tue, 01 Jan 2030 00:00:00 GMT", "Content-Type": "Text/Plain; x=y"}
    server.pages["/a"] = Give(b"a letter", headers=headers)
    assert web.get(f"{server.address}/a") == Response(
        f"{server.address}/a", 200, "text/plain", '"one"', headers["Last-Modified"], b"a letter", False
    )


def test_a_login_of_the_environment_is_told_to_its_site_alone(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def told(asked: Asked) -> str | None:
        return {name.lower(): value for name, value in asked.headers.items()}.get("authorization")

    with serving(Server()) as other:
        server.pages["/a"] = Give(status=302, headers={"Location": f"{other.address}/b"})
        other.pages["/b"] = Give(b"a letter")
        login = server.address.replace("://", "://alice:p%40planted@")
        monkeypatch.setenv("IMR_HTTP_AUTH", f"{login} nonsense:planted http://none.example")
        with Web(QUICK) as web:
            assert web.get(f"{server.address}/a").body == b"a letter"
        assert {told(asked) for asked in server.asked} == {f"Basic {base64.b64encode(b'alice:p@planted').decode()}"}
        assert {told(asked) for asked in other.asked} == {None}
    assert "2 of 3 entries are of no use" in caplog.text
    assert "planted" not in caplog.text


def test_every_request_says_who_asks(server: Server, web: Web) -> None:
    server.pages["/a"] = Give()
    web.get(f"{server.address}/a")
    assert [asked.path for asked in server.asked] == ["/robots.txt", "/a"]
    assert {asked.headers["user-agent"].partition("/")[0] for asked in server.asked} == {"imr-letters"}
    assert all("+tests@example.org" in asked.headers["user-agent"] for asked in server.asked)


def test_the_contact_may_stand_in_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMR_CONTACT", "https://example.org/us")
    server.pages["/a"] = Give()
    with Web(crawl_policy(contact=None)) as web:
        web.get(f"{server.address}/a")
    assert "(+https://example.org/us)" in server.asked[-1].headers["user-agent"]


def test_a_form_is_posted(server: Server, web: Web) -> None:
    server.pages["/search"] = Give(b"found")
    assert web.post(f"{server.address}/search", {"DecStart": "1/1/2017", "x": "a b&c"}).body == b"found"
    asked = server.asked[-1]
    assert (asked.method, asked.body) == ("POST", b"DecStart=1%2F1%2F2017&x=a+b%26c")


def test_a_copy_that_is_still_good_is_not_sent_again(server: Server, web: Web) -> None:
    server.pages["/a"] = lambda asked: Give(status=304 if asked.headers.get("if-none-match") == '"one"' else 200)
    answer = web.get(f"{server.address}/a", etag='"one"', last_modified="Tue, 01 Jan 2030 00:00:00 GMT")
    assert (answer.not_modified, answer.status, answer.body) == (True, 304, b"")
    assert server.asked[-1].headers["if-modified-since"] == "Tue, 01 Jan 2030 00:00:00 GMT"


def test_an_etag_is_sent_back_in_the_bytes_it_had(server: Server, web: Web) -> None:
    server.pages["/a"] = lambda asked: Give(
        status=304 if asked.headers.get("if-none-match") == '"größe ÿ"' else 200, headers={"ETag": '"größe ÿ"'}
    )
    first = web.get(f"{server.address}/a")
    assert first.etag == '"größe ÿ"'
    assert web.get(f"{server.address}/a", etag=first.etag).not_modified


def test_a_contact_may_be_in_any_letters(server: Server) -> None:
    server.pages["/a"] = Give()
    with Web(crawl_policy(contact="Jörg ☃\nX-Other: 1")) as web:
        web.get(f"{server.address}/a")
    assert "x-other" not in server.asked[-1].headers


HEADERS = {
    "length without end": {"Content-Length": "9" * 5000},
    "length that is no number": {"Content-Length": "x"},
    "retry without end": {"Retry-After": "9" * 5000},
    "retry on no day": {"Retry-After": "Tue, 99 Jan 99999 00:00:00 +9999999"},
    "etag of controls": {"ETag": "\x01\x7f"},
    "type of anything": {"Content-Type": "ÿ;;=\x00"},
    "encoding of anything": {"Content-Encoding": "ÿ"},
    "location of nothing": {"Location": ""},
    "location of anything": {"Location": "//ÿ:99999/[\x01"},
    "location of no port": {"Location": "http://a:x/"},
}


@pytest.mark.parametrize("status", [200, 302, 429])
@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_nothing_that_a_header_holds_is_a_fault_of_ours(server: Server, headers: dict[str, str], status: int) -> None:
    server.pages["/a"] = Give(b"a letter", status=status, headers=headers, length=-1)
    with Web(crawl_policy(attempts=1)) as web:
        outcome = web.try_get(f"{server.address}/a", etag=headers.get("ETag"))
    assert outcome.error is None or outcome.error.code != Code.INTERNAL_ERROR


def test_conditions_go_along_with_a_redirect(server: Server, web: Web) -> None:
    server.pages |= {"/a": Give(status=301, headers={"Location": "/b"}), "/b": Give(status=304)}
    assert web.get(f"{server.address}/a", etag='"one"', headers={"X-Secret": "x"}).not_modified
    assert server.asked[-1].headers["if-none-match"] == '"one"'
    assert "x-secret" not in server.asked[-1].headers


def test_connections_are_used_again(server: Server, web: Web) -> None:
    server.pages |= {"/a": Give(b"a letter"), "/b": Give(status=304)}
    for _ in range(3):
        web.get(f"{server.address}/a")
        web.get(f"{server.address}/b", etag='"one"')
    assert len({asked.connection for asked in server.asked if asked.path != "/robots.txt"}) == 1


def test_not_modified_without_a_copy_makes_no_sense(server: Server, web: Web) -> None:
    server.pages["/a"] = Give(status=304)
    assert code_of(web, f"{server.address}/a") == Code.SOURCE_BROKEN


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param("gzip", gzip.compress(b"a letter"), id="gzip"),
        pytest.param("X-GZIP", gzip.compress(b"a letter"), id="by-its-older-name"),
        pytest.param("deflate", zlib.compress(b"a letter"), id="deflate"),
        pytest.param("deflate", zlib.compress(b"a letter", wbits=-15), id="deflate-without-a-header"),
        pytest.param("identity", b"a letter", id="identity"),
    ],
)
def test_an_answer_that_was_compressed_unasked_is_unpacked(
    server: Server, web: Web, encoding: str, body: bytes
) -> None:
    server.pages["/a"] = Give(body, headers={"Content-Encoding": encoding})
    assert web.get(f"{server.address}/a").body == b"a letter"
    with pytest.raises(LetterError) as caught:
        web.get(f"{server.address}/a", largest=7)
    assert caught.value.code == Code.FILE_TOO_LARGE


@pytest.mark.parametrize(
    ("page", "code", "tries"),
    [
        pytest.param(Give(status=404), Code.SOURCE_GONE, 1, id="not-found"),
        pytest.param(Give(status=410), Code.SOURCE_GONE, 1, id="gone"),
        pytest.param(Give(status=401), Code.SOURCE_REFUSED, 1, id="unauthorized"),
        pytest.param(Give(status=403), Code.SOURCE_REFUSED, 1, id="forbidden"),
        pytest.param(Give(status=429), Code.SOURCE_BUSY, 3, id="too-many-requests"),
        pytest.param(Give(status=500), Code.SOURCE_BUSY, 3, id="server-error"),
        pytest.param(Give(status=503), Code.SOURCE_BUSY, 3, id="unavailable"),
        pytest.param(Give(status=206), Code.SOURCE_BROKEN, 1, id="a-part"),
        pytest.param(Give(status=304), Code.SOURCE_BROKEN, 1, id="not-modified-unasked"),
        pytest.param(Give(b"half", length=8), Code.SOURCE_BROKEN, 3, id="truncated"),
        pytest.param(Give(b"x", headers={"Content-Encoding": "gzip"}), Code.SOURCE_BROKEN, 1, id="not-compressed"),
        pytest.param(Give(b"x", headers={"Content-Encoding": "br"}), Code.SOURCE_BROKEN, 1, id="compressed-otherwise"),
        pytest.param(Give(BOMB, headers={"Content-Encoding": "gzip"}), Code.ARCHIVE_UNSAFE, 1, id="bomb"),
        pytest.param(Give(status=302, headers={"Location": "/a"}), Code.SOURCE_BROKEN, 6, id="circle"),
        pytest.param(Give(length=10**9), Code.FILE_TOO_LARGE, 1, id="too-large-by-its-own-word"),
        pytest.param(Give(bytes(60_000_000)), Code.FILE_TOO_LARGE, 1, id="too-large"),
        pytest.param(Give(bytes(60_000_000), length=-1), Code.FILE_TOO_LARGE, 1, id="too-large-without-a-word"),
    ],
)
def test_a_fault_has_its_code_and_as_many_tries_as_it_deserves(
    server: Server, web: Web, page: Give, code: Code, tries: int
) -> None:
    server.pages["/a"] = page
    assert code_of(web, f"{server.address}/a") == code
    assert len(server.paths()) == tries


def test_what_is_too_large_is_broken_off(server: Server, web: Web) -> None:
    server.pages["/b"] = Give(bytes(10_000))
    with pytest.raises(LetterError) as caught:
        web.get(f"{server.address}/b", largest=9_999)
    assert caught.value.code == Code.FILE_TOO_LARGE
    assert len(web.get(f"{server.address}/b", largest=10_000).body) == 10_000


def test_a_fault_that_passes_is_overcome_and_every_try_is_kept(server: Server, web: Web) -> None:
    server.pages["/a"] = [Give(status=503), Give(b"ha", length=4), Give(b"a letter", headers={"ETag": '"x"'})]
    outcome = web.try_get(f"{server.address}/a")
    assert outcome.result is not None
    assert outcome.result.body == b"a letter"
    assert [attempt.number for attempt in outcome.attempts] == [1, 2, 3]
    assert [attempt.error and attempt.error.code for attempt in outcome.attempts] == [
        "source_busy",
        "source_broken",
        None,
    ]
    told = [attempt.response for attempt in outcome.attempts]
    assert [(t.status, t.etag, t.byte_size) for t in told if t] == [(503, None, None), (200, None, 2), (200, '"x"', 8)]


def test_a_connection_that_is_reset_is_broken(web: Web) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def resetting() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nsome")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                connection.close()

        threading.Thread(target=resetting, daemon=True).start()
        assert code_of(web, f"http://127.0.0.1:{listener.getsockname()[1]}/a") == Code.SOURCE_BROKEN
        listener.shutdown(socket.SHUT_RDWR)


def test_nobody_there_is_busy(web: Web) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert code_of(web, f"http://127.0.0.1:{unused.getsockname()[1]}/a") == Code.SOURCE_BUSY


def test_a_host_that_does_not_exist_is_missing(web: Web) -> None:
    assert code_of(web, "http://letters.invalid/a") == Code.SOURCE_MISSING


def test_an_answer_that_does_not_come_in_time_is_busy(server: Server) -> None:
    server.pages["/a"] = Give(b"late", slow=0.5)
    with Web(crawl_policy(timeout_seconds=0.1, attempts=1)) as web:
        assert code_of(web, f"{server.address}/a") == Code.SOURCE_BUSY


def test_an_answer_that_drips_is_busy(server: Server) -> None:
    server.pages["/a"] = Give(bytes(100), drip=0.02)  # no single byte is late
    with Web(crawl_policy(timeout_seconds=0.2, attempts=1)) as web:
        assert code_of(web, f"{server.address}/a") == Code.SOURCE_BUSY


def test_a_body_of_no_told_length_is_taken_to_its_end(server: Server, web: Web) -> None:
    server.pages["/a"] = Give(b"a letter", length=-1)
    assert web.get(f"{server.address}/a").body == b"a letter"


def test_redirects_are_followed(server: Server, web: Web) -> None:
    server.pages["/a"] = Give(status=301, headers={"Location": "b?c=1"})
    server.pages["/b?c=1"] = Give(status=307, headers={"Location": f"{server.address}/d"})
    server.pages["/d"] = Give(b"a letter")
    answer = web.get(f"{server.address}/a")
    assert (answer.url, answer.body) == (f"{server.address}/d", b"a letter")


@pytest.mark.parametrize(
    "location",
    [
        pytest.param("file:///etc/hostname", id="file"),
        pytest.param("ftp://example.org/a", id="ftp"),
        pytest.param("http://user:secret@127.0.0.1/a", id="password"),
        pytest.param("http://[::bad/a", id="no-address"),
    ],
)
def test_a_redirect_to_what_may_not_be_asked_is_refused(server: Server, web: Web, location: str) -> None:
    server.pages["/a"] = Give(status=302, headers={"Location": location})
    assert code_of(web, f"{server.address}/a") == Code.ADDRESS_NOT_ALLOWED


@pytest.mark.parametrize(
    ("address", "public"),
    [
        pytest.param("8.8.8.8", True, id="public"),
        pytest.param("2606:4700::1111", True, id="public-v6"),
        pytest.param("127.0.0.1", False, id="loopback"),
        pytest.param("127.8.9.1", False, id="another-loopback"),
        pytest.param("0.0.0.0", False, id="any"),
        pytest.param("10.1.2.3", False, id="private-10"),
        pytest.param("172.16.0.1", False, id="private-172"),
        pytest.param("192.168.1.1", False, id="private-192"),
        pytest.param("169.254.169.254", False, id="cloud-metadata"),
        pytest.param("100.64.0.1", False, id="carrier"),
        pytest.param("224.0.0.1", False, id="multicast"),
        pytest.param("::1", False, id="loopback-v6"),
        pytest.param("::ffff:127.0.0.1", False, id="mapped"),
        pytest.param("64:ff9b::7f00:1", False, id="nat64"),
        pytest.param("2002:7f00:1::", False, id="6to4"),
        pytest.param("fe80::1%eth0", False, id="link-local"),
        pytest.param("fd00::1", False, id="unique-local"),
        pytest.param("ff02::1", False, id="multicast-v6"),
        pytest.param("64:ff9b::808:808", True, id="nat64-of-a-public-one"),
        pytest.param("64:ff9b:1::808:808", False, id="nat64-of-a-network"),
        pytest.param("64:ff9b:1:ffff::1", False, id="the-end-of-it"),
        pytest.param("fec0::1", False, id="site-local"),
        pytest.param("::7f00:1", False, id="compatible-loopback"),
        pytest.param("::808:808", False, id="compatible"),
        pytest.param("::ffff:0:7f00:1", False, id="translated-loopback"),
        pytest.param("::ffff:0:808:808", False, id="translated"),
        pytest.param("::ffff:8.8.8.8", True, id="mapped-public"),
        pytest.param("2002:808:808::", True, id="6to4-of-a-public-one"),
        pytest.param("2001:db8::1", False, id="documentation"),
        pytest.param("100::1", False, id="discarded"),
        pytest.param("5f00::1", False, id="segment-routing"),
        pytest.param("4000::1", False, id="not-given-out"),
        pytest.param("192.88.99.1", False, id="6to4-relay"),
        pytest.param("198.18.0.1", False, id="benchmarks"),
        pytest.param("240.0.0.1", False, id="reserved"),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "127.1", "[::1]", "0.0.0.0"])
def test_no_way_of_writing_a_private_address_is_allowed(server: Server, host: str) -> None:
    port = server.address.rpartition(":")[2]
    with Web(crawl_policy(allow_private=False)) as web:
        assert code_of(web, f"http://{host}:{port}/a") == Code.ADDRESS_NOT_ALLOWED
    assert not server.asked


def test_what_was_checked_is_what_is_called(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads to a public address when it is checked and to a private one afterwards."""
    looked_up = [[("93.184.215.14", 80)], [("127.0.0.1", 80)]]
    called: list[str] = []

    def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        found = looked_up.pop(0) if len(looked_up) > 1 else looked_up[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in found]

    def call(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        called.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", call)
    with Web(crawl_policy(allow_private=False, attempts=1)) as web:
        assert code_of(web, "http://example.org/a") == Code.SOURCE_BUSY
    assert called == ["93.184.215.14"]


NOTHING = "User-agent: *\nDisallow: /\n"
HALF_A_LINE = (b"User-agent: *\n" + b"# x\n" * 200_000)[: robots.MAX_BYTES - 12] + b"\nDisallow: /abc\n"


@pytest.mark.parametrize(
    ("robots", "path", "allowed"),
    [
        pytest.param(Give(b"User-agent: *\nDisallow: /private/"), "/private/a", False, id="disallowed"),
        pytest.param(Give(b"User-agent: *\nDisallow: /private/"), "/a", True, id="elsewhere"),
        pytest.param(Give(b"User-agent: imr-letters\nDisallow: /"), "/a", False, id="by-name"),
        pytest.param(Give(b"User-agent: other\nDisallow: /"), "/a", True, id="another's"),
        pytest.param(Give(status=404), "/a", True, id="none"),
        pytest.param(Give(status=403), "/a", True, id="hidden"),
        pytest.param(Give(b"\xff\xfe\x00"), "/a", True, id="nonsense"),
        pytest.param(Give(NOTHING.encode("utf-8-sig")), "/a", False, id="byte-order-mark"),
        pytest.param(Give(NOTHING.encode("utf-16")), "/a", False, id="utf-16"),
        pytest.param(Give(codecs.BOM_UTF16_BE + NOTHING.encode("utf-16-be")), "/a", False, id="utf-16-be"),
        pytest.param(Give(NOTHING.encode("utf-16-le")), "/a", False, id="utf-16-without-a-mark"),
        pytest.param(Give(NOTHING.encode("utf-16-be")), "/a", False, id="utf-16-be-without-a-mark"),
        pytest.param(Give(NOTHING.encode("utf-32")), "/a", False, id="utf-32"),
        pytest.param(Give(NOTHING.encode() + bytes(5000)), "/a", False, id="padded"),
        pytest.param(Give(NOTHING.replace("\n", "\r").encode()), "/a", False, id="old-line-ends"),
        pytest.param(Give(b"# x\n" * 200_000), "/a", True, id="too-long"),
        pytest.param(Give(NOTHING.encode() + b"# x\n" * 200_000), "/a", False, id="too-long-with-a-rule"),
        pytest.param(Give(NOTHING.encode() + b"# x\n" * 200_000, length=-1), "/a", False, id="without-an-end"),
        pytest.param(Give(HALF_A_LINE), "/ab", True, id="cut-within-a-line"),
        pytest.param(Give(gzip.compress(NOTHING.encode())), "/a", False, id="gzip"),
        pytest.param(Give(gzip.compress(NOTHING.encode() + bytes(10**8))), "/a", False, id="a-bomb"),
        pytest.param(
            Give(gzip.compress(NOTHING.encode()), headers={"Content-Encoding": "gzip"}), "/a", False, id="sent-as-gzip"
        ),
        pytest.param(
            Give(zlib.compress(NOTHING.encode()), headers={"Content-Encoding": "deflate"}), "/a", False, id="deflated"
        ),
        pytest.param(
            Give(gzip.compress(gzip.compress(NOTHING.encode("utf-16"))), headers={"Content-Encoding": "gzip"}),
            "/a",
            False,
            id="a-packed-file-packed-again",
        ),
    ],
)
def test_robots_txt_is_respected(server: Server, web: Web, robots: Give, path: str, allowed: bool) -> None:
    server.pages |= {"/robots.txt": robots, path: Give(b"a letter")}
    if allowed:
        assert web.get(server.address + path).body == b"a letter"
    else:
        assert code_of(web, server.address + path) == Code.SOURCE_REFUSED
        assert not server.paths()


@pytest.mark.parametrize("target", ["file:///etc/hostname", "http://[::bad/a", "/robots.txt"])
def test_a_robots_txt_that_leads_astray_is_not_the_letter_s_fault(server: Server, web: Web, target: str) -> None:
    server.pages |= {"/robots.txt": Give(status=302, headers={"Location": target}), "/a": Give(b"a letter")}
    with pytest.raises(SourceError, match=r"robots\.txt cannot be read"):
        web.get(f"{server.address}/a")
    assert not server.paths()


def test_while_robots_txt_cannot_be_read_nothing_is_asked(server: Server, web: Web) -> None:
    server.pages |= {"/robots.txt": Give(status=500), "/a": Give()}
    assert code_of(web, f"{server.address}/a") == Code.SOURCE_BUSY
    assert not server.paths()


def test_a_host_is_asked_no_faster_than_told(server: Server) -> None:
    server.pages["/a"] = Give()
    with Web(crawl_policy(requests_per_second=50.0, at_once=8)) as web, ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: web.get(f"{server.address}/a"), range(12)))
    times = sorted(asked.at for asked in server.asked)
    assert len(times) == 13
    assert times[-1] - times[0] >= 12 * 0.02 * 0.9  # when a request arrives varies by less than a tenth of all this


def test_a_longer_delay_in_robots_txt_is_kept(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    slowed: list[float] = []
    monkeypatch.setattr(hosts.Host, "slow_down", lambda _, pause: slowed.append(pause))
    server.pages |= {"/robots.txt": Give(b"User-agent: *\nCrawl-delay: 7"), "/a": Give()}
    with Web(crawl_policy(longest_wait_seconds=7)) as web:
        web.get(f"{server.address}/a")
    assert slowed == [7.0]


def test_a_site_that_wants_days_between_two_requests_is_left_alone(server: Server, web: Web) -> None:
    server.pages |= {"/robots.txt": Give(b"User-agent: *\nCrawl-delay: 86400"), "/a": Give()}
    with pytest.raises(LetterError, match="86400 seconds between two requests") as caught:
        web.get(f"{server.address}/a")
    assert caught.value.code == Code.SOURCE_CLOSED
    assert not server.paths()


@pytest.mark.parametrize("robots", ["Crawl-delay: inf", "Crawl-delay: nan", "Crawl-delay: -5", "Crawl-delay: 1e999"])
def test_a_delay_that_is_no_number_of_seconds_holds_nobody(server: Server, web: Web, robots: str) -> None:
    server.pages |= {"/robots.txt": Give(f"User-agent: *\n{robots}".encode()), "/a": Give()}
    outcome = web.try_get(f"{server.address}/a")
    assert outcome.result or (outcome.error and outcome.error.code == Code.SOURCE_CLOSED)


def test_long_pauses_are_said(caplog: pytest.LogCaptureFixture) -> None:
    host = hosts.Host("example.org", 1)
    for demand in (host.slow_down, host.rest):
        for seconds in (1, hosts.WORTH_SAYING, 200):
            demand(seconds)
    assert [record.getMessage() for record in caplog.records if "200" in record.getMessage()] == [
        "example.org asks for 200 seconds between two requests, which are kept",
        "example.org asks for a pause of 200 seconds, which is kept",
    ]
    assert len(caplog.records) == 4


@pytest.mark.parametrize(
    "pause",
    [
        pytest.param(lambda: "1", id="seconds"),
        pytest.param(
            lambda: format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=2), usegmt=True), id="date"
        ),
    ],
)
def test_a_pause_that_is_asked_for_is_given(
    server: Server, web: Web, monkeypatch: pytest.MonkeyPatch, pause: object
) -> None:
    rested: list[float] = []
    monkeypatch.setattr(hosts.Host, "rest", lambda _, seconds: rested.append(seconds))
    server.pages["/a"] = [Give(status=503, headers={"Retry-After": pause()}), Give(b"a letter")]  # type: ignore[operator]
    with Web(crawl_policy(longest_wait_seconds=3)) as patient:
        assert patient.get(f"{server.address}/a").body == b"a letter"
    (seconds,) = rested
    assert 0 < seconds <= 2


def test_nothing_is_asked_during_the_pause(server: Server, web: Web) -> None:
    server.pages["/a"] = [Give(status=503, headers={"Retry-After": "1"}), Give()]
    web.get(f"{server.address}/a")
    first, second = (asked.at for asked in server.asked if asked.path == "/a")
    assert second - first >= 0.99


def test_a_host_that_wants_a_longer_pause_is_left_alone(server: Server, web: Web) -> None:
    server.pages |= {"/a": Give(status=429, headers={"Retry-After": "3600"}), "/b": Give()}
    assert code_of(web, f"{server.address}/a") == Code.SOURCE_CLOSED
    assert code_of(web, f"{server.address}/b") == Code.SOURCE_CLOSED
    assert server.paths() == ["/a"]


def test_a_run_that_ends_does_not_wait_for_the_pause(server: Server) -> None:
    server.pages["/a"] = Give(status=503, headers={"Retry-After": "600"})
    with Web(crawl_policy(longest_wait_seconds=900)) as web, ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(code_of, web, f"{server.address}/a")
        while not server.paths():
            time.sleep(0.01)
        web.leave()
        assert waiting.result(60) in (Code.SOURCE_BUSY, Code.SOURCE_BROKEN, Code.SOURCE_CLOSED)


def test_a_host_that_gives_nothing_any_more_is_left_alone(server: Server) -> None:
    server.pages |= {"/bad": Give(status=403), "/good": Give()}
    with Web(crawl_policy(attempts=1)) as web:
        for _ in range(hosts.CLOSED_AFTER - 1):
            assert code_of(web, f"{server.address}/bad") == Code.SOURCE_REFUSED
        web.get(f"{server.address}/good")  # one good answer, and all is well again
        for _ in range(hosts.CLOSED_AFTER):
            assert code_of(web, f"{server.address}/bad") == Code.SOURCE_REFUSED
        asked = len(server.asked)
        assert code_of(web, f"{server.address}/good") == Code.SOURCE_CLOSED
        assert len(server.asked) == asked


def test_files_that_are_not_there_say_nothing_against_their_host(server: Server, web: Web) -> None:
    server.pages["/good"] = Give(b"a letter")
    for number in range(hosts.CLOSED_AFTER + 1):
        assert code_of(web, f"{server.address}/{number}") == Code.SOURCE_GONE
    assert web.get(f"{server.address}/good").body == b"a letter"


def test_another_type_than_wanted_is_refused(server: Server, web: Web) -> None:
    server.pages["/a"] = Give(b"GIF89a", headers={"Content-Type": "Image/GIF; x=y"})
    outcome = web.try_get(f"{server.address}/a", accepted=frozenset({"application/pdf"}))
    assert outcome.error is not None
    assert outcome.error.code == Code.UNSUPPORTED_MEDIA_TYPE
    server.pages["/a"] = Give(b"%PDF", headers={"Content-Type": "application/pdf"})
    assert web.try_get(f"{server.address}/a", accepted=frozenset({"application/pdf"})).result is not None


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """A certificate authority that is trusted here."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return ca


def secured(server: Server, certificate: trustme.LeafCert) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True)
    return server.address.replace("http://127.0.0.1", "https://localhost")


YESTERDAY = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "until", "trusted", "code"),
    [
        pytest.param("localhost", None, True, None, id="good"),
        pytest.param("localhost", YESTERDAY, True, Code.TLS_FAILED, id="expired"),
        pytest.param("example.org", None, True, Code.TLS_FAILED, id="another-host's"),
        pytest.param("localhost", None, False, Code.TLS_FAILED, id="unknown-authority"),
    ],
)
def test_certificates_are_checked(
    authority: trustme.CA, name: str, until: dt.datetime | None, trusted: bool, code: Code | None
) -> None:
    issuer = authority if trusted else trustme.CA()
    server = Server()
    address = secured(server, issuer.issue_cert(name, not_after=until))
    server.pages["/a"] = Give(b"a letter")
    with serving(server), Web(QUICK) as web:
        if code is None:
            assert web.get(f"{address}/a").body == b"a letter"
        else:
            assert code_of(web, f"{address}/a") == code


def test_a_redirect_away_from_encryption_is_refused(authority: trustme.CA) -> None:
    server = Server()
    address = secured(server, authority.issue_cert("localhost"))
    server.pages["/a"] = Give(status=302, headers={"Location": "http://localhost/b"})
    with serving(server), Web(QUICK) as web:
        assert code_of(web, f"{address}/a") == Code.ADDRESS_NOT_ALLOWED


def test_a_source_error_is_raised_whole(server: Server, web: Web) -> None:
    server.pages["/a"] = Give(status=503)
    with pytest.raises(SourceError, match="HTTP 503"):
        web.get(f"{server.address}/a")
