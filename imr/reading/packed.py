"""Files that were packed one by one, by gzip, xz or bzip2: people send letters so, and servers do unasked."""

from __future__ import annotations

import bz2
import lzma
import re
import zlib
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, Protocol

from imr.errors import Code, UnreadableError
from imr.reading.media import MAX_BYTES

SUFFIXES = (".gz", ".xz", ".bz2")
"""What the names of such files end with, after the name of what was packed."""

MAX_RATIO = 200
"""How much larger than packed a file may be; letters as text come to 10."""

FREE_OF_RATIO = 1_000_000
"""Bytes up to which a ratio says nothing."""

_MEMORY = 1 << 27  # bytes that unpacking may ask for: the strongest usual setting of xz needs half of it


GZIP = b"\x1f\x8b\x08"
"""How what gzip packed begins."""


class _Unpacker(Protocol):
    """What `zlib`, `lzma` and `bz2` unpack one stream with."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""

    @property
    def unused_data(self) -> bytes:
        """What stands behind its end."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """The next bytes, so many at most."""


class _Packing(NamedTuple):
    """One way of packing: how its files begin, and what unpacks a stream of it."""

    begins: re.Pattern[bytes]
    unpacker: Callable[[], _Unpacker]


_PACKINGS = (
    _Packing(re.compile(re.escape(GZIP)), lambda: zlib.decompressobj(zlib.MAX_WBITS | 16)),
    _Packing(re.compile(rb"\xfd7zXZ\x00"), partial(lzma.LZMADecompressor, memlimit=_MEMORY)),
    _Packing(re.compile(rb"BZh[1-9]1AY&SY"), bz2.BZ2Decompressor),
)


def unpacked(data: bytes) -> bytes:
    """The bytes of a file as they were before they were packed, if they were.

    Raises:
        UnreadableError: `archive_damaged`; `archive_unsafe` and `file_too_large` for what would grow too much.
    """
    packing = next((packing for packing in _PACKINGS if packing.begins.match(data)), None)
    return _unpacked(data, packing) if packing else data


def inflated(data: bytes) -> bytes:
    """The body of an answer that says it was deflated: with zlib's header, as it should be, or without.

    Raises:
        UnreadableError: as `unpacked` does.
    """
    wbits = zlib.MAX_WBITS if data[:1] == b"\x78" else -zlib.MAX_WBITS
    return _unpacked(data, _Packing(re.compile(rb"(?!)"), lambda: zlib.decompressobj(wbits)))


def _unpacked(data: bytes, packing: _Packing) -> bytes:
    """All streams of a file, one after the other; padding behind the last is none."""
    whole, rest = b"", data
    while not whole or packing.begins.match(rest):
        unpacker = packing.unpacker()
        try:
            whole += unpacker.decompress(rest, _most(len(data)) - len(whole) + 1)
        except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:
            raise UnreadableError(Code.ARCHIVE_DAMAGED, "the packed file is damaged") from error
        _check(len(whole), len(data))
        if not unpacker.eof:
            raise UnreadableError(Code.ARCHIVE_DAMAGED, "the packed file ends early")
        rest = unpacker.unused_data
    return whole


def _most(packed: int) -> int:
    return min(MAX_BYTES, max(FREE_OF_RATIO, MAX_RATIO * packed))


def _check(size: int, packed: int) -> None:
    if size > MAX_BYTES:
        raise UnreadableError(Code.FILE_TOO_LARGE, f"the file holds more than {MAX_BYTES} bytes")
    if size > _most(packed):
        raise UnreadableError(Code.ARCHIVE_UNSAFE, f"the file would unpack to more than {_most(packed)} bytes")
