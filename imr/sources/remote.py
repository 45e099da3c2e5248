"""Taking one file's bytes over a network into the lake, unchanged, under the hash of their content."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from imr.errors import UnreadableError
from imr.lake.raw_store import RawStore
from imr.records import Attempt, Outcome
from imr.sources import schemes
from imr.sources.fetching import Fetched, keep
from imr.sources.listing import SourceFile
from imr.sources.stores import Store
from imr.sources.web import Response, Web

T = TypeVar("T")

LETTER_TYPES = frozenset(
    {
        "application/pdf",
        "application/x-pdf",
        "text/plain",
        "application/octet-stream",
        "binary/octet-stream",
        "application/download",
        "application/force-download",
        "application/gzip",
        "application/x-gzip",
        "application/x-xz",
        "application/x-bzip2",
    }
)
"""What a server may call a letter; most else is a page that tells why there is none."""


def fetch_remote(file: SourceFile, web: Web, stores: Store, raw_store: RawStore) -> Outcome[Fetched]:
    """Get a file and keep its bytes; of one that has not changed since it was last fetched there is nothing to get.

    Raises:
        LakeError: `lake_write_failed`.
    """
    if urlsplit(file.uri).scheme not in schemes.WEB:
        got = stores.try_get(file.uri)
        return _kept(got.result, got.attempts, lambda given: keep(*given, raw_store))
    before = file.before
    if before and not raw_store.has(before.document_id, before.suffix):
        before = None
    outcome = web.try_get(
        file.signed or file.uri,
        etag=before and before.etag,
        last_modified=before and before.last_modified,
        accepted=LETTER_TYPES,
    )
    return _kept(outcome.result, outcome.attempts, lambda response: _fetched(response, file, raw_store))


def _kept(given: T | None, attempts: tuple[Attempt, ...], keep_it: Callable[[T], Fetched]) -> Outcome[Fetched]:
    """What a source gave, kept; what was packed and cannot be unpacked ends with the last attempt."""
    if given is None:
        return Outcome(None, attempts)
    try:
        return Outcome(keep_it(given), attempts)
    except UnreadableError as error:
        return Outcome(None, (*attempts[:-1], attempts[-1]._replace(error=error)))


def _fetched(response: Response, file: SourceFile, raw_store: RawStore) -> Fetched:
    if response.not_modified and file.before:
        document_id, suffix, byte_size, etag, last_modified = file.before
        return Fetched(document_id, suffix, byte_size, file.stamp, etag, last_modified)
    return keep(response.body, file.stamp, raw_store)._replace(etag=response.etag, last_modified=response.last_modified)
