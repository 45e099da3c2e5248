"""What listens to events in tests: a small HTTP server, and the settings that lead to it."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest.mock import patch

Event = dict[str, Any]


class Receiver(ThreadingHTTPServer):
    """Keeps all events that it is sent, and answers each with `status`."""

    def __init__(self, status: int = 201) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = status
        self.events: list[Event] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        assert self.path == "/api/v1/lineage"
        self.server.events.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def receiver(status: int = 201) -> Iterator[Receiver]:
    with Receiver(status) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def nobody() -> str:
    """An address that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@contextmanager
def settings(**variables: str) -> Iterator[None]:
    """These variables of OpenLineage's and no others. The library adds some of its own, which go as well."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("OPENLINEAGE_")}
    direct = {"no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}
    ours = {f"OPENLINEAGE_{name}": value for name, value in variables.items()}
    with patch.dict(os.environ, others | direct | ours, clear=True):
        yield


def to_file(path: Path) -> dict[str, str]:
    """The variables that let events be written to a file, a line each."""
    return {"_TRANSPORT__TYPE": "file", "_TRANSPORT__LOG_FILE_PATH": str(path), "_TRANSPORT__APPEND": "true"}


def to_http(url: str) -> dict[str, str]:
    """The variables that let events be posted to an address, once each."""
    return {"_TRANSPORT__TYPE": "http", "_TRANSPORT__URL": url, "_TRANSPORT__RETRY": '{"total": 0}'}


def written(path: Path) -> list[Event]:
    """The events in a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
