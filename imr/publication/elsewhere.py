"""The letter steps in a process of another machine: what of a run goes there, and what it finds there.

A run is sent as the name of its store and the versions of its steps. The process has a pool of fenced workers of its
own, and does each batch in a folder that is empty before and gone after, with nothing but what it gets from the store.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from imr.errors import Code, SetupError
from imr.fingerprint import StepVersions, step_versions
from imr.lake.files import lake_errors
from imr.lake.layout import LakeLayout
from imr.lake.permissions import keep_from_others
from imr.lake.shared_store import name_store, shared_store
from imr.publication.run_context import RunContext, fence_of_letters
from imr.settings import CrawlPolicy
from imr.sources.client import SourceClient
from imr.workers.batch import Workers
from imr.workers.landlock import Fence, of_this_program
from imr.workers.progress import Progress


class Place(NamedTuple):
    """Where a process of an engine does its work: its name, its own folder, and its pools by the lake they read."""

    name: str
    folder: Path
    cores: int
    pools: dict[Path, Workers]

    def workers(self, lake: LakeLayout, *, own: bool) -> Workers:
        """The pool that reads a lake; one for all that are in the own folder."""
        root = self.folder if own else lake.root
        with _changing:
            if root not in self.pools:
                fence = Fence((*of_this_program(), str(root))) if own else fence_of_letters(lake)
                self.pools[root] = Workers(self.cores, fence=fence)
            return self.pools[root]


_here: list[Place | SetupError] = []
"""What this process is for letters, or why it can be nothing for them; empty until an engine has it made ready."""

_changing = threading.Lock()
"""Held while pools are made or ended: a process may have several batches in hand."""


def make_ready(name: str, folder: Path, cores: int, versions: StepVersions, hindrance: str | None = None) -> None:
    """Make this process ready for the letters of runs, with at most so many of its workers at work for each lake.

    A process that is ready stays as it is: others may have sent it batches.

    Raises:
        SetupError: `engine_refused`: its code or rules are others, or the engine has found a hindrance.
    """
    if _here and isinstance(_here[0], Place):
        _check(_here[0].name, versions)
        return
    try:
        _check(name, versions, hindrance)
    except SetupError as error:
        _here[:] = [error]
        raise
    keep_from_others()
    folder.mkdir(parents=True, exist_ok=True)
    _here[:] = [Place(name, folder, cores, {})]


def leave() -> None:
    """End the workers of this process."""
    with _changing:
        for place in _here:
            for workers in place.pools.values() if isinstance(place, Place) else ():
                workers.close()
        _here.clear()


def _check(name: str, versions: StepVersions, hindrance: str | None = None) -> None:
    if step_versions() != versions:
        hindrance = "has another version of the code or rules: give it the same"
    if hindrance:
        raise SetupError(Code.ENGINE_REFUSED, f"{name} {hindrance}")


def _ready_place() -> Place:
    if not _here:
        raise SetupError(Code.ENGINE_REFUSED, "a worker of the engine could not be made ready for letters")
    if isinstance(_here[0], SetupError):
        raise _here[0]
    return _here[0]


class RunElsewhere:
    """What of a run goes to another process."""

    def __init__(self, lake: Path, store: str | None, run_id: str, versions: StepVersions) -> None:
        self._lake, self._store, self._run_id, self._versions = lake, store, run_id, versions

    @contextmanager
    def here(self) -> Iterator[RunContext]:
        """The run as a batch is done here.

        Raises:
            SetupError: `engine_refused`.
            LakeError: `lake_write_failed`.
        """
        place = _ready_place()
        _check(place.name, self._versions)
        with self._at(place) as lake, SourceClient(CrawlPolicy(), Progress()) as client:
            workers = place.workers(lake, own=self._store is not None)
            yield RunContext(lake, self._run_id, workers, client, Progress())

    @contextmanager
    def _at(self, place: Place) -> Iterator[LakeLayout]:
        if self._store is None:
            if not (self._lake / "raw").is_dir():
                message = f"{place.name} does not see the folder of the lake: give the lake a --store"
                raise SetupError(Code.ENGINE_REFUSED, message)
            yield LakeLayout(self._lake)
            return
        with lake_errors():
            folder = tempfile.TemporaryDirectory(dir=place.folder, ignore_cleanup_errors=True)
        with folder as root:
            lake = LakeLayout(Path(root))
            with lake_errors():
                name_store(lake, self._store)
            yield lake


def sent(run: RunContext) -> tuple[Callable[[], RunElsewhere], tuple[()]]:
    """How a run is pickled."""
    store = shared_store(run.lake)
    address = store.address if store else None
    return partial(RunElsewhere, run.lake.root.absolute(), address, run.run_id, step_versions()), ()
