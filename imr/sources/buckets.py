"""Object stores (S3, GCS, Azure): objects below a prefix, read with the credentials of the environment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, GenericError, PermissionDeniedError, UnauthenticatedError
from obstore.store import ObjectStore, from_url

from imr.errors import Code, ListingError, SourceError, UnreadableError
from imr.reading.media import MAX_BYTES
from imr.records import Outcome, ResponseInfo
from imr.settings import CrawlPolicy
from imr.sources.listing import Listing, SourceFile, is_letter_name
from imr.sources.retries import with_retries

SCHEMES = ("s3", "s3a", "gs", "gcs", "az", "azure", "abfs", "abfss", "adl")
"""Addresses of object stores."""


class Buckets:
    """The object stores that a run reads. May be used from many threads."""

    def __init__(self, policy: CrawlPolicy) -> None:
        self._policy = policy
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
        passed_over: dict[str, int] = {}
        with _store_errors():
            store = self._opened(root)
            if is_letter_name(prefix):
                return Listing((_file(root, obstore.head(store, prefix)),), {})
            files = []
            for page in obstore.list(store, prefix=prefix.rstrip("/") or None):
                for entry in page:
                    if is_letter_name(entry["path"]):
                        files.append(_file(root, entry))
                    else:
                        ending = PurePosixPath(entry["path"]).suffix.lower()
                        passed_over[ending] = passed_over.get(ending, 0) + 1
        if not files:
            raise ListingError(Code.LISTING_EMPTY, "there is no letter below this prefix")
        return Listing(tuple(files), passed_over)

    def try_get(self, uri: str) -> Outcome[tuple[bytes, str]]:
        """The bytes of an object and its stamp, as a record of all attempts.

        `source_gone`, `source_refused`, `source_busy`, `source_broken` and `file_too_large` are what may go wrong.
        """
        return with_retries(lambda response_info: self._get(uri, response_info), self._policy)

    def _get(self, uri: str, response_info: ResponseInfo) -> tuple[bytes, str]:
        root, path = _parts(uri)
        with _store_errors():
            answer = obstore.get(self._opened(root), path)
            response_info.etag = answer.meta["e_tag"]
            size = answer.meta["size"]
            if size > MAX_BYTES:
                raise UnreadableError(Code.FILE_TOO_LARGE, f"the file holds more than {MAX_BYTES} bytes")
            data = bytes(answer.bytes())
        response_info.byte_size = len(data)
        if len(data) != size:
            raise SourceError(Code.SOURCE_BROKEN, "the connection broke before all had come", transient=True)
        return data, _stamp(answer.meta)

    def _opened(self, root: str) -> ObjectStore:
        return self._store(root)


def _parts(address: str) -> tuple[str, str]:
    """The store's own address and the path in it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}", unquote(parts.path).lstrip("/")


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
