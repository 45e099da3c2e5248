"""Where the letter steps run: in threads of the run's own process, or on an engine that has many.

The one module that knows an engine: another is a further entry of `_ENGINES`. Fetching and publishing stay in the run's
process whatever the engine.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from prefect.context import FlowRunContext
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner

from imr.errors import Code, ImrError, SetupError
from imr.fingerprint import StepVersions, step_versions
from imr.publication.elsewhere import leave, make_ready
from imr.publication.run_context import HERE, Engine

if TYPE_CHECKING:
    from distributed import Worker

_READY_FOR = "imr-letters"
_SECONDS_TO_CONNECT = 30


@contextmanager
def running_on(engine: Engine) -> Iterator[None]:
    """Have the tasks that are mapped inside of this block run on an engine.

    Raises:
        SetupError: `engine_failed`, `engine_refused`.
    """
    context = FlowRunContext.get()
    if engine.name == HERE.name or context is None:
        yield
        return
    make = _ENGINES.get(engine.name.partition(":")[0], _dask)
    with make(engine) as runner, context.model_copy(update={"task_runner": runner}):
        yield


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
def _dask(engine: Engine) -> Iterator[TaskRunner[Any]]:
    try:
        import dask
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise SetupError(Code.ENGINE_FAILED, "Dask is not installed: pip install 'imr-letters[dask]'") from error
    options: dict[str, Any] = {"address": engine.name}
    if engine.name == "dask":
        options = {"cluster_class": "distributed.LocalCluster", "cluster_kwargs": _of_this_machine(engine.worker_count)}
    # A worker that is a daemon may start no process, and so no fenced worker of ours.
    with dask.config.set(_SETTINGS), DaskTaskRunner(**options) as runner:
        try:
            runner.client.register_plugin(_plugin(step_versions()))
        except ImrError:
            raise
        except Exception as error:  # whatever a cluster that is away, or of other versions, says
            message = f"the engine does not answer, or cannot load this code ({type(error).__name__})"
            raise SetupError(Code.ENGINE_FAILED, message) from error
        yield runner


_SETTINGS = {
    "distributed.worker.daemon": False,
    "distributed.comm.timeouts.connect": f"{_SECONDS_TO_CONNECT}s",
    "distributed.scheduler.allowed-failures": 3,
}


def _of_this_machine(worker_count: int | None) -> dict[str, Any]:
    """A cluster on this machine: as many threads over all its processes as there are cores, unless told."""
    from distributed.deploy.utils import nprocesses_nthreads

    split: Callable[..., tuple[int, int]] = nprocesses_nthreads
    processes, threads = split(worker_count) if worker_count else split()
    return {"n_workers": processes, "threads_per_worker": threads, "dashboard_address": "127.0.0.1:0"}


def _plugin(versions: StepVersions) -> Any:  # noqa: ANN401 - the class is made where Dask is
    from distributed import WorkerPlugin

    class ReadyForLetters(WorkerPlugin):
        """Makes each process of the cluster ready for letters, also such as join it later."""

        name = _READY_FOR

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
        SetupError: `engine_refused`, naming the worker.
    """
    name = f"worker {worker.name} at {worker.address}"
    if multiprocessing.current_process().daemon:
        message = f"{name} may start no process: set DASK_DISTRIBUTED__WORKER__DAEMON=false where it starts"
        raise SetupError(Code.ENGINE_REFUSED, message)
    make_ready(name, Path(worker.local_directory) / _READY_FOR, worker.state.nthreads, versions)


_Maker = Callable[[Engine], AbstractContextManager[TaskRunner[Any]]]
_ENGINES: Mapping[str, _Maker] = MappingProxyType({"dask": _dask})
