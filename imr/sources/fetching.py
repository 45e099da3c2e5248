"""Taking one file's bytes into the lake, unchanged, under the hash of their content."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

from imr.errors import Code, SourceError, UnreadableError
from imr.lake.raw_store import RawStore
from imr.reading.media import MAX_BYTES, looks_like, suffix
from imr.sources.listing import stamp_of

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
    """The stamp of the bytes that were read; empty when the file changed meanwhile."""


def fetch(uri: str, raw_store: RawStore) -> Fetched:
    """Read the file at a `file:` address once and keep its bytes.

    Raises:
        SourceError: `source_missing`, `source_unreadable` or `not_a_file`.
        UnreadableError: `file_too_large`.
    """
    try:
        data, stamp = _read(_path(uri))
    except OSError as error:
        raise _source_error(error) from error
    document_id = hashlib.sha256(data).hexdigest()
    ending = suffix(looks_like(data))
    raw_store.put(data, ending)
    return Fetched(document_id, ending, len(data), stamp)


def _path(uri: str) -> Path:
    # By way of bytes: a name need not be text in any encoding.
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(uri).path)))


def _read(path: Path) -> tuple[bytes, str]:
    # Not blocking: a pipe of that name would otherwise be waited for until the deadline.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
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
