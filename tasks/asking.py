"""How a run asks its sources: one set of crawl_policy, connections and threads for all of its batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from imr.lake.layout import Lake
from imr.lake.raw_store import RawStore
from imr.records import Outcome
from imr.settings import CrawlPolicy
from imr.sources.cache import note
from imr.sources.fetching import Fetched
from imr.sources.kinds import ListingContext, list_sources
from imr.sources.listing import Listing, SourceFile
from imr.sources.remote import fetch_remote
from imr.sources.stores import Store, Stores
from imr.sources.web import Web
from imr.workers.progress import advance, expect


class SourceClient:
    """What one run asks its sources with. Its threads wait for answers; what is heavy is none of their business."""

    def __init__(self, web: Web, stores: Store, threads: ThreadPoolExecutor) -> None:
        self._web = web
        self._stores = stores
        self._threads = threads

    def listing(self, sources: Sequence[str], lake: Lake, crawl_policy: CrawlPolicy) -> Listing:
        """What the sources hold."""
        return list_sources(sources, ListingContext(self._web, self._stores, crawl_policy, lake, _listed))

    def fetch(
        self, files: Sequence[SourceFile], lake: Lake, store: RawStore, on_done: Callable[[int], None]
    ) -> list[Future[Outcome[Fetched]]]:
        """Begin to fetch files over a network; each is noted in the lake as it comes."""

        def one(file: SourceFile) -> Outcome[Fetched]:
            outcome = fetch_remote(file, self._web, self._stores, store)
            if outcome.result and outcome.result.document_id not in store.never:
                note(lake, file, outcome)
            on_done(1)
            return outcome

        return [self._threads.submit(one, file) for file in files]


def _listed(done: int, added: int) -> None:
    expect("list", added)
    advance("list", done)


_current: SourceClient | None = None


@contextmanager
def asking(crawl_policy: CrawlPolicy) -> Iterator[SourceClient]:
    """What every batch run inside this block asks its sources with."""
    global _current
    outer, threads = _current, ThreadPoolExecutor(crawl_policy.at_once, "fetch")
    try:
        with Web(crawl_policy) as web:
            _current = SourceClient(web, Stores(crawl_policy), threads)
            try:
                yield _current
            finally:
                web.leave()  # a run that is broken off does not wait for what a site asked it to
                threads.shutdown(cancel_futures=True)
    finally:
        _current = outer


def current_asker() -> SourceClient:
    """What the run that is going on asks its sources with.

    Raises:
        RuntimeError: a task was called outside of an `asking()` block.
    """
    if _current is None:
        raise RuntimeError("nobody asks: call the task inside `with asking(crawl_policy):`")
    return _current
