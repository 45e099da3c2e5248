"""What a site's robots.txt says, in whatever form it comes: a rule that cannot be read could not be obeyed."""

from __future__ import annotations

import codecs
import zlib
from contextlib import suppress

from protego import Protego

MAX_BYTES = 512_000
"""How much of robots.txt is read, packed or not; RFC 9309 requires a crawler to read at least 500 KiB."""

_ANY_HEADER = zlib.MAX_WBITS | 32  # of gzip or zlib
_MOST_PACKED = 2  # a packed file may be packed once more on its way
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def parse_robots(body: bytes) -> Protego:
    """The rules of a robots.txt, of which what lies beyond `MAX_BYTES` is cut off."""
    data = _unpacked(body)
    text = _decoded(data[:MAX_BYTES])
    if len(data) > MAX_BYTES or len(body) >= MAX_BYTES:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]  # half a line says something else
    return Protego.parse(text)


def _unpacked(data: bytes) -> bytes:
    """The data unpacked as far as they go, or as they are."""
    for _ in range(_MOST_PACKED):
        with suppress(zlib.error):
            data = zlib.decompressobj(_ANY_HEADER).decompress(data, MAX_BYTES + 1)
    return data


def _decoded(data: bytes) -> str:
    """The text by its byte order mark, or by where its NULs stand; nothing in it is worth an error."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.removeprefix(mark).decode(encoding, "replace")
    even, odd = data[::2].count(0), data[1::2].count(0)
    if max(even, odd) > len(data) // 4 > 4 * min(even, odd):
        return data.decode("utf-16-le" if odd > even else "utf-16-be", "replace")
    return data.decode("utf-8", "replace")
