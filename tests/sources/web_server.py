"""A small server on this machine whose answers a test writes, for everything that asks over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Asked(NamedTuple):
    """One request as the server got it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float
    connection: int


class Give(NamedTuple):
    """One answer.

    `length` is what is said of the body, its true length unless told and nothing at all if negative; `slow` are the
    seconds before the body, `drip` those before each of its bytes.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}
    length: int | None = None
    slow: float = 0.0
    drip: float = 0.0


Page = Give | Callable[[Asked], Give]


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that hang up are what the tests are about."""


class Server:
    """Pages by path, and all that was asked, in order. A page may be a list: its answers in turn, the last for good."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.pages: dict[str, Page | list[Give]] = {}
        self.asked: list[Asked] = []
        self.lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer(self)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = _Quiet((host, 0), Handler)
        self.address = f"http://{host}:{self.http.server_address[1]}"

    def paths(self) -> list[str]:
        """What was asked, but for robots.txt."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        asked = Asked(handler.command, handler.path, headers, body, time.monotonic(), handler.client_address[1])
        with self.lock:
            self.asked.append(asked)
            page = self.pages.get(handler.path, Give(status=404))
            if isinstance(page, list):
                page = page.pop(0) if len(page) > 1 else page[0]
        give = page(asked) if callable(page) else page
        handler.send_response(give.status)
        for name, value in give.headers.items():
            handler.send_header(name, value)
        if give.status != 304 and (give.length is None or give.length >= 0):
            handler.send_header("Content-Length", str(len(give.body) if give.length is None else give.length))
        handler.end_headers()
        time.sleep(give.slow)
        if give.length is not None:
            handler.close_connection = True
        if not give.drip:
            handler.wfile.write(give.body)
            return
        for byte in give.body:
            handler.wfile.write(bytes([byte]))
            time.sleep(give.drip)


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """The server at work."""
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.http.shutdown()
        server.http.server_close()
