"""A Prefect server for one run, where no other is named: started while the flows are imported, ended after the run.

Prefect would start one of itself, but only once it is needed, after importing the whole server into this process as
well, and would end it before it has written down all task runs.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import time
import urllib.request

import orjson

from commands.local_prefect.machine import ENDS_WITH, comes_up, server_command

_SECONDS_TO_START = 90.0
_SECONDS_TO_RECORD = 15.0
_SECONDS_TO_END = 15.0
_SETTINGS = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
"""As Prefect starts its own servers of this kind."""


class ServerStartError(Exception):
    """The server of this run did not start."""


class TemporaryServer:
    """A server process of one run."""

    def __init__(self) -> None:
        self._port = _free_port()
        self.api = f"http://127.0.0.1:{self._port}/api"
        self._process = subprocess.Popen(
            server_command("127.0.0.1", self._port),
            env=os.environ | _SETTINGS | {ENDS_WITH: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C ends the run, and the run its server
        )

    def wait(self) -> None:
        """Wait until the server answers.

        Raises:
            ServerStartError: it ended, or did not answer in time.
        """
        if not comes_up(self.api, lambda: self._process.poll() is None, _SECONDS_TO_START):
            raise ServerStartError("the Prefect server of this run did not start; run again with --verbose")

    def wait_for_history(self, run_id: str) -> None:
        """Wait until the server has written down how the run's last task, its commit, ended.

        Task runs are written down in the order in which they ended. What takes longer is given up: the lake has its
        own summary of it.
        """
        deadline = time.monotonic() + _SECONDS_TO_RECORD
        asked = {
            "flow_runs": {"id": {"any_": [run_id]}},
            "task_runs": {"name": {"any_": ["commit"]}, "state": {"type": {"any_": ["COMPLETED"]}}},
        }
        request = urllib.request.Request(
            f"{self.api}/task_runs/count", orjson.dumps(asked), {"Content-Type": "application/json"}
        )
        while time.monotonic() < deadline:
            with urllib.request.urlopen(request, timeout=_SECONDS_TO_RECORD) as answer:
                if orjson.loads(answer.read()):
                    return
            time.sleep(0.05)

    def end(self) -> None:
        """End the server."""
        self._process.terminate()
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def server_for_a_run() -> TemporaryServer | None:
    """A server that lives as long as this process, or None where the settings or the environment name one."""
    from prefect.context import refresh_global_settings_context
    from prefect.settings import get_current_settings

    if get_current_settings().api.url:
        return None
    server = TemporaryServer()
    # Not earlier: at exit Prefect still sends what it has of logs and events, and waits long for a server that is gone.
    atexit.register(server.end)
    os.environ["PREFECT_API_URL"] = server.api
    refresh_global_settings_context()
    return server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
