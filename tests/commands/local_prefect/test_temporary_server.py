"""`imr run` where no server is named: it brings one of its own, whose history is whole, and leaves no process behind."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import psutil

from tests.operated.helpers import wait_until

TASKS = ["aggregate", "commit", "extract 1", "fetch 1", "ocr_cleanup 1", "publish", "section_split 1"]
_CODE = "from imr.cli.main import main; main()"


def test_a_run_alone_loses_no_task_run(landing: Path, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "IMR_"))}
    environment = {**kept, "PREFECT_HOME": str(tmp_path / "home"), "IMR_UP": str(tmp_path / "up")}
    letter = landing / "CM16-0900000.pdf"
    done = subprocess.run(
        [sys.executable, "-c", _CODE, "run", str(letter), "--lake", str(tmp_path / "lake"), "--json"],
        env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Error logging to API" not in done.stderr  # the server was there to the last line of the log
    run = json.loads(done.stdout)["run_id"]
    with sqlite3.connect(tmp_path / "home" / "prefect.db") as database:
        found = database.execute(
            "SELECT task_run.name FROM task_run WHERE flow_run_id = ? AND state_type = 'COMPLETED'", (run,)
        ).fetchall()
        (state,) = database.execute("SELECT state_name FROM flow_run WHERE id = ?", (run,)).fetchone()
        events = {name for (name,) in database.execute("SELECT event FROM events")}
    assert sorted(name for (name,) in found) == TASKS
    assert state == "Completed"
    assert "prefect.flow-run.Running" in events
    assert "prefect.flow-run.heartbeat" not in events  # for nobody, and each run would end on a whole second
    servers = [process for process in psutil.process_iter(["environ"]) if _is_of(process, tmp_path)]
    assert servers == []


def _is_of(process: psutil.Process, home: Path) -> bool:
    return str(home) in (process.info["environ"] or {}).get("PREFECT_HOME", "")


def test_a_server_does_not_outlive_a_run_that_was_killed(tmp_path: Path) -> None:
    environment = {**os.environ, "PREFECT_HOME": str(tmp_path), "IMR_UP": str(tmp_path / "up")}
    environment.pop("PREFECT_API_URL", None)
    start = (
        "import os, signal; from commands.local_prefect.temporary_server import TemporaryServer; "
        "server = TemporaryServer(); server.wait(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", start], env=environment, check=False, timeout=300)
    assert killed.returncode == -9
    wait_until(
        lambda: not any(_is_of(process, tmp_path) for process in psutil.process_iter(["environ"])),
        "the server lives on",
    )
