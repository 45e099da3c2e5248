"""The second engine: RapidOCR, slower and larger, better on bad scans. Optional: it needs the `ocr-second` extra."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from imr.reading.ocr.engine import Engine, Image, OcrLine

_SAME_LINE = 0.6  # share of a box's height by which two boxes of one line may be apart


class _Box(NamedTuple):
    """One recognised stretch of text, and where it stands."""

    left: float
    top: float
    bottom: float
    text: str
    confidence: float


class RapidOcr:
    """RapidOCR's engine, kept alive."""

    def __init__(self) -> None:
        import rapidocr

        settings = {"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": 1}
        self._engine = rapidocr.RapidOCR(params=settings)
        self.name = f"rapidocr {version('rapidocr')} onnxruntime {version('onnxruntime')}"

    def lines(self, image: Image, seconds: float) -> list[OcrLine]:
        """The lines of a page; `seconds` are left to the worker's own deadline, as the engine knows none."""
        answer: Any = self._engine(np.stack([image] * 3, axis=-1))
        if answer.boxes is None:
            return []
        found = zip(answer.boxes, answer.txts, answer.scores, strict=True)
        boxes = [_box(corners, text, score) for corners, text, score in found]
        return [_line(boxes) for boxes in _rows(sorted(boxes, key=lambda box: box.top))]


def _box(corners: npt.NDArray[np.float32], text: str, score: float) -> _Box:
    left, top = corners.min(axis=0)
    return _Box(float(left), float(top), float(corners[:, 1].max()), text, 100 * score)


def _rows(boxes: Sequence[_Box]) -> list[list[_Box]]:
    """Boxes from top to bottom as rows of what stands side by side."""
    rows: list[list[_Box]] = []
    for box in boxes:
        if rows and box.top - rows[-1][0].top < _SAME_LINE * (rows[-1][0].bottom - rows[-1][0].top):
            rows[-1].append(box)
        else:
            rows.append([box])
    return rows


def _line(boxes: list[_Box]) -> OcrLine:
    boxes = sorted(boxes)
    confidences = tuple(box.confidence for box in boxes for _ in box.text.split())
    return OcrLine(" ".join(box.text for box in boxes), boxes[0].top, boxes[0].bottom, confidences)


@cache
def rapid_ocr() -> Engine | None:
    """This process's second engine; None where it is not installed."""
    return RapidOcr() if find_spec("rapidocr") and find_spec("onnxruntime") else None
