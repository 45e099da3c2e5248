"""An OCR engine that sleeps: a double, for showing how work is shared where cores are not to be had.

    dask worker ... --preload tests.reliability.sleeping_ocr

It takes `IMR_TEST_OCR_SECONDS` for a page of which it sees nothing, and gives the text of a letter of our own making,
which its document's id chooses. Real recognition is in tests/reading.
"""

from __future__ import annotations

import os
import time

from imr.reading.ocr import recognition
from imr.reading.ocr.engine import OcrPage
from imr.synthetic.compose import compose
from imr.synthetic.render import text_of
from imr.workers import child

SECONDS = float(os.environ.get("IMR_TEST_OCR_SECONDS", "1"))


def _page(recogniser: recognition.Recogniser, _page: object, number: int) -> OcrPage:
    """Sleep, then give a whole letter as the text of the page; one that is known is not slept for again."""
    cache = recogniser._cache
    if known := cache.get(number, "sleeping"):
        return known
    time.sleep(SECONDS)
    text = text_of(compose(1, int(cache.folder.name[:4], 16)))
    page = OcrPage(text, 99.0, 0.0, len(text.split()), "sleeping")
    cache.put(number, page)
    return page


recognition.Recogniser.page = _page  # type: ignore[method-assign]
if __name__ not in child.PRELOADED:
    child.PRELOADED.append(__name__)  # so that the workers of this process have it, too
