from __future__ import annotations

import pytest

from imr.errors import Code, UnreadableError
from imr.reading import media
from imr.reading.media import PDF, TEXT, media_type, suffix

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        pytest.param(b"%PDF-1.7\n", PDF, id="pdf"),
        pytest.param(b"\r\n\r\n%PDF-1.4\n", PDF, id="pdf-after-blank-lines"),
        pytest.param(b" " * 1000 + b"%PDF-1.4", PDF, id="pdf-header-late-in-the-first-kilobyte"),
        pytest.param("utf-16 text".encode("utf-16"), TEXT, id="utf-16"),
        pytest.param("utf-16 text".encode("utf-16-be"), TEXT, id="utf-16-without-a-mark"),
        pytest.param("utf-32 text".encode("utf-32"), TEXT, id="utf-32"),
        pytest.param(b"\x00\x00text\x00" + b"\x00" * 500, TEXT, id="text-padded-with-zeros"),
        pytest.param(b"%PDF-1.4\n\x00\x01", PDF, id="pdf-with-nul-bytes"),
        pytest.param(b"Case Number: none\n", TEXT, id="ascii"),
        pytest.param("Größe\n".encode(), TEXT, id="utf-8"),
        pytest.param(b"a page of words. " * 200, TEXT, id="long-text"),
        pytest.param(b" " * 2000 + b"%PDF-1.4", TEXT, id="pdf-header-beyond-the-first-kilobyte"),
    ],
)
def test_bytes_tell_their_kind(data: bytes, kind: str) -> None:
    assert media_type(data) == kind


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", Code.EMPTY_FILE, id="nothing"),
        pytest.param(b" \r\n\t\f\n", Code.EMPTY_FILE, id="white-space-only"),
        pytest.param(JPEG, Code.UNSUPPORTED_MEDIA_TYPE, id="jpeg"),
        pytest.param(b"text\x00text", Code.UNSUPPORTED_MEDIA_TYPE, id="nul-byte"),
        pytest.param(b"\x00" * 600, Code.EMPTY_FILE, id="zeros-only"),
    ],
)
def test_other_bytes_are_refused(data: bytes, code: Code) -> None:
    with pytest.raises(UnreadableError) as caught:
        media_type(data)
    assert caught.value.code == code


def test_a_file_larger_than_any_letter_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "MAX_BYTES", 4)
    assert media_type(b"1234") == TEXT
    with pytest.raises(UnreadableError) as caught:
        media_type(b"12345")
    assert caught.value.code == Code.FILE_TOO_LARGE


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        pytest.param(PDF, ".pdf", id="pdf"),
        pytest.param(TEXT, ".txt", id="text"),
        pytest.param(None, ".bin", id="other"),
    ],
)
def test_bytes_are_kept_under_the_ending_of_their_kind(kind: str | None, ending: str) -> None:
    assert suffix(kind) == ending
