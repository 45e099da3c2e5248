"""What the steps make of letters gone wrong: `python -m tests.reliability.mutated_letters [--count N]`.

Every letter must come out published, with or without warnings, or refused under a code of the closed set; everything
else is printed, and so are the letters that took longest, by the CPU time of each step.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from imr.cleaning.clean import clean
from imr.errors import LetterError
from imr.reading.plain_text import read_plain_text
from imr.steps import extract_letter, split_letter
from imr.synthetic.compose import compose
from imr.synthetic.render import text_of
from tests.reliability.mutations import mutated

LETTERS = Path(__file__).parents[1] / "accuracy" / "letters"
GENERATED = 200
WRITTEN_TIMES = 10


class Fate(NamedTuple):
    """What became of one letter, its length, and the CPU seconds of cleaning, splitting and extracting it."""

    number: int
    characters: int
    ending: str
    seconds: tuple[float, ...]


def letters() -> list[str]:
    """Letters of all forms: the generator's, and the labelled ones of other hands."""
    written = [path.read_text(encoding="utf-8") for path in sorted(LETTERS.glob("*.txt"))] * WRITTEN_TIMES
    return [*written, *(text_of(compose(0, number)) for number in range(GENERATED))]


def fates(count: int) -> Iterator[Fate]:
    """The fates of the first `count` mutations."""
    texts = letters()
    for number in range(count):
        yield fate_of(number, mutated(texts[number % len(texts)], number))


def fate_of(number: int, text: str) -> Fate:
    """Take one text through the steps; only refusals with a code are an end, any other exception leaves."""
    clock = [time.process_time()]
    try:
        cleaned = clean(read_plain_text(text.encode("utf-8", "replace")))
        clock.append(time.process_time())
        sections = split_letter(cleaned.text).letter
        clock.append(time.process_time())
        records = extract_letter(cleaned, sections, "letter.txt")
        ending = "published, with warnings" if records.warnings else "published"
    except LetterError as error:
        ending = error.code
    clock.append(time.process_time())
    return Fate(number, len(text), ending, tuple(b - a for a, b in pairwise(clock)))


def main() -> None:
    """Mutate, run, and print what became of the letters."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    count = parser.parse_args().count
    for number, text in enumerate(letters()):
        fate_of(number, text)  # compiles every pattern, which is no letter's cost
    found = list(fates(count))
    for ending, number in Counter(fate.ending for fate in found).most_common():
        print(f"{number:8d}  {ending}")
    print("slowest: number, characters, CPU ms of clean / split / extract")
    for fate in sorted(found, key=lambda fate: max(fate.seconds), reverse=True)[:5]:
        print(f"{fate.number:8d} {fate.characters:9d}  {' / '.join(f'{1000 * s:.1f}' for s in fate.seconds)}")


if __name__ == "__main__":
    main()
