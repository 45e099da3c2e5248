"""What a run works with, held in one place and handed to whatever the run does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from imr.lake.files import lake_errors
from imr.lake.layout import LakeLayout
from imr.lake.permissions import keep_from_others
from imr.lake.shared_store import drop_copies
from imr.lake.stage import StageStore
from imr.settings import CrawlPolicy
from imr.workers.batch import Workers
from imr.workers.landlock import Fence, of_this_program
from imr.workers.progress import Progress, heard_progress

if TYPE_CHECKING:
    from imr.openlineage.reporting import RunReporter
    from imr.sources.client import SourceClient


class Engine(NamedTuple):
    """What does the letter steps in other processes than the run's own. It starts when it is first used."""

    mapped: Callable[[], AbstractContextManager[None]]
    """Tasks that are mapped inside of such a block run there."""
    threads: Callable[[], int]
    """How many tasks it does at the same time, as far as it is there by now."""


class RunContext:
    """A run: its lake, its id, its worker processes, the client of its sources, and who hears of its progress.

    `workers` read letters, `fetchers` bring them in: each has only the files that it needs.
    `reporter` sends OpenLineage events of it; None where nobody is told. `engine` has the letter steps done elsewhere;
    None where these workers do them. Two runs of one process share nothing.
    """

    # Plain, and no dataclass: an orchestrator would look for futures inside of it.
    def __init__(
        self,
        lake: LakeLayout,
        run_id: str,
        workers: Workers,
        client: SourceClient,
        progress: Progress,
        reporter: RunReporter | None = None,
        fetchers: Workers | None = None,
        engine: Engine | None = None,
    ) -> None:
        self.lake = lake
        self.run_id = run_id
        self.workers = workers
        self.fetchers = fetchers or workers
        self.client = client
        self.progress = progress
        self.reporter = reporter
        self.engine = engine

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        # What goes to another process is what it needs there.
        from imr.publication.elsewhere import sent

        return sent(self)

    @contextmanager
    def here(self) -> Iterator[RunContext]:
        """The run itself: in another process it is made for each batch."""
        yield self

    @property
    def stage(self) -> StageStore:
        """The stage of the lake."""
        return StageStore.of(self.lake)

    @contextmanager
    def workers_anew(self) -> Iterator[RunContext]:
        """The same run with other workers, which end with this block: for a piece of its work, or work done again."""
        with self.workers.anew() as workers, self.fetchers.anew() as fetchers:
            yield RunContext(
                self.lake, self.run_id, workers, self.client, self.progress, self.reporter, fetchers, self.engine
            )

    def advance(self, step: str) -> Callable[[int], None]:
        """What is called with how many more files a step has done."""
        return partial(self.progress.advance, step)


@contextmanager
def run_context(
    lake: LakeLayout,
    run_id: str,
    policy: CrawlPolicy | None = None,
    worker_count: int | None = None,
    reporter: RunReporter | None = None,
    engine: Engine | None = None,
) -> Iterator[RunContext]:
    """The context of a run for this block; its workers and connections end with the block."""
    from imr.sources.client import SourceClient  # workers, which import this module, connect to nothing

    keep_from_others()
    progress = heard_progress()
    with (
        SourceClient(policy or CrawlPolicy(), progress) as client,
        Workers(worker_count, fence=fence_of_letters(lake)) as workers,
        Workers(worker_count, fence=_fence_of_sources(lake)) as fetchers,
    ):
        try:
            yield RunContext(lake, run_id, workers, client, progress, reporter, fetchers, engine)
        finally:
            drop_copies(lake)


def fence_of_letters(lake: LakeLayout) -> Fence:
    """Who reads letters writes nothing at all, and sees no more of the lake than what is read of it."""
    own = (str(lake.raw), str(lake.stage), str(lake.ocr))
    with lake_errors():
        for folder in own:
            Path(folder).mkdir(parents=True, exist_ok=True)  # nothing is allowed of what is not there
    return Fence((*of_this_program(), *own))


def _fence_of_sources(lake: LakeLayout) -> Fence:
    """Who takes letters from folders and archives reads what the operator may, and writes bytes into the raw store."""
    return Fence(("/",), (str(lake.raw),))
