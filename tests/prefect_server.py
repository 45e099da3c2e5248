"""The Prefect server that all tests share which run flows: `python -m tests.prefect_server PORT PROCESS` is its process.

It is the server of `imr`, without the services that look after schedules, workers, events and the history of task runs:
they take more than half of what a run costs a server. What they do is tested by `tests/operated`, whose server has all.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
from filelock import FileLock

from commands.local_prefect.temporary_server import no_heartbeats
from tests.operated.helpers import free_port, wait_until

_LEFT_OUT = (
    "CANCELLATION_CLEANUP", "EVENT_PERSISTER", "FOREMAN", "LATE_RUNS", "PAUSE_EXPIRATIONS", "REPOSSESSOR", "SCHEDULER",
    "TASK_RUN_RECORDER", "TRIGGERS",
)  # fmt: skip


def shared_server(folder: Path, tests: int) -> str:
    """The address of its API; whichever process of the tests asks first starts it, and it ends with the process `tests`.

    Its affairs are in a folder that all processes of the tests name.
    """
    from commands.local_prefect.machine import answers

    address = folder / "address"
    with FileLock(f"{folder}.lock"):
        if not address.exists():
            folder.mkdir()
            port = free_port()
            api = f"http://127.0.0.1:{port}/api"
            server = subprocess.Popen(
                [sys.executable, "-m", __name__, str(port), str(tests)],
                cwd=Path(__file__).parent.parent, env=_environment(folder),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            wait_until(lambda: answers(api) or server.poll() is not None, "the Prefect server did not start")
            assert server.poll() is None, "the Prefect server has ended"
            address.write_text(api, encoding="ascii")
    return address.read_text(encoding="ascii")


def _environment(folder: Path) -> dict[str, str]:
    """What its process finds in its environment: nothing of a server that somebody uses."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    left_out = {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in _LEFT_OUT}
    own = {"PREFECT_HOME": str(folder), "PREFECT_UI_ENABLED": "false", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    return {**kept, **left_out, **own}


@contextmanager
def flows_use(api: str) -> Iterator[None]:
    """Have the flows of this process talk to a server, in all its threads; all that they have told it has arrived then."""
    from prefect.context import _temporary_global_settings_context, get_settings_context
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with ExitStack() as stack:
        stack.enter_context(no_heartbeats())  # a run that sends them ends on a whole second only
        stack.enter_context(temporary_settings(updates={PREFECT_API_URL: api}))
        stack.enter_context(_temporary_global_settings_context(get_settings_context()))
        yield
        APILogWorker.drain_all(timeout=60)
        EventsWorker.drain_all(timeout=60)


def _serve(port: int, tests: int) -> None:
    import uvicorn

    from commands.local_prefect.prefect_server import create_app

    threading.Thread(target=_end_after, args=(tests,), daemon=True).start()
    uvicorn.run(create_app(), host="127.0.0.1", port=port, log_level="warning", lifespan="on")


def _end_after(process: int) -> None:
    """End when another process is gone, however it went."""
    while psutil.pid_exists(process):
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    _serve(*map(int, sys.argv[1:]))
