"""`imr.read_letter` of a scan: recognised where OCR is installed, else refused with what is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import imr


def test_a_scan_is_recognised(landing: Path) -> None:
    pytest.importorskip("tesserocr")
    letter = imr.read_letter(landing / "scanned-letter.pdf")
    assert (letter.text_origin, letter.case.case_number, len(letter.decisions)) == ("ocr", "CM14-0900000", 1)


def test_a_scan_without_ocr_says_what_is_missing(landing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imr.reading.ocr.recognition", None)
    with pytest.raises(imr.LetterError, match=r"install imr-letters\[ocr\]") as caught:
        imr.read_letter(landing / "scanned-letter.pdf")
    assert caught.value.code == imr.Code.NEEDS_OCR
