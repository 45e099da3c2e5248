"""What kind of file some bytes are: judged by the bytes, never by the name."""

from __future__ import annotations

import codecs

from imr.errors import Code, UnreadableError

PDF = "application/pdf"
TEXT = "text/plain"

MAX_BYTES = 50_000_000
"""Larger than any letter by three orders of magnitude: such a file is not one."""

MAX_CHARS = 5_000_000
"""A small file can hold text without end, by compression or by showing one page many times. Letters of 500 pages have
half of it."""

_PADDING = b"\x00\x1a \t\r\n\v\f"
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # before the mark that it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_MOSTLY = 3  # nearly all characters of a letter have a zero on one side, and hardly any on the other
_SIGNATURE_WINDOW = 1024  # the PDF specification lets a header stand anywhere in the first kilobyte


def media_type(data: bytes) -> str:
    """`application/pdf` or `text/plain`.

    Raises:
        UnreadableError: `empty_file`, `file_too_large` or `unsupported_media_type`.
    """
    if not data.strip(_PADDING):
        raise UnreadableError(Code.EMPTY_FILE, "the file holds nothing")
    if len(data) > MAX_BYTES:
        raise UnreadableError(Code.FILE_TOO_LARGE, f"the file holds more than {MAX_BYTES} bytes")
    kind = looks_like(data)
    if kind is None:
        raise UnreadableError(Code.UNSUPPORTED_MEDIA_TYPE, "the bytes are neither a PDF nor plain text")
    return kind


def looks_like(data: bytes) -> str | None:
    """The media type that bytes seem to have; None for any kind we do not read."""
    if b"%PDF-" in data[:_SIGNATURE_WINDOW]:
        return PDF
    return TEXT if b"\x00" not in data.strip(b"\x00") or wide_encoding(data) else None


def wide_encoding(data: bytes) -> str | None:
    """The encoding of a text of which each character takes two or four bytes, None for any other.

    It is told by the mark that such a text begins with or, without one, by the zeros beside its letters.
    """
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    some = data[:_SIGNATURE_WINDOW]
    even, odd = some[::2].count(0), some[1::2].count(0)
    if min(even, odd) * _MOSTLY > max(even, odd) or max(even, odd) * _MOSTLY < len(some):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def suffix(kind: str | None) -> str:
    """The file name ending under which bytes of a media type are kept."""
    return {PDF: ".pdf", TEXT: ".txt"}.get(kind or "", ".bin")
