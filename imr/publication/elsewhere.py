"""The letter steps in a process of another machine: what of a run goes there, and what it finds there.

A run is sent as the name of its store and the versions of its steps. The process has a pool of fenced workers of its
own, and does each batch in a folder that is empty before and gone after, with nothing but what it gets from the store.
"""

from __future__ import annotations

import tempfile
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
from imr.workers.landlock import of_this_program
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
        if root not in self.pools:
            fence = fence_of_letters(lake)
            fence = fence._replace(reads=(*of_this_program(), str(root))) if own else fence
            self.pools[root] = Workers(self.cores, fence=fence)
        return self.pools[root]


_places: list[Place] = []
"""The one of this process, once it has been made ready."""


def make_ready(name: str, folder: Path, count: int, versions: StepVersions) -> None:
    """Make this process ready for the letters of runs: at most `count` of its workers are at work.

    Raises:
        SetupError: `engine_refused`: its code or rules are others.
    """
    _check_versions(name, versions)
    leave()
    keep_from_others()
    folder.mkdir(parents=True, exist_ok=True)
    _places.append(Place(name, folder, count, {}))


def leave() -> None:
    """End the workers of this process."""
    while _places:
        for workers in _places.pop().pools.values():
            workers.close()


def _check_versions(name: str, versions: StepVersions) -> None:
    if step_versions() != versions:
        raise SetupError(Code.ENGINE_REFUSED, f"{name} has another version of the code or rules: give it the same")


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
        if not _places:
            raise SetupError(Code.ENGINE_REFUSED, "a worker of the engine could not be made ready for letters")
        place = _places[0]
        _check_versions(place.name, self._versions)
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
                fence_of_letters(lake)
            yield lake


def sent(run: RunContext) -> tuple[Callable[[], RunElsewhere], tuple[()]]:
    """How a run is pickled."""
    store = shared_store(run.lake)
    address = store.address if store else None
    return partial(RunElsewhere, run.lake.root.absolute(), address, run.run_id, step_versions()), ()
