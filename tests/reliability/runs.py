"""Runs of the `imr` command in processes of their own, which may be killed, against one Prefect server for them all.

Programs start each of them anew; tests fork them off one that has imported what they need, which takes seconds.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from commands.local_prefect.machine import answers
from tests.operated.helpers import free_port, wait_until
from tests.reliability.forks import Act, ForkServer, fork_server

Environment = Mapping[str, str]


class ForkedRun:
    """A run that was forked, with as much of `subprocess.Popen` as is asked of one."""

    def __init__(self, act: Act) -> None:
        self._act, self.pid = act, act.pid

    @property
    def returncode(self) -> int | None:
        """How it ended; None before."""
        return self._act.exit_code

    def poll(self) -> int | None:
        """How it ended; None before."""
        return self._act.exit_code

    def wait(self, timeout: float = 600.0) -> int:
        """Wait for its end; how it ended.

        Raises:
            subprocess.TimeoutExpired: it has not, after so many seconds.
        """
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("imr run", timeout)
            time.sleep(0.002)
        return code

    def communicate(self) -> tuple[bytes, None]:
        """Wait for its end; its standard output."""
        self.wait()
        return self._act.said.encode(), None

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)


Run = subprocess.Popen[bytes] | ForkedRun

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


_forks: list[tuple[ForkServer, Path]] = []
"""What runs are forked from, and the folder of what becomes of them; where there is none, they are started anew."""


@contextmanager
def forked_runs(environment: Environment) -> Iterator[None]:
    """Have all runs of this process forked while the block runs, off a process of that environment."""
    with fork_server(environment, __name__, "commands.run", "commands.flow_run", "flows.letters") as server:
        _forks.append((server, Path(environment["PREFECT_HOME"]) / "runs"))
        yield
        _forks.pop()


def imr(words: Sequence[str], environment: Environment) -> None:
    """Be the `imr` command, in a process that was forked for it, to its end."""
    from prefect.context import refresh_global_settings_context

    from commands.flow_run import prepare_prefect
    from imr.cli.main import main

    os.environ.update(environment)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    prepare_prefect(verbose=False)
    refresh_global_settings_context()  # which were read before
    sys.argv = ["imr", *words]
    code = 1
    try:
        main()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:  # as Python ends
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        os._exit(code)


def start(
    environment: Environment, lake: Path, sources: Sequence[Path | str], batch_size: int = 500, *more: str
) -> Run:
    """Start `imr run` in a process group of its own, so that a kill strikes its workers as well."""
    words = ["run", *map(str, sources), "--lake", str(lake), "--batch-size", str(batch_size), "--json", *more]
    if _forks:
        server, folder = _forks[-1]
        act = server.begin("imr", folder / uuid4().hex, __name__, {"words": words, "environment": dict(environment)})
        return ForkedRun(act)
    return subprocess.Popen(
        [sys.executable, "-c", CODE, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=environment,
    )
