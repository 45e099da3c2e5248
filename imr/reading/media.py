"""What kind of file some bytes are: judged by the bytes, never by the name."""

from __future__ import annotations

from imr.errors import Code, UnreadableError

PDF = "application/pdf"
TEXT = "text/plain"

MAX_BYTES = 50_000_000
"""Larger than any letter by three orders of magnitude: such a file is not one."""

MAX_CHARS = 5_000_000
"""A small file can hold text without end, by compression or by showing one page many times. Letters of 500 pages have
half of it."""

_SIGNATURE_WINDOW = 1024  # the PDF specification lets a header stand anywhere in the first kilobyte


def media_type(data: bytes) -> str:
    """`application/pdf` or `text/plain`.

    Raises:
        UnreadableError: `empty_file`, `file_too_large` or `unsupported_media_type`.
    """
    if not data.strip():
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
    return None if b"\x00" in data else TEXT


def suffix(kind: str | None) -> str:
    """The file name ending under which bytes of a media type are kept."""
    return {PDF: ".pdf", TEXT: ".txt"}.get(kind or "", ".bin")
