"""What runs inside a worker process: some files, one after the other, each fault kept to its own file."""

from __future__ import annotations

import contextlib
import datetime as dt
import multiprocessing
import multiprocessing.spawn
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, NamedTuple

from imr.errors import Code, InternalError, LakeError, LetterError, ResourceError

# Workers call functions of importable modules only. Without this each of them would first import the program that
# the run was started from, and with it all of Prefect.
for _name in ("_fixup_main_from_name", "_fixup_main_from_path"):
    setattr(multiprocessing.spawn, _name, lambda _: None)

_PRELOADED = ["tasks.child", "tasks.warm", "imr.sources.fetching", "imr.reading.read"]


class Answer(NamedTuple):
    """What a worker has to say of one file: its result or its error, and when it worked on it."""

    result: Any
    error: LetterError | None
    started_at: dt.datetime
    duration_ms: int


def worker_context() -> BaseContext:
    """How workers are started: forked from a small server that has the steps loaded, else spawned.

    Never forked from this process: its threads would leave locks held in the child.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def start_child(memory_bytes: int) -> None:
    """Make a fresh worker safe: a memory limit of its own, first in line when memory runs out, deaf to Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when its workers end
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(ValueError, OSError):  # a lower limit that is set already stays
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    with contextlib.suppress(OSError):  # Linux only
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")


def run_chunk(function: Callable[..., Any], chunk: Sequence[tuple[Any, ...]]) -> list[Answer]:
    """Call `function(*item)` for each item and answer for each."""
    return [_answer(function, item) for item in chunk]


def _answer(function: Callable[..., Any], item: tuple[Any, ...]) -> Answer:
    started_at, clock = dt.datetime.now(dt.UTC), time.perf_counter()
    result, error = _call(function, item)
    return Answer(result, error, started_at, round((time.perf_counter() - clock) * 1000))


def _call(function: Callable[..., Any], item: tuple[Any, ...]) -> tuple[Any, LetterError | None]:
    try:
        return function(*item), None
    except LetterError as error:
        return None, error
    except LakeError:
        raise  # the lake's fault, not the file's: the batch fails and is tried again as a whole
    except MemoryError:
        return None, ResourceError(Code.OUT_OF_MEMORY, "reading the file took more memory than it may")
    except Exception as error:
        return None, InternalError(Code.INTERNAL_ERROR, _place(error))


def _place(error: Exception) -> str:
    """Where a fault happened, without its message: that could hold letter text."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name} line {frame.lineno}"
