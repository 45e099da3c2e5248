from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable

import pytest

from imr.errors import Code, UnreadableError
from imr.reading import packed
from imr.reading.packed import unpacked
from imr.reading.read import read

LETTER = b"Case Number: CM16-9000001\n" * 40
PACK = pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
Pack = Callable[[bytes], bytes]


@PACK
@pytest.mark.parametrize("behind", [b"", b"\x00" * 512, b"\r\n"])
def test_a_packed_file_is_read(pack: Pack, behind: bytes) -> None:
    assert unpacked(pack(LETTER) + behind) == LETTER
    assert read(pack(LETTER)).text == LETTER.decode()


@PACK
def test_streams_one_after_the_other_are_one_file(pack: Pack) -> None:
    assert unpacked(pack(LETTER[:99]) + pack(LETTER[99:])) == LETTER


@pytest.mark.parametrize("data", [LETTER, b"%PDF-1.4", b"BZh is no archive", b"", b"\x1f\x8b"])
def test_other_bytes_stay(data: bytes) -> None:
    assert unpacked(data) == data


@PACK
@pytest.mark.parametrize(
    ("harm", "code"),
    [
        pytest.param(lambda data: data[:-9], Code.ARCHIVE_DAMAGED, id="cut-off"),
        pytest.param(lambda data: data[:20] + b"????????????" + data[32:], Code.ARCHIVE_DAMAGED, id="overwritten"),
    ],
)
def test_a_damaged_one_is_refused(pack: Pack, harm: Callable[[bytes], bytes], code: Code) -> None:
    with pytest.raises(UnreadableError) as caught:
        unpacked(harm(pack(LETTER)))
    assert caught.value.code == code


@PACK
def test_one_that_grows_too_much_is_refused(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableError) as caught:
        unpacked(pack(bytes(9_000_000)))
    assert caught.value.code == Code.ARCHIVE_UNSAFE
    monkeypatch.setattr(packed, "MAX_BYTES", 1000)
    with pytest.raises(UnreadableError) as caught:
        unpacked(pack(LETTER))
    assert caught.value.code == Code.FILE_TOO_LARGE
