"""Everything that holds files and is no web page: object stores, and what fsspec reaches besides."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import urlsplit

from imr.records import Outcome
from imr.settings import CrawlPolicy
from imr.sources.buckets import Buckets
from imr.sources.filesystems import Filesystems
from imr.sources.listing import Listing
from imr.sources.schemes import FILESYSTEMS


class Store(Protocol):
    """What lists files below an address, and gives one by its own."""

    def list(self, address: str) -> Listing:
        """The letters below an address."""

    def try_get(self, uri: str) -> Outcome[tuple[bytes, str]]:
        """The bytes of a file and its stamp, as a record of all attempts."""


class Stores:
    """The stores that a run reads, each in the way of its kind. May be used from many threads."""

    def __init__(self, policy: CrawlPolicy) -> None:
        self._buckets = Buckets(policy)
        self._filesystems = Filesystems(policy)

    def list(self, address: str) -> Listing:
        """The letters below an address.

        Raises:
            LetterError: the store cannot be reached.
            ListingError: `listing_empty`.
        """
        return self._of(address).list(address)

    def try_get(self, uri: str) -> Outcome[tuple[bytes, str]]:
        """The bytes of a file and its stamp, as a record of all attempts."""
        return self._of(uri).try_get(uri)

    def leave(self) -> None:
        """Wait for no store any more: whoever waits for one fails at once."""
        self._buckets.leave()
        self._filesystems.leave()

    def _of(self, address: str) -> Store:
        return self._filesystems if urlsplit(address).scheme in FILESYSTEMS else self._buckets
