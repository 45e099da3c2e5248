"""The `imr` command and the Prefect API of a machine that was brought up for the tests."""

from __future__ import annotations

import base64
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil

ROOT = Path(__file__).parent.parent.parent
FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
_CODE = "from imr.cli.main import main; main()"
_PATIENCE = 180.0  # seconds until a test gives up
_SOON = {
    # Seconds until a worker asks for runs again, and until a run that found no slot does.
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "2",
}
"""What tests need not wait for."""


@dataclass(frozen=True, slots=True)
class Operated:
    """A machine that is up: its folder, the environment of its programs, the port of its server."""

    home: Path
    environment: Mapping[str, str]
    port: int

    def imr(self, *words: str, code: int = 0) -> str:
        """Call the `imr` command; its standard output."""
        done = subprocess.run(
            [sys.executable, "-c", _CODE, *words],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=_PATIENCE,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def up(self, *options: str) -> dict[str, Any]:
        """Call `imr up`, as often as one likes."""
        return dict(json.loads(self.imr("up", "--port", str(self.port), "--json", *options)))

    def ask(self, path: str, body: object = None, method: str | None = None) -> Any:
        """Ask the server: POST where there is a body, else GET, unless told otherwise."""
        data = None if body is None else json.dumps(body).encode()
        method = method or ("GET" if body is None else "POST")
        token = {} if method == "GET" else self.token()
        return self._asked(path, data, method, token)

    def secret(self) -> str:
        """What the server asks for."""
        return (self.home / "up" / "secret").read_text()

    def token(self) -> dict[str, str]:
        """The headers without which the server changes nothing."""
        client = str(uuid4())
        token = self._asked(f"csrf-token?client={client}", None, "GET", {})["token"]
        return {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": client}

    def _asked(self, path: str, data: bytes | None, method: str, headers: Mapping[str, str]) -> Any:
        known = {"Authorization": f"Basic {base64.b64encode(self.secret().encode()).decode()}"}
        address = f"http://127.0.0.1:{self.port}/api/{path}"
        request = urllib.request.Request(
            address, data, {"Content-Type": "application/json", **known, **headers}, method=method
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def start(self, deployment: str, **parameters: object) -> str:
        """Start a run of a deployment FLOW/NAME; its id."""
        flow, name = deployment.split("/")
        found = self.ask(f"deployments/name/{flow}/{name}")
        return str(self.ask(f"deployments/{found['id']}/create_flow_run", {"parameters": parameters})["id"])

    def state(self, run: str) -> dict[str, Any]:
        """The present state of a run."""
        return dict(self.ask(f"flow_runs/{run}")["state"])

    def ended(self, run: str) -> dict[str, Any]:
        """Wait for a run; its final state."""
        wait_until(lambda: self.reached(run)["type"] in FINAL, f"run {run} does not end")
        return self.state(run)

    def reached(self, run: str) -> dict[str, Any]:
        """The state of a run while its server may be away."""
        try:
            return self.state(run)
        except OSError:
            return {"type": "UNKNOWN"}

    def process(self, service: str) -> psutil.Process:
        """The process of `server` or `worker`."""
        return psutil.Process(json.loads((self.home / "up" / f"{service}.json").read_text())["pid"])


@contextmanager
def brought_up(home: Path) -> Iterator[Operated]:
    """Bring up Prefect with everything in a folder, and take it down again."""
    shutil.copytree(ROOT / "data_lake" / "landing", home / "data_lake" / "landing")
    for package in ("flows", "tasks", "imr", "commands"):
        (home / package).symlink_to(ROOT / package)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "IMR_"))}
    own = {"IMR_UP": str(home / "up"), "IMR_HOME": str(home), "TMPDIR": str(home)}
    environment = {**kept, **own, **_SOON}
    operated = Operated(home, environment, free_port())
    try:
        operated.up()
        yield operated
    finally:
        operated.imr("down")


def free_port() -> int:
    """A port that nobody listens at, and none of those that the system gives to whoever asks for any.

    So no connection takes it while its server starts, or while a test has killed it.
    """
    while True:
        port = random.SystemRandom().randrange(10_000, 32_768)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_until(true: Callable[[], bool], otherwise: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.2)
