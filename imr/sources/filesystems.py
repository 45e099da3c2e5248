"""Other file systems that fsspec reaches: FTP, and, untested, SFTP, SMB, WebHDFS, GitHub and Hugging Face.

Each but FTP needs a package that fsspec names when it is missing. Credentials come from the environment, as fsspec
reads them (`FSSPEC_FTP_USERNAME` and the like).
"""

from __future__ import annotations

import ftplib
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlsplit

import fsspec

from imr.errors import Code, ListingError, SourceError, UnreadableError
from imr.reading.media import MAX_BYTES
from imr.records import Outcome, ResponseInfo
from imr.settings import CrawlPolicy
from imr.sources.connections import Connections
from imr.sources.deadlines import Ending, within
from imr.sources.ftp import CheckedFTPFileSystem
from imr.sources.listing import Listing, SourceFile, bounded, is_letter_name, kind_of_name, too_large
from imr.sources.retries import with_retries

R = TypeVar("R")

_FTP = "ftp"
_BY_HOST = frozenset({"sftp", "smb", "webhdfs"})
_MAX_DEPTH = 100  # folders within folders
_STAMPED_BY = ("ETag", "sha", "oid", "mtime", "modify", "last_modified", "modificationTime", "size")
"""What the kinds of file systems call that by which a version of a file is known."""


class Filesystems:
    """The file systems that a run reads. May be used from many threads: each has connections of its own."""

    def __init__(self, policy: CrawlPolicy) -> None:
        self._policy = policy
        self._ending = Ending()
        self._connections = Connections(self._ending, allow_private=policy.allow_private)
        self._mine = threading.local()

    def list(self, address: str) -> Listing:
        """The letters below a folder, each with the stamp of its present version; or the one file of that name.

        Raises:
            LetterError: the file system cannot be reached.
            ListingError: `listing_empty`; `listing_too_large`.
        """
        address = address.rstrip("/")
        top = self._ask(address, lambda _, path: path)
        if is_letter_name(top):
            return Listing((_file(address, self._ask(address, _info)),), {})
        passed_over: Counter[str] = Counter()
        files = []
        for info in bounded(self._below(address, top)):
            path = info["name"]
            if info["type"] == "directory":
                continue
            if is_letter_name(path):
                files.append(_file(f"{address}/{quote(path.removeprefix(top).lstrip('/'))}", info))
            else:
                passed_over[kind_of_name(path)] += 1
        if not files:
            raise ListingError(Code.LISTING_EMPTY, "there is no letter below this folder")
        return Listing(tuple(files), dict(passed_over))

    def try_get(self, uri: str) -> Outcome[tuple[bytes, str]]:
        """The bytes of a file and its stamp, as a record of all attempts.

        `source_gone`, `source_refused`, `source_busy`, `source_broken` and `file_too_large` are what may go wrong.
        """
        return with_retries(lambda response_info: self._get(uri, response_info), self._policy, self._ending)

    def leave(self) -> None:
        """Wait for no place any more: whoever waits for one fails at once."""
        self._ending.end()
        self._connections.break_off()

    def _get(self, uri: str, response_info: ResponseInfo) -> tuple[bytes, str]:
        info, data = self._ask(uri, _whole)
        response_info.byte_size = len(data)
        if info.get("size") not in (None, len(data)):
            raise SourceError(Code.SOURCE_BROKEN, "the connection broke before all had come", transient=True)
        return data, _stamp(info)

    def _below(self, address: str, top: str) -> Iterator[dict[str, Any]]:
        """What is said of everything below a folder, folders included."""
        waiting, seen = deque([top]), {top}
        while waiting:
            folder = waiting.popleft()
            for info in self._ask(address, lambda filesystem, _: filesystem.ls(folder, detail=True)):  # noqa: B023
                yield info
                path = info["name"]
                if info["type"] == "directory" and path not in seen:
                    if path.count("/") > _MAX_DEPTH:
                        raise too_large()
                    seen.add(path)
                    waiting.append(path)

    def _ask(self, address: str, ask: Callable[[Any, str], R]) -> R:
        """One exchange with the file system of an address. A connection that fails is not used again."""
        scheme, root = urlsplit(address).scheme, urlsplit(address)._replace(path="", query="", fragment="").geturl()
        opened: dict[str, Any] = self._mine.__dict__.setdefault("opened", {})

        def answer() -> R:
            if root not in opened:
                opened[root] = self._connected(scheme, address)
            return ask(opened[root], unquote(opened[root]._strip_protocol(address)))

        try:
            with _errors(), within(self._policy.timeout_seconds):
                # All but FTP connect by themselves, and keep to no deadline of ours.
                return answer() if scheme == _FTP else self._ending.in_time(answer)
        except SourceError as error:
            if error.transient:
                opened.pop(root, None)
            raise

    def _connected(self, scheme: str, address: str) -> Any:  # noqa: ANN401 - fsspec's
        if scheme in _BY_HOST and not self._policy.allow_private:
            message = "where such an address leads is not checked: private networks must be allowed for it"
            raise SourceError(Code.ADDRESS_NOT_ALLOWED, message)
        kind = CheckedFTPFileSystem if scheme == _FTP else fsspec.get_filesystem_class(scheme)
        options = kind._get_kwargs_from_urls(address)
        if scheme == _FTP:
            options["connections"] = self._connections
        return kind(skip_instance_cache=True, use_listings_cache=False, **options)


def _info(filesystem: Any, path: str) -> dict[str, Any]:  # noqa: ANN401 - fsspec's
    info: dict[str, Any] = filesystem.info(path)
    return info


def _whole(filesystem: Any, path: str) -> tuple[dict[str, Any], bytes]:  # noqa: ANN401 - fsspec's
    """What is said of a file, and its bytes."""
    info = _info(filesystem, path)
    if (info.get("size") or 0) > MAX_BYTES:
        raise UnreadableError(Code.FILE_TOO_LARGE, f"the file holds more than {MAX_BYTES} bytes")
    with filesystem.open(path, "rb") as file:
        return info, file.read(MAX_BYTES + 1)


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
        raise SourceError(Code.UNKNOWN_SOURCE, f"such addresses need a package: {error.name or error}") from error
    except FileNotFoundError as error:
        raise SourceError(Code.SOURCE_GONE, "the file is not there any more") from error
    except (PermissionError, ftplib.error_perm) as error:
        raise SourceError(Code.SOURCE_REFUSED, "the place refuses to give the file") from error
    except (OSError, EOFError, ValueError, ftplib.Error) as error:
        raise SourceError(Code.SOURCE_BUSY, "the place cannot be asked now", transient=True) from error
