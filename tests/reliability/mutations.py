"""Letters gone wrong in every way that extractors, scanners and people have: each mutation is a seeded text edit."""

from __future__ import annotations

import random
from collections.abc import Callable

Mutation = Callable[[str, random.Random], str]

_CONFUSED = {"l": "1", "1": "l", "O": "0", "0": "O", "m": "rn", "I": "l", "S": "5", "e": "c", ".": ",", ":": ";"}
"""What optical character recognition takes for what."""
_ODD = "\u00a0\u2028\ufffe\ufb01\u200b\U0001f600\u202e\x0c\x85()[]{}\\%#*?+|^$<>&\"'"
_RUNS = (" ", "\n", "a ", "1. ", "1) ", "(", ", and ", "is not ", "MTUS, ", "2 x ", "- ", "medically ", "of the ", "A")


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def cut(text: str, rng: random.Random) -> str:
    """The end, the beginning or a stretch is missing."""
    low, high = sorted(rng.randrange(len(text) + 1) for _ in range(2))
    return rng.choice((text[:low], text[high:], text[:low] + text[high:]))


def shuffled(text: str, rng: random.Random) -> str:
    """Blocks of lines stand in another order."""
    size, lines = rng.choice((1, 3, 10)), _lines(text)
    blocks = [lines[i : i + size] for i in range(0, len(lines), size)]
    rng.shuffle(blocks)
    return "".join(line for block in blocks for line in block)


def duplicated(text: str, rng: random.Random) -> str:
    """Some lines stand twice, or one of them a hundred times."""
    lines = _lines(text)
    for _ in range(rng.randrange(1, 8)):
        place = rng.randrange(len(lines))
        lines[place:place] = [lines[place]] * rng.choice((1, 1, 1, 2, 20))
    return "".join(lines)


def struck(text: str, rng: random.Random) -> str:
    """Some characters are any others."""
    characters = list(text)
    for _ in range(rng.randrange(1, 60)):
        characters[rng.randrange(len(characters))] = rng.choice((chr(rng.randrange(0x20, 0xD800)), rng.choice(_ODD)))
    return "".join(characters)


def confused(text: str, rng: random.Random) -> str:
    """Read by a bad scanner."""
    share = rng.choice((0.005, 0.03, 0.2))
    return "".join(_CONFUSED.get(c, c) if rng.random() < share else c for c in text)


def unspaced(text: str, rng: random.Random) -> str:
    """White space is lost, or every line end is."""
    if rng.random() < 0.3:
        return text.replace("\n", " ")
    share = rng.choice((0.02, 0.2, 1.0))
    return "".join("" if c.isspace() and rng.random() < share else c for c in text)


def stuffed(text: str, rng: random.Random) -> str:
    """A long run of something dull stands somewhere in it."""
    place = rng.randrange(len(text))
    return text[:place] + rng.choice(_RUNS) * rng.randrange(100, 2000) + text[place:]


def repeated_words(text: str, rng: random.Random) -> str:
    """Some words of the letter stand many times in a row."""
    words = text.split(" ")
    place = rng.randrange(len(words))
    words[place:place] = words[place : place + rng.randrange(1, 6)] * rng.randrange(20, 200)
    return " ".join(words)


MUTATIONS: tuple[Mutation, ...] = (
    cut, shuffled, duplicated, struck, confused, unspaced, stuffed, repeated_words,
)  # fmt: skip


def mutated(text: str, number: int) -> str:
    """The mutation of a number: one to three of the edits above, the same ones for the same number."""
    rng = random.Random(number)
    for mutation in rng.choices(MUTATIONS, k=rng.choice((1, 1, 2, 3))):
        text = mutation(text, rng) or " "
    return text
