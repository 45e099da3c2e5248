"""Whether work grows as the length of a letter does: `python -m tests.reliability.hostile_repetitions [--count N]`.

Some words are repeated for tens of thousands of characters, in letters of all forms, at any place, and the letter is
taken through the steps, as text and as a scan. Where that costs more than a little CPU time, it is done once more with
twice the words: a step that then takes more than `MORE` times as long grows faster than its input, and is printed. The
bounds are generous, as what is looked for takes four times as long at the least.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import NamedTuple, TypeVar

from imr.cleaning.clean import clean
from imr.errors import LetterError
from imr.reading.plain_text import read_plain_text
from imr.steps import extract_letter, split_letter
from tests.reliability.mutated_letters import LETTERS

T = TypeVar("T")

LENGTH = 40_000
"""Characters of the repeated words."""

WORTH_A_LOOK = 0.08
"""CPU seconds of a step from which on it is looked at again."""

MORE = 3.2
"""Times the work on twice the input; between a little more than linear (2) and quadratic (4)."""

TRIES = 3
"""How often it has to come out so: caches and neighbours disturb single measurements."""

UNITS = (
    *(" ", "\n", "\n\n", "\t", "\f", "\u200b", "\xa0", "\u2026", "é", "a", "A", "1", "x x", "a ", "AB ", "Aa, "),
    *("(", ")", "( ", "-", "- ", "/", ";", ", ", ". ", "....", ": ", "'", '"', "* ", "• ", "_", "=", "@", "%", "a@a."),
    *("1,", "1 ", "1-", "1/1/", "1,1,1,", "12/12/2012 ", "2x3 ", "2x/week ", "3 times a week for 4 weeks ", "two "),
    *("A. ", "1. ", "1) ", "(1) ", "\n1. ", "\nA. x", "\n1. Norco\n", "page 1 ", "pages 1-2, ", "#60 ", "$1.00 "),
    *("10mg ", "mg/", "Norco ", "Norco 10mg, ", "hydrocodone/", "ibuprofen + ", "refill ", "tablet, ", "per ", "w/"),
    *("and ", "or ", "of the ", "and/or ", "left ", "left and right ", "bilateral ", "lumbar ", "L4-5 ", "C5-C6, "),
    *(
        "ODG ",
        "MTUS ",
        "Chapter ",
        "8 CCR 9792.",
        "ACOEM 2nd Edition (2004), ",
        "Official Disability Guidelines (ODG), ",
    ),
    *("not ", "no ", "without ", "is ", "was ", "if ", "because ", "unless ", "is not medically necessary. "),
    *("medically necessary ", "the request for ", "with no evidence of ", "status post ", "pain in the ", "knee, "),
    *("diagnoses include ", "diagnosis: ", "sprain/strain ", "MRI of the ", "surgery ", "patient ", "years old "),
    *(
        "Upheld ",
        "\nUpheld\n",
        "\nx:\nUpheld\n",
        "\nwas denied:\nUpheld\n",
        "\nDecision rationale: ",
        "\nDecision: x\n",
    ),
    *("\nCase Number: ", "DOB: ", "M.D., ", "Dr. Smith ", "555-5555 ", "www.a.com ", "a\fb\n", "\nCase Number: 1\fx\n"),
)


class Case(NamedTuple):
    """Some words in a letter, before one of its characters."""

    letter: str
    place: int
    unit: str

    def text(self, length: int) -> str:
        """The letter with so many characters of the words."""
        return self.letter[: self.place] + self.unit * (length // len(self.unit)) + self.letter[self.place :]


class Growth(NamedTuple):
    """A step that took more than `MORE` times as long for twice the words, each time it was tried."""

    case: Case
    step: str
    seconds: float
    times: float


def cases(seed: int = 0) -> Iterator[Case]:
    """Seeded cases without end, every unit in its turn; from the second turn on, pairs of units too."""
    rng = random.Random(seed)
    letters = [path.read_text(encoding="utf-8") for path in sorted(LETTERS.glob("*.txt"))]
    rounds = 0
    while True:
        for unit in UNITS:
            letter = rng.choice(letters)
            ends = [place for place, character in enumerate(letter) if character in " \n:"]
            yield Case(letter, rng.choice(ends), unit + (rng.choice(UNITS) if rounds else ""))
        rounds += 1


def growths(case: Case, length: int = LENGTH) -> Iterator[Growth]:
    """The steps that grow faster than the words of a case."""
    once = seconds(case.text(length))
    for step in [step for step, spent in once.items() if spent > WORTH_A_LOOK]:
        found = min((_growth(case, step, length) for _ in range(TRIES)), key=lambda growth: growth.times)
        if found.times > MORE:
            yield found


def _growth(case: Case, step: str, length: int) -> Growth:
    few, many = (seconds(case.text(size)).get(step, 0.0) for size in (length, 2 * length))
    return Growth(case, step, many, many / max(few, WORTH_A_LOOK / 2))


def seconds(text: str) -> dict[str, float]:
    """The CPU seconds of each step that a text gets to."""
    spent: dict[str, float] = {}

    def timed(step: str, work: Callable[[], T]) -> T:
        began = time.thread_time()
        try:
            return work()
        finally:
            spent[step] = time.thread_time() - began

    try:
        cleaned = timed("clean", lambda: clean(read_plain_text(text.encode("utf-8", "replace"))))
        sections = timed("split", lambda: split_letter(cleaned.text).letter)
        timed("extract", lambda: extract_letter(cleaned, sections, "letter.txt"))
        timed("extract from a scan", lambda: extract_letter(cleaned, sections, "letter.txt", ()))
    except LetterError:
        pass  # refused under a code: as good an end as any
    return spent


def main() -> None:
    """Look at some cases, and print those that grow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20 * len(UNITS))
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    for path in LETTERS.glob("*.txt"):
        seconds(path.read_text(encoding="utf-8"))  # compiles every pattern, which is no letter's cost
    bad = 0
    for growth in chain.from_iterable(map(growths, islice(cases(asked.seed), asked.count))):
        bad += 1
        case = growth.case
        print(f"{growth.step}: {case.unit!r} at {case.place}: {growth.times:.1f} times, {growth.seconds:.2f} s")
    print(f"{asked.count} cases, {bad} of which grow faster than their input")
    raise SystemExit(bad > 0)


if __name__ == "__main__":
    main()
