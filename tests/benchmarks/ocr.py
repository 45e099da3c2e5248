"""What OCR loses and costs: scans of letters against the letters' own text layer, with and without preparation.

    python -m tests.benchmarks.ocr FOLDER-OF-PDFS --letters 10 --level hard

Character and word error rates are edit distances over the text layer's length, white space folded. The first page is
measured from its first title on: the header is a table, which both sides read in orders of their own.
"""

from __future__ import annotations

import argparse
import re
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pypdfium2 as pdfium
from rapidfuzz.distance import Levenshtein

from imr.reading.ocr.engine import Image, page_of
from imr.reading.ocr.preparation import is_blank, prepared
from imr.reading.ocr.tesseract import tesseract
from imr.synthetic.degrade import DPI, Level, write_scans

_FIRST_TITLE = re.compile(r"HOW\s*THE\s*IMR")


class Errors(NamedTuple):
    """Edit distances and lengths, in characters and in words."""

    characters: int
    of_characters: int
    words: int
    of_words: int


def errors(true: str, read: str) -> Errors:
    """How far a text that was read is from the true one."""
    true, read = " ".join(true.split()), " ".join(read.split())
    titles = _FIRST_TITLE.search(true), _FIRST_TITLE.search(read)
    if titles[0] and titles[1]:
        true, read = true[titles[0].start() :], read[titles[1].start() :]
    words = Levenshtein.distance(true.split(), read.split())
    return Errors(Levenshtein.distance(true, read), len(true), words, len(true.split()))


def pages(letter: Path, scan: Path) -> Iterator[tuple[str, Image]]:
    """The text layer of each page of a letter, and the picture of its scan."""
    with pdfium.PdfDocument(letter) as printed, pdfium.PdfDocument(scan) as scanned:
        for page, picture in zip(printed, scanned, strict=True):
            bitmap = picture.render(scale=DPI / 72, grayscale=True)
            image: Image = bitmap.to_numpy().reshape(bitmap.height, bitmap.width).copy()
            yield page.get_textpage().get_text_range().replace("\ufffe", "-"), image


def recognised(image: Image, *, prepare: bool) -> str:
    """The text of a picture."""
    image = prepared(image, DPI) if prepare else image
    return page_of([] if prepare and is_blank(image) else tesseract().lines(image, 300), "").text


def main() -> None:
    """Measure and say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--letters", type=int, default=10)
    parser.add_argument("--level", type=Level, choices=list(Level), default=Level.NORMAL)
    options = parser.parse_args()
    letters = sorted(options.folder.glob("*.pdf"))[: options.letters]
    with tempfile.TemporaryDirectory() as folder:
        write_scans(letters, Path(folder), options.level)
        for prepare in (True, False):
            began, found = time.process_time(), []
            for letter in letters:
                found += [
                    errors(true, recognised(i, prepare=prepare)) for true, i in pages(letter, Path(folder, letter.name))
                ]
            say(options.level, found, time.process_time() - began, prepare=prepare)


def say(level: Level, found: list[Errors], seconds: float, *, prepare: bool) -> None:
    """One line of figures."""
    characters, of_characters, words, of_words = np.array(found).sum(axis=0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{level}, {'prepared' if prepare else 'as scanned'}: {len(found)} pages, CER {characters / of_characters:.3%}, "
        f"WER {words / of_words:.3%}, {seconds / len(found):.2f} CPU seconds a page, {peak} MiB at the peak"
    )


if __name__ == "__main__":
    main()
