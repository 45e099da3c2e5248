"""What a letter costs from its text to its records: `python -m tests.benchmarks.extraction [--count N]`.

Cleans, splits and extracts generated letters with their provenance in one process and prints the CPU time of each
step. Patterns are compiled before the clock starts; every letter is read once, as in a run.
"""

from __future__ import annotations

import argparse
import time

from imr.cleaning.clean import clean
from imr.reading.plain_text import read_plain_text
from imr.steps import extract_letter, split_letter
from imr.synthetic.compose import compose
from imr.synthetic.render import text_of

WARM_UP = 100
SEED = 77


def main() -> None:
    """Read the letters and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    count = parser.parse_args().count
    for number in range(WARM_UP):
        read(text_of(compose(SEED + 1, number)))
    texts = [text_of(compose(SEED, number)) for number in range(count)]
    spent = [sum(step) for step in zip(*map(read, texts), strict=True)]
    for name, seconds in zip(("clean", "split", "extract"), spent, strict=True):
        print(f"{name:8} {1000 * seconds / count:6.3f} ms CPU per letter")
    print(f"{count / sum(spent):.0f} letters/s of {sum(map(len, texts)) // count} characters, in one process")


def read(text: str) -> tuple[float, float, float]:
    """The CPU seconds of the three steps over one letter."""
    raw = read_plain_text(text.encode("utf-8"))
    began = time.process_time()
    cleaned = clean(raw)
    cleaned_at = time.process_time()
    sections = split_letter(cleaned.text).letter
    split_at = time.process_time()
    extract_letter(cleaned, sections, "letter.txt")
    return cleaned_at - began, split_at - cleaned_at, time.process_time() - split_at


if __name__ == "__main__":
    main()
