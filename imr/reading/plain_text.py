"""Text files as other extractors leave them."""

from __future__ import annotations

import re

from imr.errors import Code, UnreadableError
from imr.reading.media import MAX_CHARS, TEXT, wide_encoding
from imr.records import RawText

_PADDING = "\x00\x1a\ufeff"  # zeros, the end mark of DOS, a byte order mark
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def read_plain_text(data: bytes) -> RawText:
    """Decode a text file: UTF-8, else Windows-1252, the two that extractors write; UTF-16 or UTF-32 where it shows.

    Zeros around the text, as records of a fixed length are padded with, are no part of it. Form feeds part pages.

    Raises:
        UnreadableError: `unsupported_media_type` when the bytes decode as neither or hold control characters,
            `file_too_large` when they are more text than any letter has.
    """
    text = _decode(data).strip(_PADDING)
    if len(text) > MAX_CHARS:
        raise UnreadableError(Code.FILE_TOO_LARGE, f"the text holds more than {MAX_CHARS} characters")
    if _CONTROL.search(text):
        raise UnreadableError(Code.UNSUPPORTED_MEDIA_TYPE, "the bytes hold control characters no text has")
    starts = (0, *(seam.end() for seam in re.finditer("\f(?=.)", text, re.DOTALL)))
    # Without form feeds nobody knows where the pages ended.
    return RawText(text, starts, len(starts) if len(starts) > 1 else None, TEXT, "plain_text")


def _decode(data: bytes) -> str:
    wide = wide_encoding(data)
    for encoding in [wide] if wide else ["utf-8-sig", "cp1252"]:
        try:
            return (data[: len(data) // 2 * 2] if wide else data.strip(b"\x00\x1a")).decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError(Code.UNSUPPORTED_MEDIA_TYPE, "the bytes are text in no known encoding")
