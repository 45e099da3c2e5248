"""What `imr up` says of a server that is named and cannot be used."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from imr.cli.main import app


@pytest.fixture(autouse=True)
def nobody_elses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IMR_UP", str(tmp_path / "up"))


@pytest.fixture
def guarded() -> Iterator[str]:
    """The address of a server that answers nobody."""

    class Guarded(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(401)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Guarded) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()


@pytest.mark.parametrize("api", ["http://me:planted@127.0.0.1:9/api", "nonsense", "http://[x", "ftp://127.0.0.1:9"])
@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_one_that_is_dead_is_said_in_a_sentence(api: str, as_json: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", api)
    done = CliRunner().invoke(app, ["up", *(["--json"] if as_json else [])])
    said = json.loads(done.stdout)["error_message"] if as_json else done.stderr
    assert done.exit_code == 1
    assert "no Prefect server answers at" in said
    assert "planted" not in said
    assert said.strip().count("\n") == 0


def test_one_that_asks_for_another_secret_is_said(guarded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", guarded)
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "imr:planted")
    done = CliRunner().invoke(app, ["up"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "asks for another secret" in done.stderr
    assert "planted" not in done.stderr
