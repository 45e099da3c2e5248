"""What runs inside a worker process: some files, one after the other, each fault kept to its own file."""

from __future__ import annotations

import contextlib
import ctypes
import datetime as dt
import errno
import multiprocessing
import multiprocessing.spawn
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, NamedTuple, cast

import pyarrow as pa

from imr.errors import Code, InternalError, LakeError, LetterError, MachineError, ResourceError, raised_at
from imr.reading.media import MAX_BYTES
from imr.workers.housekeeping import keep_house
from imr.workers.landlock import Fence, restrict
from imr.workers.slices import Made, Slice, named
from imr.workers.wire import FileAnswer, Reply, Request, told

# Workers call functions of importable modules only. Without this each of them would first import the program that
# the run was started from, and with it all of Prefect.
for _name in ("_fixup_main_from_name", "_fixup_main_from_path"):
    setattr(multiprocessing.spawn, _name, lambda _: None)

PRELOADED = [
    "imr.workers.arrow_memory",  # before whatever imports Arrow
    "imr.workers.child",
    "imr.workers.warm",
    "imr.reading.read",
    "imr.publication.batch_steps.fetch",
    "imr.publication.batch_steps.extract",
]
"""What the process has imported that workers are forked from."""

OPEN_FILES = 128
"""Its pipes, the libraries it loads and one letter at a time: a worker has no use for more."""

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # the kernel's CLONE_NEWUSER and CLONE_NEWNET
_PR_SET_PDEATHSIG = 1


def worker_context() -> BaseContext:
    """How workers are started: forked from a small server that has the steps loaded.

    Never forked from this process: its threads would leave locks held in the child.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def start_child(memory_bytes: int, fence: Fence | None = None) -> None:
    """Make a fresh worker safe: limits of its own, no network, no files beyond its fence, first in line when memory
    runs out, deaf to Ctrl-C, and gone with its run.

    Each is one fence of several. What a platform does not have or does not allow is left out, in silence: a worker
    that fails here takes the whole pool with it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when its workers end
    _lower(resource.RLIMIT_AS, memory_bytes)
    _lower(resource.RLIMIT_FSIZE, MAX_BYTES)  # what is fetched is no larger, and nothing else is written here
    _lower(resource.RLIMIT_NOFILE, OPEN_FILES)
    _lower(resource.RLIMIT_CORE, 0)  # a dump would hold the letter
    with contextlib.suppress(OSError):  # Linux only
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    if sys.platform == "linux":
        _end_with_run()
        with contextlib.suppress(OSError):  # not every container and not every kernel allows it
            _leave_network()
        if fence is not None:
            with contextlib.suppress(OSError):
                restrict(fence)
    keep_house()


def _lower(limit: int, most: int) -> None:
    """Set a limit of this process for good; a lower one that is set already stays."""
    with contextlib.suppress(ValueError, OSError):
        soft, hard = (
            most if bound == resource.RLIM_INFINITY else min(bound, most) for bound in resource.getrlimit(limit)
        )
        resource.setrlimit(limit, (soft, hard))


def _end_with_run() -> None:
    """Be killed when the run is gone, however it went: nobody is left then to watch over the deadline of a file.

    The server that workers are forked from ends once nobody holds its pipe any more, which each of them does in vain.
    """
    held = forkserver._forkserver._forkserver_alive_fd  # type: ignore[attr-defined]
    if held is not None:
        os.close(held)
        forkserver._forkserver._forkserver_alive_fd = None  # type: ignore[attr-defined]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _leave_network() -> None:
    """Move into a network of this process alone, which leads nowhere. Pipes and files stay as they are."""
    user, group = os.geteuid(), os.getegid()
    if user == 0:  # in a user namespace of its own, root could no longer read what belongs to others
        _unshare(_NEW_NETWORK)
    else:
        _unshare(_NEW_USER | _NEW_NETWORK)
        _keep_identity(user, group)


def _unshare(namespaces: int) -> None:
    if sys.version_info >= (3, 12):
        os.unshare(namespaces)
        return
    if ctypes.CDLL(None, use_errno=True).unshare(namespaces):
        raise OSError(ctypes.get_errno(), "namespaces are not allowed")


def _keep_identity(user: int, group: int) -> None:
    """Be the same user and group inside of the new user namespace: without a map they would be nobody's."""
    for name, content in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path("/proc/self", name).write_text(content, encoding="ascii")


def answer(request: Request) -> tuple[Reply, list[pa.RecordBatch]]:
    """Do what a request asks for, and say what became of each file; the rows of all of them stand beside.

    A fault of the lake is none of any file: the batch fails and is tried again as a whole.
    """
    try:
        files: Slice = named(request.work)(request.given, request.items)
        tries = [_tried(files, number) for number in range(len(request.items))]
        made = _made(files, {number: each.result for number, each in enumerate(tries) if each.error is None})
    except LakeError as error:
        return Reply([], fault=told(error)), []
    answers = [each.told(number, made) for number, each in enumerate(tries)]
    return Reply(answers, list(made.tables)), list(made.tables.values())


class _Try(NamedTuple):
    """One file: what was made of it, or its error, and when."""

    result: Any
    error: LetterError | None
    started_at: dt.datetime
    duration_ms: int

    def told(self, number: int, made: Made) -> FileAnswer:
        """What is said of it, after rows were made."""
        error = self.error or made.errors.get(number)
        if error is not None:
            return FileAnswer(self.started_at, self.duration_ms, error=told(error))
        return FileAnswer(self.started_at, self.duration_ms, made.results[number])


def _tried(files: Slice, number: int) -> _Try:
    started_at, clock = dt.datetime.now(dt.UTC), time.perf_counter()
    result, error = _call(partial(files.do, number))
    return _Try(result, error, started_at, round((time.perf_counter() - clock) * 1000))


def _made(files: Slice, done: Mapping[int, Any]) -> Made:
    """The rows of what could be done. Where there are none, each file is tried again alone: it may be one's fault."""
    made, error = _call(partial(files.made, done))
    if error is not None:
        error.transient = error.transient or len(done) > 1
        made = Made({}, dict.fromkeys(done, error))
    return cast("Made", made)


def _call(do: Callable[[], Any]) -> tuple[Any, LetterError | None]:
    try:
        return do(), None
    except LetterError as error:
        return None, error
    except LakeError:
        raise  # the lake's fault, not the file's: the batch fails and is tried again as a whole
    except MemoryError:
        return None, ResourceError(Code.OUT_OF_MEMORY, "reading the file took more memory than it may")
    except OSError as error:  # of no file that a letter names: those are told as faults of their source
        reason = errno.errorcode.get(error.errno or 0, "no number")
        return None, MachineError(Code.MACHINE_FAILED, f"{raised_at(error)} ({reason})", transient=True)
    except Exception as error:
        return None, InternalError(Code.INTERNAL_ERROR, raised_at(error))
