"""Other file systems that fsspec reaches: FTP, and, untested, SFTP, SMB, WebHDFS, GitHub and Hugging Face.

Each but FTP needs a package that fsspec names when it is missing. Credentials come from the environment, as fsspec
reads them (`FSSPEC_FTP_USERNAME` and the like).
"""

from __future__ import annotations

import ftplib
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import fsspec

from imr.errors import Code, ListingError, SourceError, UnreadableError
from imr.reading.media import MAX_BYTES
from imr.records import Outcome, ResponseInfo
from imr.settings import CrawlPolicy
from imr.sources.addresses import is_public
from imr.sources.listing import Listing, SourceFile, is_letter_name
from imr.sources.retries import with_retries

SCHEMES = ("ftp", "sftp", "smb", "webhdfs", "github", "hf")
"""Addresses of such file systems."""

_BY_HOST = frozenset({"ftp", "sftp", "smb", "webhdfs"})
_STAMPED_BY = ("ETag", "sha", "oid", "mtime", "modify", "last_modified", "modificationTime", "size")
"""What the kinds of file systems call that by which a version of a file is known."""


class Filesystems:
    """The file systems that a run reads. May be used from many threads: each has connections of its own."""

    def __init__(self, policy: CrawlPolicy) -> None:
        self._policy = policy
        self._mine = threading.local()

    def list(self, address: str) -> Listing:
        """The letters below a folder, each with the stamp of its present version; or the one file of that name.

        Raises:
            LetterError: the file system cannot be reached.
            ListingError: `listing_empty`.
        """
        address = address.rstrip("/")
        passed_over: Counter[str] = Counter()
        with _errors():
            filesystem, top = self._opened(address)
            if is_letter_name(top):
                return Listing((_file(address, filesystem.info(top)),), {})
            found = filesystem.find(top, detail=True, on_error="raise")
        files = []
        for path, info in found.items():
            if is_letter_name(path):
                files.append(_file(f"{address}/{quote(path.removeprefix(top).lstrip('/'))}", info))
            else:
                passed_over[PurePosixPath(path).suffix.lower()] += 1
        if not files:
            raise ListingError(Code.LISTING_EMPTY, "there is no letter below this folder")
        return Listing(tuple(files), dict(passed_over))

    def try_get(self, uri: str) -> Outcome[tuple[bytes, str]]:
        """The bytes of a file and its stamp, as a record of all attempts.

        `source_gone`, `source_refused`, `source_busy`, `source_broken` and `file_too_large` are what may go wrong.
        """
        return with_retries(lambda response_info: self._get(uri, response_info), self._policy)

    def _get(self, uri: str, response_info: ResponseInfo) -> tuple[bytes, str]:
        with _errors():
            filesystem, path = self._opened(uri)
            info = filesystem.info(path)
            if (info.get("size") or 0) > MAX_BYTES:
                raise UnreadableError(Code.FILE_TOO_LARGE, f"the file holds more than {MAX_BYTES} bytes")
            with filesystem.open(path, "rb") as file:
                data: bytes = file.read(MAX_BYTES + 1)
        response_info.byte_size = len(data)
        if info.get("size") not in (None, len(data)):
            raise SourceError(Code.SOURCE_BROKEN, "the connection broke before all had come", transient=True)
        return data, _stamp(info)

    def _opened(self, address: str) -> tuple[Any, str]:
        """This thread's connection to the file system of an address, and the path in it."""
        parts = urlsplit(address)
        if parts.scheme in _BY_HOST and not self._policy.allow_private:
            _check_host(parts.hostname or "")
        root = f"{parts.scheme}://{parts.netloc}"
        opened: dict[str, Any] = self._mine.__dict__.setdefault("opened", {})
        if root not in opened:
            kind = fsspec.get_filesystem_class(parts.scheme)
            options = kind._get_kwargs_from_urls(address)
            opened[root] = kind(skip_instance_cache=True, use_listings_cache=False, **options)
        return opened[root], unquote(opened[root]._strip_protocol(address))


def _check_host(host: str) -> None:
    """See that a name leads to public addresses alone."""
    try:
        addresses = {str(found[4][0]) for found in socket.getaddrinfo(host, None)}
    except OSError as error:
        raise SourceError(Code.SOURCE_MISSING, "there is no such host") from error
    if not all(map(is_public, addresses)):
        raise SourceError(Code.ADDRESS_NOT_ALLOWED, "the address is of this machine or a private network")


def _file(uri: str, info: dict[str, Any]) -> SourceFile:
    return SourceFile(uri, PurePosixPath(unquote(uri)).name, _stamp(info))


def _stamp(info: dict[str, Any]) -> str:
    """What the file system says of a file's version; nothing if that is its size alone."""
    known = [str(info[name]) for name in _STAMPED_BY if info.get(name) is not None]
    return "-".join(known) if len(known) > 1 else ""


@contextmanager
def _errors() -> Iterator[None]:
    """Turn what a file system says into our codes; its addresses and paths stay out of the messages."""
    try:
        yield
    except ImportError as error:
        raise ListingError(Code.UNKNOWN_SOURCE, f"such addresses need a package: {error.name or error}") from error
    except FileNotFoundError as error:
        raise SourceError(Code.SOURCE_GONE, "the file is not there any more") from error
    except (PermissionError, ftplib.error_perm) as error:
        raise SourceError(Code.SOURCE_REFUSED, "the place refuses to give the file") from error
    except (OSError, EOFError, ftplib.Error) as error:
        raise SourceError(Code.SOURCE_BUSY, "the place cannot be asked now", transient=True) from error
