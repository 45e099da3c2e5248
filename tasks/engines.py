"""Where the letter steps run: in threads of the run's own process, or on an engine that has many.

The one module that knows an engine: another is a further entry of `_ENGINES`. Fetching and publishing stay in the run's
process whatever the engine.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from prefect.context import FlowRunContext
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner

from imr.errors import Code, ImrError, SetupError
from imr.fingerprint import StepVersions, step_versions
from imr.publication.elsewhere import leave, make_ready
from imr.publication.run_context import Engine
from imr.settings import THREADS

if TYPE_CHECKING:
    from distributed import Worker

_READY_FOR = "imr-letters"
_SECONDS_TO_CONNECT = 30


class _Started(NamedTuple):
    """An engine that is there: what tasks are mapped with, and how many it does at the same time."""

    runner: TaskRunner[Any]
    threads: Callable[[], int]


@contextmanager
def engine_of(name: str, worker_count: int | None) -> Iterator[Engine | None]:
    """The engine that a run was told; None for its own process. It starts with the first letters that are to be read.

    Using it raises `SetupError`: `engine_failed`, `engine_refused`.
    """
    if name == THREADS:
        yield None
        return
    make = _ENGINES[name.partition(":")[0]]
    with ExitStack() as stack:

        @cache
        def started() -> _Started:
            return stack.enter_context(make(name, worker_count))

        @contextmanager
        def mapped() -> Iterator[None]:
            runner, context = started().runner, FlowRunContext.get()
            assert context is not None, "letters are read in a flow run"
            with context.model_copy(update={"task_runner": runner}):
                yield

        yield Engine(mapped, lambda: started().threads())


def check_engine(future: PrefectFuture[Any]) -> None:
    """Make sure that a task which has ended did so by itself, and not because its engine lost it.

    Raises:
        SetupError: `engine_failed`.
    """
    # Of a task that failed by itself, Dask has its state, and so calls it finished.
    status = getattr(getattr(future, "wrapped_future", None), "status", "finished")
    if status in ("error", "lost", "cancelled"):
        raise SetupError(Code.ENGINE_FAILED, _LOST[status])


_LOST = {
    "error": "the engine gave a batch up: the workers that had it died, or could not take it; run again to go on",
    **dict.fromkeys(("lost", "cancelled"), "the engine's scheduler is gone: run again to go on"),
}


@contextmanager
def _dask(name: str, worker_count: int | None) -> Iterator[_Started]:
    try:
        import dask
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise SetupError(Code.ENGINE_FAILED, "Dask is not installed: the extra dask has it") from error
    options: dict[str, Any] = {"address": name}
    if name == "dask":
        options = {"cluster_class": "distributed.LocalCluster", "cluster_kwargs": _of_this_machine(worker_count)}
    # A worker that is a daemon may start no process, and so no fenced worker of ours.
    with dask.config.set(_SETTINGS), DaskTaskRunner(**options) as runner:
        try:
            runner.client.register_plugin(_plugin(step_versions()))
        except ImrError:
            raise
        except Exception as error:  # whatever a cluster that is away, or of other versions, says
            message = f"the engine does not answer, or cannot load this code ({type(error).__name__})"
            raise SetupError(Code.ENGINE_FAILED, message) from error
        yield _Started(runner, lambda: sum(runner.client.nthreads().values()))


_SETTINGS = {
    "distributed.worker.daemon": False,
    "distributed.comm.timeouts.connect": f"{_SECONDS_TO_CONNECT}s",
}


def _of_this_machine(worker_count: int | None) -> dict[str, Any]:
    """A cluster on this machine, for this run alone: as many threads over all its processes as there are cores, unless
    told. It speaks TLS with certificates made for it, as any process here could run code on it.
    """
    from distributed.deploy.utils import nprocesses_nthreads

    split: Callable[..., tuple[int, int]] = nprocesses_nthreads
    processes, threads = split(worker_count) if worker_count else split()
    return {"n_workers": processes, "threads_per_worker": threads, "dashboard_address": None, "security": True}


def _plugin(versions: StepVersions) -> Any:  # noqa: ANN401 - the class is made where Dask is
    from distributed import WorkerPlugin

    class ReadyForLetters(WorkerPlugin):
        """Makes each process of the cluster ready for letters, also such as join it later."""

        # Runs of the same code share it: a process that is ready may have batches of another run in hand.
        name = "-".join((_READY_FOR, *versions))
        idempotent = True

        def setup(self, worker: Worker) -> None:
            """Give the process a pool that is as large as its share of the machine."""
            prepare_worker(worker, versions)

        def teardown(self, worker: Worker) -> None:
            """End its pool."""
            leave()

    return ReadyForLetters()


def prepare_worker(worker: Worker, versions: StepVersions) -> None:
    """Make a Dask worker's process ready for letters.

    Raises:
        SetupError: `engine_refused`, naming the worker; batches that come to it all the same meet that, too.
    """
    name = f"worker {worker.name}" + (f" at {worker.address}" if worker.name != worker.address else "")
    hindrance = None
    if multiprocessing.current_process().daemon:
        hindrance = "may start no process: set DASK_DISTRIBUTED__WORKER__DAEMON=false where it starts"
    make_ready(name, Path(worker.local_directory) / _READY_FOR, worker.state.nthreads, versions, hindrance)


_Maker = Callable[[str, int | None], AbstractContextManager[_Started]]
_ENGINES: Mapping[str, _Maker] = dict.fromkeys(("dask", "tcp", "tls", "ws", "wss"), _dask)
"""What starts an engine, or leads to one, by its name or the scheme of its address."""
