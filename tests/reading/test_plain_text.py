from __future__ import annotations

import pytest

from imr.errors import Code, UnreadableError
from imr.reading.media import TEXT
from imr.reading.plain_text import read_plain_text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"Upheld\n", "Upheld\n", id="ascii"),
        pytest.param("“Größe” ≥ 3\n".encode(), "“Größe” ≥ 3\n", id="utf-8"),
        pytest.param(b"\xef\xbb\xbfUpheld", "Upheld", id="utf-8-with-byte-order-mark"),
        pytest.param(b"the patient\x92s \x93pain\x94", "the patient\u2019s \u201cpain\u201d", id="windows-1252"),
        pytest.param("“Größe” ≥ 3\n".encode("utf-16"), "“Größe” ≥ 3\n", id="utf-16"),
        pytest.param(
            "“Größe” ≥ 3 of 5 units\n".encode("utf-16-le"), "“Größe” ≥ 3 of 5 units\n", id="utf-16-without-a-mark"
        ),
        pytest.param("Größe of 5 units\n".encode("utf-16-be"), "Größe of 5 units\n", id="utf-16-the-other-way-round"),
        pytest.param("Größe\n".encode("utf-16") + b"\x00", "Größe\n", id="utf-16-and-a-byte"),
        pytest.param("Größe\n".encode("utf-32"), "Größe\n", id="utf-32"),
        pytest.param(b"Upheld\n" + bytes(99), "Upheld\n", id="padded-with-zeros"),
        pytest.param(b"Upheld\r\n\x1a", "Upheld\r\n", id="end-mark-of-dos"),
        pytest.param(b"\xef\xbb\xbfUpheld\x00\x00", "Upheld", id="mark-and-zeros"),
        pytest.param(b"one\r\ntwo\tthree\n", "one\r\ntwo\tthree\n", id="line-ends-and-tabs-stay"),
    ],
)
def test_bytes_are_decoded(data: bytes, text: str) -> None:
    assert read_plain_text(data).text == text


@pytest.mark.parametrize(
    ("data", "page_starts", "page_count"),
    [
        pytest.param(b"one page", (0,), None, id="no-form-feed-says-nothing-of-pages"),
        pytest.param(b"one\n\ftwo\n\fthree", (0, 5, 10), 3, id="form-feeds-part-pages"),
        pytest.param(b"one\n\ftwo\n\f", (0, 5), 2, id="the-last-form-feed-opens-no-page"),
        pytest.param(b"one\n\f", (0,), None, id="only-a-last-form-feed"),
    ],
)
def test_form_feeds_part_pages(data: bytes, page_starts: tuple[int, ...], page_count: int | None) -> None:
    raw = read_plain_text(data)
    assert (raw.page_starts, raw.page_count) == (page_starts, page_count)
    assert (raw.media_type, raw.text_origin) == (TEXT, "plain_text")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x1b[31mUpheld", id="escape-sequence"),
        pytest.param(b"\x01\x02\x03", id="binary"),
        pytest.param(b"\x00\x01" * 600, id="small-numbers"),
        pytest.param(b"GIF89a\x10\x08", id="gif-without-nul"),
        pytest.param(b"caf\xe9 \x81\x8d", id="undefined-in-windows-1252"),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_plain_text(data)
    assert caught.value.code == Code.UNSUPPORTED_MEDIA_TYPE
