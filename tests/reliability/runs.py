"""Runs of the `imr` command in processes of their own, which may be killed, against one Prefect server for them all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from commands.local_prefect.machine import answers
from tests.operated.helpers import free_port, wait_until

Environment = Mapping[str, str]
Run = subprocess.Popen[bytes]

CODE = "from imr.cli.main import main; main()"


@contextmanager
def prefect_server(home: Path) -> Iterator[Environment]:
    """A server that keeps its affairs in a folder; gives the environment in which runs talk to it.

    Without it every run would start a server of its own, which takes longer than what there is to kill.
    """
    port = free_port()
    environment = environment_of_runs(home, f"http://127.0.0.1:{port}/api")
    server = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: answers(environment["PREFECT_API_URL"]), "the Prefect server did not start")
        yield environment
    finally:
        server.terminate()
        server.wait(60)


def environment_of_runs(home: Path, api: str) -> Environment:
    """The environment in which runs talk to a server, and keep what else they need in a folder."""
    home.mkdir(exist_ok=True)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
        "PREFECT_HOME": str(home),
        "TMPDIR": str(home),  # where killed runs leave what they can no longer take away
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }


def start(
    environment: Environment, lake: Path, sources: Sequence[Path | str], batch_size: int = 500, *more: str
) -> Run:
    """Start `imr run` in a process group of its own, so that a kill strikes its workers as well."""
    words = ["run", *map(str, sources), "--lake", str(lake), "--batch-size", str(batch_size), "--json", *more]
    return subprocess.Popen(
        [sys.executable, "-c", CODE, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=environment,
    )
