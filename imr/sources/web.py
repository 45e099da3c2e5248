"""The one way anything is requested over HTTP: politely, within limits, and only where it is allowed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from types import TracebackType
from typing import NamedTuple
from urllib.parse import urlencode

import httpcore
import httpx

from imr.errors import Code, SourceError
from imr.reading.media import MAX_BYTES
from imr.records import Outcome, ResponseInfo
from imr.settings import CrawlPolicy
from imr.sources import robots
from imr.sources.addresses import followed, origin, parse
from imr.sources.connections import Connections, HttpBackend
from imr.sources.deadlines import Ending, seconds_left, within
from imr.sources.hosts import Host
from imr.sources.logins import VARIABLE, logins
from imr.sources.responses import (
    CONDITIONS,
    IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
    check_body,
    check_status,
    check_type,
    connection_errors,
    content_type,
    read_beginning,
    read_body,
    seconds_to_wait,
)
from imr.sources.retries import with_retries
from imr.version import __version__

AGENT = "imr-letters"
"""The name by which robots.txt knows this client."""

_REDIRECTS = 5
_OVER = "the run ends"
_FORGETS_FORM = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER})
_KEEPS_FORM = frozenset({HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT})
_SPEAKS_AGAINST_HOST = frozenset(
    {Code.SOURCE_BUSY, Code.SOURCE_BROKEN, Code.SOURCE_REFUSED, Code.UNSUPPORTED_MEDIA_TYPE, Code.TLS_FAILED}
)


class Response(NamedTuple):
    """What a server gave. `url` is the address after redirects; `not_modified` tells that the copy here is still good.

    `content_type` is lower case and without parameters, empty if the server named none.
    """

    url: str
    status: int
    content_type: str
    etag: str | None
    last_modified: str | None
    body: bytes
    not_modified: bool


class _Request(NamedTuple):
    url: str
    form: bytes | None = None
    headers: Mapping[str, str] = {}
    largest: int = MAX_BYTES
    accepted: frozenset[str] = frozenset()
    cut: bool = False
    """Whether a longer answer is cut off at `largest`, and taken as it came, packed or not."""
    asks_robots: bool = True


class Web:
    """All hosts that a run requests from. May be used from many threads; use it as a context manager.

    A request that fails raises, once it has been retried as often as its fault deserves:

    - `source_gone`: 404 or 410; `source_refused`: 401, 403 and the like, or robots.txt does not want it;
    - `source_busy`: no response in time, no connection, 429 or 5xx;
    - `source_broken`: the connection broke, or the body is not as long as was said;
    - `source_closed`: the host gave nothing for too long, or demanded a longer pause than allowed;
    - `source_missing`: there is no such host; `tls_failed`: its certificate is not to be trusted;
    - `address_not_allowed`: the address, or one that it redirects to, is not allowed;
    - `file_too_large`, `unsupported_media_type`: of what came.
    """

    def __init__(self, policy: CrawlPolicy) -> None:
        contact = policy.contact or os.environ.get("IMR_CONTACT")
        self._agent = f"{AGENT}/{__version__}" + (f" (+{' '.join(contact.split())})" if contact else "")
        self._policy = policy
        self._logins = logins(os.environ.get(VARIABLE, ""))
        self._hosts: dict[str, Host] = {}
        self._lock = threading.Lock()
        self._ending = Ending()
        self._connections = Connections(self._ending, allow_private=policy.allow_private)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=policy.at_once,
            network_backend=HttpBackend(self._connections),
        )

    def __enter__(self) -> Web:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def leave(self) -> None:
        """Request nothing more, and break off what goes on: whoever waits for a turn or an answer fails at once."""
        self._ending.end()
        with self._lock:
            hosts = list(self._hosts.values())
        for host in hosts:
            host.close(_OVER)
        self._connections.break_off()

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        largest: int = MAX_BYTES,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """What is at an address. With what the server said of it before, it may answer that nothing has changed.

        Raises:
            LetterError: `SourceError` or `UnreadableError`, under the codes of the class.
        """
        return _result(self.try_get(url, etag=etag, last_modified=last_modified, largest=largest, headers=headers))

    def post(self, url: str, form: Mapping[str, str], *, largest: int = MAX_BYTES) -> Response:
        """The answer to a form.

        Raises:
            LetterError: as `get` does.
        """
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return _result(self._ask(_Request(url, urlencode(form).encode("ascii"), headers, largest)))

    def try_get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        largest: int = MAX_BYTES,
        headers: Mapping[str, str] | None = None,
        accepted: frozenset[str] = frozenset(),
    ) -> Outcome[Response]:
        """The same as a record of all attempts, which raises nothing. `accepted` are content types, all if empty."""
        known = {IF_NONE_MATCH: etag, IF_MODIFIED_SINCE: last_modified}
        sent = {**(headers or {}), **{name: value for name, value in known.items() if value}}
        return self._ask(_Request(url, None, sent, largest, accepted))

    def _ask(self, request: _Request) -> Outcome[Response]:
        outcome = with_retries(lambda response_info: self._follow(request, response_info), self._policy, self._ending)
        last = outcome.attempts[-1]
        responded = last.response is not None and bool(last.response.status)
        if last.error is None or last.error.code not in _SPEAKS_AGAINST_HOST:
            if responded:
                self._host(parse(request.url)).gave()
        elif last.error.code != Code.SOURCE_REFUSED or responded:  # else it is our reading of robots.txt
            self._host(parse(request.url)).failed()
        return outcome

    def _follow(self, request: _Request, response_info: ResponseInfo) -> Response:
        """Send a request and follow redirects: all of that has one deadline, but for the pauses that manners demand."""
        url, seconds = parse(request.url), self._policy.timeout_seconds
        for _ in range(_REDIRECTS + 1):
            if request.asks_robots:
                self._check_robots(url)
            self._host(url).wait_for_turn()
            began = time.monotonic()
            with within(seconds):
                response = self._exchange(url, request, response_info)
            seconds -= time.monotonic() - began
            if isinstance(response, Response):
                return response
            if response.status in _FORGETS_FORM:
                request = request._replace(form=None)
            if origin(response.target) != origin(url) or request.form is None:
                conditions = {name: value for name, value in request.headers.items() if name in CONDITIONS}
                request = request._replace(headers=conditions)
            url = response.target
        raise SourceError(Code.SOURCE_BROKEN, f"the address was redirected more than {_REDIRECTS} times")

    def _exchange(self, url: httpx.URL, request: _Request, response_info: ResponseInfo) -> Response | _Redirect:
        """One request and its response."""
        headers = {"User-Agent": self._agent, "Accept-Encoding": "identity", **request.headers}
        if login := self._logins.get(origin(url)):
            headers["Authorization"] = login
        with (
            connection_errors(),
            self._pool.stream(
                "GET" if request.form is None else "POST",
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=[(name.encode("ascii"), _as_sent(value)) for name, value in headers.items()],
                content=request.form,
                extensions={"timeout": {"pool": seconds_left()}},
            ) as response,
        ):
            said = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            response_info.status, response_info.etag, response_info.byte_size = response.status, said.get("etag"), None
            if response.status in _FORGETS_FORM | _KEEPS_FORM and "location" in said:
                return _Redirect(response.status, followed(url, said["location"]))
            self._check_status(response.status, said, self._host(url), request)
            unchanged = response.status == HTTPStatus.NOT_MODIFIED
            check_type(said, frozenset() if unchanged else request.accepted)
            read = read_beginning if request.cut else read_body
            body = read(response, said, request.largest, response_info)
            check_body(body, request.accepted)
            validators = (said.get("etag"), said.get("last-modified"))
            return Response(str(url), response.status, content_type(said), *validators, body, unchanged)

    def _check_status(self, status: int, said: Mapping[str, str], host: Host, request: _Request) -> None:
        try:
            check_status(status, conditional=not CONDITIONS.isdisjoint(request.headers))
        except SourceError as error:
            if error.code == Code.SOURCE_BUSY:
                self._rest(said, host)
            raise

    def _rest(self, said: Mapping[str, str], host: Host) -> None:
        """Give a host the pause that it demands, or leave it alone if that is longer than a run may wait."""
        pause = seconds_to_wait(said.get("retry-after", ""))
        if pause is not None and pause > self._policy.longest_wait_seconds:
            host.close(f"the site asks to be left alone for {pause:.0f} seconds, longer than a run may wait")
        elif pause is not None:
            host.rest(pause)

    def _check_robots(self, url: httpx.URL) -> None:
        host = self._host(url)
        rules = host.robots(origin(url), lambda: self._read_robots(url))
        if not rules.can_fetch(str(url), AGENT):
            raise SourceError(Code.SOURCE_REFUSED, "the site's robots.txt asks not to fetch this address")
        delay = float(rules.crawl_delay(AGENT) or 0)
        if delay > self._policy.longest_wait_seconds:
            host.close(
                f"the site's robots.txt asks for {delay:.0f} seconds between two requests, longer than a run may wait"
            )
        elif delay:
            host.slow_down(delay)

    def _read_robots(self, url: httpx.URL) -> bytes:
        """What robots.txt says: nothing where there is none. While it cannot be read, nothing may be fetched."""
        asked = _Request(str(url.join("/robots.txt")), largest=robots.MAX_BYTES, cut=True, asks_robots=False)
        try:
            return self._follow(asked, ResponseInfo()).body
        except SourceError as error:
            if error.code in (Code.SOURCE_GONE, Code.SOURCE_REFUSED):
                return b""
            message = f"the site's robots.txt cannot be read: {error.message}"
            raise SourceError(error.code, message, transient=error.transient) from error

    def _host(self, url: httpx.URL) -> Host:
        with self._lock:
            host = self._hosts.setdefault(url.host, Host(url.host, self._policy.requests_per_second))
        if self._ending.is_over:
            host.close(_OVER)
        return host


def _as_sent(value: str) -> bytes:
    """A header as a server said it, in the bytes that it had; what is ours and more than Latin-1 as UTF-8."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


class _Redirect(NamedTuple):
    status: int
    target: httpx.URL


def _result(outcome: Outcome[Response]) -> Response:
    if outcome.result is None:
        raise outcome.error or SourceError(Code.SOURCE_BROKEN, "no try was made")
    return outcome.result
