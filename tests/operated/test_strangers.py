"""The server that `imr up` starts answers nobody who does not know its secret, and no page of another origin."""

from __future__ import annotations

import asyncio
import json
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import websockets
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.chromium import chromium
from tests.operated.helpers import Operated
from tests.operated.pages import log_in

EVIL = "http://evil.example"
COMMAND = {"job_variables": {"command": "touch broken-in"}}


def knowing(operated: Operated) -> httpx.BasicAuth:
    return httpx.BasicAuth(*operated.secret().split(":"))


def start(operated: Operated) -> str:
    """The address that starts a deployment whose id a stranger has learnt."""
    found = operated.ask("deployments/name/letters/manual")["id"]
    return f"http://127.0.0.1:{operated.port}/api/deployments/{found}/create_flow_run"


def runs(operated: Operated) -> int:
    """How many runs the deployment has that strangers try to start; it has no schedule that would start others."""
    return int(operated.ask("flow_runs/count", {"deployments": {"name": {"any_": ["manual"]}}}))


@pytest.mark.parametrize(
    ("auth", "headers", "code"),
    [
        pytest.param(None, {}, 401, id="no secret"),
        pytest.param(httpx.BasicAuth("imr", "guess"), {}, 401, id="a wrong secret"),
        pytest.param(None, {"Authorization": "Bearer x"}, 401, id="a secret of another kind"),
        pytest.param("known", {"Host": "evil.example"}, 400, id="another host with the secret"),
        pytest.param("known", {"Host": "127.0.0.1.evil.example"}, 400, id="a host that begins as this one"),
        pytest.param("known", {"Host": ""}, 400, id="no host"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_is_refused(
    operated: Operated, method: str, auth: httpx.BasicAuth | str | None, headers: Mapping[str, str], code: int
) -> None:
    address, before = start(operated), runs(operated)
    sent = {**headers, **operated.token()}
    with httpx.Client(auth=knowing(operated) if auth == "known" else auth) as client:  # type: ignore[arg-type]
        if method == "POST":
            answer = client.post(address, json=COMMAND, headers=sent)
        else:
            answer = client.get(address.removesuffix("/create_flow_run"), headers=sent)
    assert answer.status_code == code
    assert "work_pool" not in answer.text
    assert runs(operated) == before


def test_who_knows_the_secret_is_answered(operated: Operated) -> None:
    with httpx.Client(auth=knowing(operated)) as client:
        assert client.get(start(operated).removesuffix("/create_flow_run")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [pytest.param({}, id="none"), pytest.param({"Prefect-Csrf-Token": "x", "Prefect-Csrf-Client": "y"}, id="invented")],
)
def test_nothing_is_changed_without_a_token(operated: Operated, headers: Mapping[str, str]) -> None:
    before = runs(operated)
    answer = httpx.post(start(operated), json=COMMAND, headers=headers, auth=knowing(operated))
    assert answer.status_code == 403
    assert runs(operated) == before


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        pytest.param(EVIL, False, id="another site"),
        pytest.param("null", False, id="a file or a sandbox"),
        pytest.param("http://127.0.0.1:1", False, id="another port of this machine"),
        pytest.param("http://127.0.0.1:{port}", True, id="the UI"),
        pytest.param("http://localhost:{port}", True, id="the UI under its other name"),
    ],
)
def test_pages_of_another_origin_read_nothing(operated: Operated, origin: str, allowed: bool) -> None:
    origin = origin.format(port=operated.port)
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    before = httpx.options(start(operated), headers=asked)
    after = httpx.get(f"http://127.0.0.1:{operated.port}/api/health", headers={"Origin": origin})
    for answer in (before, after):
        assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)
    assert before.is_success is allowed


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        pytest.param({}, None, id="no secret"),
        pytest.param({}, "imr:guess", id="a wrong secret"),
        pytest.param({"Host": "evil.example"}, "known", id="another host"),
    ],
)
@pytest.mark.parametrize("socket", ["events/out", "events/in", "logs/out", "work_pools/letters/workers/connect"])
def test_no_socket_is_open_to_strangers(
    operated: Operated, socket: str, headers: dict[str, str], token: str | None
) -> None:
    said = operated.secret() if token == "known" else token

    async def converse() -> Any:
        host = headers.get("Host", "127.0.0.1")
        address = f"ws://{host}:{operated.port}/api/{socket}"
        async with websockets.connect(
            address, subprotocols=[websockets.Subprotocol("prefect")], host="127.0.0.1", port=operated.port
        ) as connection:
            await connection.send(json.dumps({"type": "auth", "token": said}))
            return json.loads(await asyncio.wait_for(connection.recv(), 20))

    with pytest.raises((websockets.ConnectionClosed, websockets.InvalidStatus)):
        asyncio.run(converse())


@pytest.fixture(scope="module")
def said(operated: Operated) -> str:
    """What `imr up` says to people."""
    return operated.imr("up", "--port", str(operated.port))


def test_the_secret_is_for_its_owner_and_shown_nowhere(operated: Operated, said: str) -> None:
    file = operated.home / "up" / "secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    secret = operated.secret().partition(":")[2]
    assert len(secret) > 40
    assert secret not in said
    assert secret not in "".join(
        " ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])
    )
    kept = [path for path in (operated.home / "up").rglob("*") if path.is_file() and path != file]
    assert [path for path in kept if secret.encode() in path.read_bytes()] == []


def test_prefect_commands_work_once_the_line_is_typed(operated: Operated, said: str, tmp_path: Path) -> None:
    file = operated.home / "up" / "secret"
    file.chmod(0o644)
    line = operated.up()["export"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600  # again
    assert line in said
    watched = (
        f"{sys.executable} -m prefect deployment run letters/manual --watch "
        f"--param 'sources=[\"{operated.home}/data_lake/landing/CM16-0900000.pdf\"]' --param 'lake=\"{tmp_path}\"'"
    )
    environment = {name: value for name, value in operated.environment.items() if not name.startswith("IMR_")}
    environment["PREFECT_HOME"] = str(tmp_path / "home")
    done = subprocess.run(
        ["sh", "-c", f"{line}; {watched}"], env=environment, capture_output=True, text=True, check=False, timeout=180
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Completed" in done.stdout


def test_up_again_with_the_line_typed_is_the_same_server(operated: Operated) -> None:
    api = f"http://127.0.0.1:{operated.port}/api"
    typed = Operated(operated.home, {**operated.environment, "PREFECT_API_URL": api}, operated.port)
    before = operated.process("server").pid
    assert typed.up()["api"] == api
    assert operated.process("server").pid == before


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chrome]:
    with chromium(tmp_path / "profile", "--host-resolver-rules=MAP *.example 127.0.0.1") as chrome:
        chrome.set_script_timeout(60)
        yield chrome


@pytest.fixture
def evil() -> Iterator[int]:
    """The port of a site with an empty page."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>evil</title>")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


TRY = """
const [address, body, mode, type, done] = arguments;
fetch(address, {method: body ? 'POST' : 'GET', body, mode, headers: body ? {'Content-Type': type} : {}})
  .then(async (r) => done([r.type, r.status, await r.text()]), (e) => done(['refused', 0, String(e)]));
"""


def test_a_page_of_another_origin_starts_nothing_in_a_browser(operated: Operated, browser: Chrome, evil: int) -> None:
    before = runs(operated)
    browser.get(f"http://evil.example:{evil}/")
    for kind, mode in (("application/json", "cors"), ("text/plain", "cors"), ("text/plain", "no-cors")):
        seen = browser.execute_async_script(TRY, start(operated), json.dumps(COMMAND), mode, kind)
        assert seen[0] in {"refused", "opaque"}, seen
        assert not seen[2] or seen[0] == "refused"
    # The page's own name leads to the server: what it answers is of one origin with the page, and nothing.
    browser.get(f"http://evil.example:{operated.port}/")
    # A browser may say that a page of bare text is loaded before its text is in it.
    WebDriverWait(browser, 60).until(lambda page: "Invalid host header" in page.page_source)
    seen = browser.execute_async_script(TRY, "/api/deployments/filter", "{}", "cors", "application/json")
    assert seen[1] == 400, seen
    assert runs(operated) == before


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_ui_shows_the_deployments_to_who_knows_the_secret(operated: Operated, browser: Chrome, name: str) -> None:
    log_in(browser, operated, name)
    browser.get(f"http://{name}:{operated.port}/deployments")
    WebDriverWait(browser, 60).until(lambda page: "manual" in page.find_element(By.TAG_NAME, "body").text)
