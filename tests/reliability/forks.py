"""A process that has everything imported and forks another for each act: starting Python anew costs more than most acts.

An act is a function of this package, called by its name in a process and process group of its own, so that a kill
strikes its workers as well. What it gives back, or the error that it ends with, is in a file once it has ended; one
that was killed leaves none. How its process ended is in another.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from imr.errors import ImrError

Answer = dict[str, Any]


class Act(NamedTuple):
    """An act under way, or over: its name, its process, where its answer will be and what it says meanwhile."""

    name: str
    pid: int
    folder: Path

    def alive(self) -> bool:
        """Whether its process is still there."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, 0)
            return True
        return False

    def kill(self) -> bool:
        """End it and all below it as nothing else does; whether it had not ended before."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
            return True
        return False

    @property
    def answer(self) -> Answer | None:
        """What it gave back; None of one that was killed, or is not over yet."""
        path = self.folder / "answer.json"
        return json.loads(path.read_bytes()) if path.exists() else None

    @property
    def exit_code(self) -> int | None:
        """How its process ended, as of `subprocess`; None before."""
        path = self.folder / "ended"
        return int(path.read_text(encoding="ascii")) if path.exists() else None

    @property
    def said(self) -> str:
        """What it wrote to its standard output and error."""
        return (self.folder / "said").read_text(encoding="utf-8", errors="replace")


class ForkServer:
    """The process that forks; `begin` has it fork."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def begin(self, name: str, folder: Path, module: str, arguments: Mapping[str, object]) -> Act:
        """Begin an act: the function of that name in a module, called with some arguments."""
        folder.mkdir(parents=True)
        asked = {"name": name, "folder": str(folder), "module": module, "arguments": arguments}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return Act(name, int(self._process.stdout.readline()), folder)


@contextmanager
def fork_server(environment: Mapping[str, str], *modules: str) -> Iterator[ForkServer]:
    """A server that has imported some modules, for this block. All acts that are not over then end with it."""
    command = [sys.executable, "-m", __name__, *modules]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield ForkServer(process)


def _serve() -> None:
    """Fork for every line that comes, until no more can: the parent has closed the pipe, or is gone."""
    for module in sys.argv[1:]:
        importlib.import_module(module)
    waiting, begun = b"", dict[int, Path]()
    while True:
        for pid, status in _ended():
            folder = begun.pop(pid)
            (folder / ".ended").write_text(str(os.waitstatus_to_exitcode(status)), encoding="ascii")
            (folder / ".ended").rename(folder / "ended")
        if not select.select([0], [], [], 0.02)[0]:
            continue
        if not (data := os.read(0, 1 << 16)):
            break
        *lines, waiting = (waiting + data).split(b"\n")
        for line in lines:
            pid = _fork(asked := json.loads(line))
            begun[pid] = Path(asked["folder"])
            os.write(1, f"{pid}\n".encode())
    for pid in begun:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _ended() -> Iterator[tuple[int, int]]:
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0] != 0:
            yield ended


def _fork(asked: Mapping[str, Any]) -> int:
    if pid := os.fork():
        with suppress(OSError):  # its own call came first
            os.setpgid(pid, pid)
        return pid
    try:
        os.setpgid(0, 0)
        folder = Path(asked["folder"])
        said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for standard, file in ((0, nothing), (1, said), (2, said)):
            os.dup2(file, standard)
        answer = _answer(asked)
        (folder / ".answer").write_text(json.dumps(answer, default=str), encoding="utf-8")
        (folder / ".answer").rename(folder / "answer.json")
    finally:
        os._exit(0)


def _answer(asked: Mapping[str, Any]) -> Answer:
    try:
        return {"gave": getattr(importlib.import_module(asked["module"]), asked["name"])(**asked["arguments"])}
    except ImrError as error:
        return {"error": str(error.code), "message": error.message}
    except BaseException as error:
        traceback.print_exc()
        return {"error": type(error).__name__, "message": str(error)[:300]}


if __name__ == "__main__":
    _serve()
