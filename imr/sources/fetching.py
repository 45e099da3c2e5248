"""Taking one file's bytes from this machine into the lake, unchanged, under the hash of their content."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

from imr.errors import Code, SourceError, UnreadableError
from imr.lake.raw_store import RawStore
from imr.reading.media import MAX_BYTES, looks_like, suffix
from imr.reading.packed import unpacked
from imr.sources import archives, table_files
from imr.sources.folders import stamp_of

_PASSING = {
    errno.EIO,
    errno.EAGAIN,
    errno.EBUSY,
    errno.EINTR,
    errno.ENFILE,
    errno.EMFILE,
    errno.ESTALE,
    errno.ETIMEDOUT,
}
"""What a file system may answer now and not a moment later."""


class Fetched(NamedTuple):
    """One file that is in the lake's raw store now."""

    document_id: str
    suffix: str
    byte_size: int
    stamp: str
    """The stamp of the bytes that were read; empty when the file changed meanwhile, or nothing is known of it."""
    etag: str | None = None
    last_modified: str | None = None


_READERS: dict[str, Callable[[str], tuple[bytes, str]]] = {
    "zip+file": archives.read_member,
    "tar+file": archives.read_member,
    "parquet+file": table_files.read_row,
    "jsonl+file": table_files.read_row,
}
"""How files within files are read, by the scheme of their addresses; any other address is of a file itself."""

_FROM_FRONT_TO_BACK = ("tar+file", "parquet+file", "jsonl+file")
_SLOWEST = 5_000_000  # bytes a second that such a file is read with at the least


def fetch(uri: str, raw_store: RawStore) -> Fetched:
    """Read the file at an address of this machine once and keep its bytes.

    Raises:
        SourceError: `source_missing`, `source_unreadable` or `not_a_file`.
        UnreadableError: `file_too_large`, `archive_unsafe` or `archive_damaged`.
    """
    data, stamp = _READERS.get(urlsplit(uri).scheme, _read_file)(uri)
    return keep(data, stamp, raw_store)


def keep(data: bytes, stamp: str, raw_store: RawStore) -> Fetched:
    """Put bytes into the raw store, whatever they are; those of a packed file as they were before.

    Packed or not, a letter is one document so.

    Raises:
        UnreadableError: `archive_damaged`, `archive_unsafe` or `file_too_large`.
    """
    data = unpacked(data)
    ending = suffix(looks_like(data))
    return Fetched(raw_store.put(data, ending), ending, len(data), stamp)


def seconds_to_read(uris: Collection[str]) -> float:
    """How long reading on to some parts of files may take that are read from front to back; 0 if none of them is."""
    files = {_path(uri) for uri in uris if urlsplit(uri).scheme in _FROM_FRONT_TO_BACK}
    return sum(path.stat().st_size for path in files if path.exists()) / _SLOWEST


def _read_file(uri: str) -> tuple[bytes, str]:
    path = _path(uri)
    try:
        if path.is_symlink():
            path.stat()  # one that leads nowhere is missing
            raise SourceError(Code.NOT_A_FILE, "it is a link, which is not followed: name the file that it leads to")
        return _read(path)
    except OSError as error:
        raise _source_error(error) from error


def _path(uri: str) -> Path:
    # By way of bytes: a name need not be text in any encoding.
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(uri).path)))


def _read(path: Path) -> tuple[bytes, str]:
    # Not blocking: a pipe of that name would otherwise be waited for until the deadline. No link is followed: whoever
    # may write to a landing folder could have any file copied that only the operator may read.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise SourceError(Code.NOT_A_FILE, "there is something of that name, but it is no file")
        data = file.read(MAX_BYTES + 1)
        after = os.fstat(descriptor)
    if len(data) > MAX_BYTES:
        raise UnreadableError(Code.FILE_TOO_LARGE, f"the file holds more than {MAX_BYTES} bytes")
    return data, stamp_of(after) if stamp_of(before) == stamp_of(after) else ""


def _source_error(error: OSError) -> SourceError:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return SourceError(Code.SOURCE_MISSING, "the file is gone, or a link leads nowhere")
    if isinstance(error, IsADirectoryError) or error.errno == errno.ENXIO:
        return SourceError(Code.NOT_A_FILE, "there is something of that name, but it is no file")
    reason = errno.errorcode.get(error.errno or 0, "unknown")
    return SourceError(Code.SOURCE_UNREADABLE, f"the file cannot be read ({reason})", transient=error.errno in _PASSING)
