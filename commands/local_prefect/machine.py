"""The Prefect server, worker and explorer of this machine, as `imr up` starts them and other commands find them."""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path

from commands.local_prefect.guard import CLIENT_SECRET, export_line, kept_secret, server_settings
from commands.local_prefect.services import Service
from imr.cli.options import DEFAULT_LAKE
from imr.upkeep.service_logs import SERVICE_LOGS

PROJECT = Path(__file__).parents[2]
"""The folder of prefect.yaml."""

PREFECT = (sys.executable, "-m", "prefect")
POOL = "letters"
WORKER = "imr"
"""The name of the worker that is started here."""
ENDS_WITH = "IMR_SERVER_ENDS_WITH"
"""Names, in a server's environment, the process that it is not to outlive."""

_SECONDS_TO_START = 180.0
_SECONDS_TO_ANSWER = 5.0
_SETTINGS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # The least there is: a run whose process is gone is seen as crashed after three missing heartbeats.
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
}


class UpError(Exception):
    """What `imr up` cannot bring up, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Where everything of this machine's Prefect is kept: records, logs and the server's database."""

    folder: Path = field(default_factory=lambda: Path(os.environ.get("IMR_UP", PROJECT / ".imr")))

    @property
    def server(self) -> Service:
        """The Prefect server."""
        return Service(self.folder, "server")

    @property
    def worker(self) -> Service:
        """The worker of the pool `letters`."""
        return Service(self.folder, "worker")

    @property
    def explorer(self) -> Service:
        """The page on which decisions are found."""
        return Service(self.folder, "explorer")

    def address(self) -> str | None:
        """The address of the server's API, if the server was started here and is alive."""
        return self._last_address() if self.server.running() else None

    def is_own(self, api: str) -> bool:
        """Whether that is the address of the server that was last started here, alive or not."""
        return api.rstrip("/") == self._last_address()

    def access(self, api: str) -> dict[str, str]:
        """How a server is reached, as variables: one that was started here with its secret, which no other is told."""
        return {"PREFECT_API_URL": api, **({CLIENT_SECRET: kept_secret(self.secret_file)} if self.is_own(api) else {})}

    def export_line(self, api: str) -> str:
        """What to type so that `prefect` commands reach a server; it names the file of a secret, not the secret."""
        return export_line(api, self.secret_file.absolute() if self.is_own(api) else None)

    def environment(self, api: str) -> dict[str, str]:
        """What programs that belong to this machine's Prefect find in their environment."""
        told = {name: value for name, value in _SETTINGS.items() if name not in os.environ}
        home = os.environ.get("PREFECT_HOME", str(self.folder / "prefect"))
        project = os.environ.get("IMR_HOME", str(PROJECT))
        own = {"PREFECT_HOME": home, "IMR_HOME": project, **self.access(api)}
        return {**told, **own, SERVICE_LOGS: str(self.folder)}

    def start_server(self, host: str, port: int) -> str:
        """Start the server, unless it is running, and wait until it answers. Returns its API's address.

        Raises:
            UpError: something else is at that port, or the server did not start.
        """
        if running := self.address():
            return _answering(running, self.server)
        api = f"http://{host}:{port}/api"
        if answers(api):
            raise UpError(f"another program answers at port {port}: use --port, or set PREFECT_API_URL to use it")
        secret = kept_secret(self.secret_file)
        self._address_file.write_text(json.dumps({"api": api}), encoding="utf-8")
        # The UI learns from these where its server is.
        address = {"PREFECT_SERVER_API_HOST": host, "PREFECT_SERVER_API_PORT": str(port)}
        guarded = server_settings(host, port, secret)
        self.server.start(server_command(host, port), self.environment(api) | address | guarded, PROJECT)
        return _answering(api, self.server)

    def start_worker(self, api: str) -> None:
        """Start a worker of the pool, unless it is running."""
        command = (*PREFECT, "worker", "start", "--pool", POOL, "--name", WORKER)
        self.worker.start(command, self.environment(api), PROJECT)

    def start_explorer(self, port: int) -> str:
        """Start the explorer of the lake that runs are told, unless it is running. Returns its address.

        Raises:
            UpError: something else is at that port.
        """
        file = self.folder / "explorer_address"
        if self.explorer.running() and file.exists():
            return file.read_text(encoding="utf-8")
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                raise UpError(f"another program answers at port {port}: use --explore-port, or --no-explore")
        home = Path(os.environ.get("IMR_HOME", PROJECT))
        lake = home / os.environ.get("IMR_LAKE", DEFAULT_LAKE)
        program = (sys.executable, "-c", "from imr.cli.main import main; main()", "explore")
        self.explorer.start((*program, "--lake", str(lake), "--port", str(port), "--before-lake"), {}, PROJECT)
        file.write_text(f"http://127.0.0.1:{port}/", encoding="utf-8")
        return file.read_text(encoding="utf-8")

    @property
    def secret_file(self) -> Path:
        """What the server of this machine asks for: for the owner's eyes, and the programs that the owner starts."""
        return self.folder / "secret"

    @property
    def _address_file(self) -> Path:
        return self.folder / "address.json"

    def _last_address(self) -> str | None:
        try:
            return str(json.loads(self._address_file.read_text(encoding="utf-8"))["api"])
        except FileNotFoundError:
            return None


def server_command(host: str, port: int) -> list[str]:
    """How a Prefect server is started in a process of its own."""
    program = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "commands.local_prefect.prefect_server:create_app",
        "--lifespan",
        "on",
    ]
    return [*program, "--app-dir", str(PROJECT), "--log-level", "warning", "--host", host, "--port", str(port)]


def _answering(api: str, server: Service) -> str:
    """Wait until a server answers."""
    if comes_up(api, lambda: server.running() is not None, _SECONDS_TO_START):
        return api
    if server.running():
        raise UpError(f"the Prefect server does not answer at {api}; its log: {server.log}")
    raise UpError(f"the Prefect server has ended; its log: {server.log}")


def comes_up(api: str, alive: Callable[[], bool], seconds: float) -> bool:
    """Wait until a server answers; False if its process ended before, or it took longer than so many seconds."""
    deadline = time.monotonic() + seconds
    while not answers(api):
        if not alive() or time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def why_no_answer(api: str, secret: str | None, *, cloud: bool = False) -> str | None:
    """Why a server that is named cannot be used: Prefect would say it in hundreds of lines. None where it can.

    A server in the cloud, which asks for a key, is only asked whether it is there.
    """
    where = re.sub("^.*@", "", api.partition("://")[2])  # no password
    try:
        request = urllib.request.Request(f"{api.rstrip('/')}/{'health' if cloud else 'admin/version'}")
        if secret:
            request.add_unredirected_header("Authorization", f"Basic {base64.b64encode(secret.encode()).decode()}")
        urllib.request.urlopen(request, timeout=_SECONDS_TO_ANSWER).close()
    except urllib.error.HTTPError as error:
        if error.code == HTTPStatus.UNAUTHORIZED and not cloud:
            return f"the Prefect server at {where} asks for another secret: set PREFECT_API_AUTH_STRING to it"
    except (OSError, ValueError, HTTPException):
        return f"no Prefect server answers at {where}, which PREFECT_API_URL names: start it, or unset the variable"
    return None


def answers(api: str) -> bool:
    """Whether anything answers at the address of an API."""
    try:
        with urllib.request.urlopen(f"{api}/health", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
