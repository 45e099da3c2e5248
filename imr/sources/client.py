"""What one run reaches its sources with: connections, stores and threads, shared by all of its batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from imr.lake.layout import LakeLayout
from imr.lake.raw_store import RawStore
from imr.records import Outcome
from imr.settings import CrawlPolicy
from imr.sources.cache import note
from imr.sources.fetching import Fetched
from imr.sources.kinds import ListingContext, list_sources
from imr.sources.listing import Listing, SourceFile
from imr.sources.remote import fetch_remote
from imr.sources.stores import Stores
from imr.sources.web import Web
from imr.workers.progress import Progress


class SourceClient:
    """The sources of one run; use it as a context manager. Its threads wait for servers and do nothing heavy."""

    def __init__(self, policy: CrawlPolicy, progress: Progress | None = None) -> None:
        self._policy = policy
        self._progress = progress or Progress()
        self._web, self._stores = Web(policy), Stores(policy)
        self._threads = ThreadPoolExecutor(policy.at_once, "fetch")

    def __enter__(self) -> SourceClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._web.leave()  # a run that is broken off waits for no server
        self._stores.leave()
        self._threads.shutdown(cancel_futures=True)
        self._web.close()

    def listing(self, sources: Sequence[str], lake: LakeLayout) -> Listing:
        """What the sources hold.

        Raises:
            FileNotFoundError: a file, folder or glob that stands for nothing.
            ListingError: a source cannot say what it holds.
        """
        context = ListingContext(self._web, self._stores, self._policy, lake, self._listed)
        return list_sources(sources, context)

    def fetch(
        self, files: Sequence[SourceFile], lake: LakeLayout, store: RawStore, on_done: Callable[[int], None]
    ) -> list[Future[Outcome[Fetched]]]:
        """Begin to fetch files over a network; each is noted in the lake as it comes."""

        def one(file: SourceFile) -> Outcome[Fetched]:
            outcome = fetch_remote(file, self._web, self._stores, store)
            if outcome.result and outcome.result.document_id not in store.never:
                note(lake, file, outcome)
            on_done(1)
            return outcome

        return [self._threads.submit(one, file) for file in files]

    def _listed(self, done: int, added: int) -> None:
        self._progress.expect("list", added)
        self._progress.advance("list", done)
