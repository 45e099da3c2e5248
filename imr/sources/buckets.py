"""Object stores (S3, GCS, Azure): objects below a prefix, read with the credentials of the environment."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, GenericError, PermissionDeniedError, UnauthenticatedError
from obstore.store import ObjectStore, from_url

from imr.errors import Code, ListingError, SourceError, UnreadableError
from imr.reading.media import MAX_BYTES
from imr.records import Outcome, ResponseInfo
from imr.settings import CrawlPolicy
from imr.sources.deadlines import Ending, within
from imr.sources.listing import Listing, SourceFile, bounded, is_letter_name, kind_of_name
from imr.sources.retries import with_retries

R = TypeVar("R")


class Buckets:
    """The object stores that a run reads. May be used from many threads."""

    def __init__(self, policy: CrawlPolicy) -> None:
        self._policy = policy
        self._ending = Ending()
        # Retrying is ours, so that every attempt is in the lineage. Everything else that a store is reached with
        # comes from the environment.
        retries: Any = {"max_retries": 0, "retry_timeout": dt.timedelta(seconds=policy.timeout_seconds)}
        self._store = lru_cache(maxsize=64)(lambda root: from_url(root, retry_config=retries))

    def list(self, address: str) -> Listing:
        """The letters below a prefix, each with the stamp of its present version; or the one object of that name.

        Raises:
            LetterError: the store cannot be reached.
            ListingError: `listing_empty`.
        """
        root, prefix = _parts(address)
        passed_over: Counter[str] = Counter()
        files = []
        with _store_errors():
            store = self._opened(root)
            if is_letter_name(prefix):
                return Listing((_file(root, self._in_time(lambda: obstore.head(store, prefix))),), {})
            for entry in bounded(self._entries(store, prefix.rstrip("/") or None)):
                if is_letter_name(entry["path"]):
                    files.append(_file(root, entry))
                else:
                    passed_over[kind_of_name(entry["path"])] += 1
        if not files:
            raise ListingError(Code.LISTING_EMPTY, "there is no letter below this prefix")
        return Listing(tuple(files), dict(passed_over))

    def try_get(self, uri: str) -> Outcome[tuple[bytes, str]]:
        """The bytes of an object and its stamp, as a record of all attempts.

        `source_gone`, `source_refused`, `source_busy`, `source_broken` and `file_too_large` are what may go wrong.
        """
        return with_retries(lambda response_info: self._get(uri, response_info), self._policy, self._ending)

    def leave(self) -> None:
        """Wait for no store any more."""
        self._ending.end()

    def _entries(self, store: ObjectStore, prefix: str | None) -> Iterator[Any]:
        pages = iter(obstore.list(store, prefix=prefix))
        while page := self._in_time(lambda: next(pages, ())):
            yield from page

    def _in_time(self, call: Callable[[], R]) -> R:
        """What the library gives: its own deadline holds for a request alone, and it hears no signal."""
        with within(self._policy.timeout_seconds):
            return self._ending.in_time(call)

    def _get(self, uri: str, response_info: ResponseInfo) -> tuple[bytes, str]:
        root, path = _parts(uri)
        with _store_errors():
            meta, data = self._in_time(lambda: _whole(self._opened(root), path, response_info))
        if len(data) != meta["size"]:
            raise SourceError(Code.SOURCE_BROKEN, "the connection broke before all had come", transient=True)
        return data, _stamp(meta)

    def _opened(self, root: str) -> ObjectStore:
        return self._store(root)


def _parts(address: str) -> tuple[str, str]:
    """The store's own address and the path in it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}", unquote(parts.path).lstrip("/")


def _whole(store: ObjectStore, path: str, response_info: ResponseInfo) -> tuple[Any, bytes]:
    """What a store says of an object, and its bytes."""
    answer = obstore.get(store, path)
    response_info.etag = answer.meta["e_tag"]
    if answer.meta["size"] > MAX_BYTES:
        raise UnreadableError(Code.FILE_TOO_LARGE, f"the file holds more than {MAX_BYTES} bytes")
    data = bytes(answer.bytes())
    response_info.byte_size = len(data)
    return answer.meta, data


def _file(root: str, entry: Any) -> SourceFile:  # noqa: ANN401 - obstore's ObjectMeta
    path = entry["path"]
    return SourceFile(f"{root}/{quote(path)}", PurePosixPath(path).name, _stamp(entry))


def _stamp(entry: Any) -> str:  # noqa: ANN401 - obstore's ObjectMeta
    return entry["e_tag"] or f"{entry['size']}-{entry['last_modified'].isoformat()}"


@contextmanager
def _store_errors() -> Iterator[None]:
    """Turn what a store says into our codes; its addresses and keys stay out of the messages."""
    try:
        yield
    except FileNotFoundError as error:
        raise SourceError(Code.SOURCE_GONE, "the object is not there any more") from error
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise SourceError(Code.SOURCE_REFUSED, "the store refuses to give the object") from error
    except GenericError as error:
        raise SourceError(Code.SOURCE_BUSY, "the store cannot be asked now", transient=True) from error
    except (BaseError, OSError, ValueError) as error:
        raise SourceError(Code.SOURCE_UNREADABLE, f"the store failed ({type(error).__name__})") from error
