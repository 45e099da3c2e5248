"""The flow as a deployment: a real server, a process work pool, a worker, both deployments of prefect.yaml."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.flows.helpers import rows

ROOT = Path(__file__).parent.parent.parent
PREFECT = [sys.executable, "-m", "prefect"]
Call = Callable[..., str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Call]:
    """Calls of the `prefect` command against a server of this module's own, with a worker on the pool `letters`."""
    home, port = tmp_path_factory.mktemp("prefect"), free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment = {
        **kept,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "DO_NOT_TRACK": "1",
        "IMR_HOME": str(home),
    }

    def call(*words: str) -> str:
        done = subprocess.run(
            [*PREFECT, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=180
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(*words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*PREFECT, *words], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    shutil.copytree(ROOT / "data_lake" / "landing", home / "data_lake" / "landing")
    for package in ("flows", "tasks", "imr", "commands"):
        (home / package).symlink_to(ROOT / package)
    running = [start("server", "start", "--host", "127.0.0.1", "--port", str(port))]
    try:
        wait_for(f"http://127.0.0.1:{port}/api/health")
        call("work-pool", "create", "letters", "--type", "process")
        call("--no-prompt", "deploy", "--all")
        running.append(start("worker", "start", "--pool", "letters"))
        yield call
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(60)


def wait_for(address: str) -> None:
    """Wait until a server answers."""
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            assert time.monotonic() < deadline, "the Prefect server did not start"
            time.sleep(0.5)


@pytest.mark.parametrize("deployment", ["letters/daily", "letters/manual"])
def test_a_deployment_runs_in_a_worker(prefect: Call, tmp_path: Path, deployment: str) -> None:
    prefect("deployment", "run", deployment, "--watch", "--param", f"lake={json.dumps(str(tmp_path))}")
    (commit,) = rows(tmp_path, "commits")
    runs = json.loads(prefect("flow-run", "ls", "--limit", "1", "--output", "json"))
    assert runs[0]["state_name"] == "CompletedWithQuarantine"
    assert commit["run_id"] == runs[0]["id"]
    assert commit["files_published"] >= 12
    steps = {event["step"] for event in rows(tmp_path, "lineage")}
    assert steps == {"fetch", "ocr_cleanup", "section_split", "extract", "publish"}
