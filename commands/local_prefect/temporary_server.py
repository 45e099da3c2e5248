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
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from commands.local_prefect.guard import CLIENT_SECRET, new_secret, server_settings
from commands.local_prefect.machine import ENDS_WITH, comes_up, server_command, why_no_answer

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
        port, secret = _free_port(), new_secret()
        self.api = f"http://127.0.0.1:{port}/api"
        self.access = {"PREFECT_API_URL": self.api, CLIENT_SECRET: secret}
        self._process = subprocess.Popen(
            server_command("127.0.0.1", port),
            env=os.environ | _SETTINGS | server_settings("127.0.0.1", port, secret) | {ENDS_WITH: str(os.getpid())},
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

    def take_logs(self) -> None:
        """Send what is still on its way to the run's log: at exit it might find the server gone, and say so."""
        from prefect.logging.handlers import APILogWorker

        APILogWorker.drain_all(timeout=_SECONDS_TO_RECORD)

    def wait_for_history(self, run_id: UUID) -> None:
        """Wait until the server has written down how the run's last task, its commit, ended.

        Task runs are written down in the order in which they ended. What takes longer is given up: the lake has its
        own summary of it.
        """
        from prefect.client.orchestration import get_client
        from prefect.client.schemas import filters
        from prefect.client.schemas.objects import StateType

        deadline = time.monotonic() + _SECONDS_TO_RECORD
        completed = filters.TaskRunFilterStateType(any_=[StateType.COMPLETED])
        commit = filters.TaskRunFilter(
            name=filters.TaskRunFilterName(any_=["commit"]), state=filters.TaskRunFilterState(type=completed)
        )
        run = filters.FlowRunFilter(id=filters.FlowRunFilterId(any_=[run_id]))
        with get_client(sync_client=True) as client:
            while time.monotonic() < deadline:
                if client.read_task_runs(flow_run_filter=run, task_run_filter=commit, limit=1):
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
    """A server that lives as long as this process, or None where the settings or the environment name one.

    Raises:
        ServerStartError: the one that is named does not answer.
    """
    from prefect.context import refresh_global_settings_context
    from prefect.settings import get_current_settings

    settings = get_current_settings().api
    if settings.url:
        secret = settings.auth_string.get_secret_value() if settings.auth_string else None
        if why := why_no_answer(str(settings.url), secret, cloud=settings.key is not None):
            raise ServerStartError(why)
        return None
    server = TemporaryServer()
    # Not earlier: at exit Prefect still sends what it has of logs and events, and waits long for a server that is gone.
    atexit.register(server.end)
    os.environ.update(server.access)
    refresh_global_settings_context()
    return server


@contextmanager
def no_heartbeats() -> Iterator[None]:
    """Have flow runs of this thread send none: nobody listens to them at a server of one run, and a run that sends them
    ends on a whole second only, as Prefect waits for what sends them.
    """
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    with temporary_settings(updates={PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
