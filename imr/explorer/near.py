"""Rationales that are nearly the same: MinHash finds those that may be, and their words decide.

The signature of a text is cut into bands. Texts that share four fifths of their runs of three words share a band nine
times in ten, those that share half of them once in ten times; whoever shares none is never looked at.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from rensa import RMinHash

LIKENESS = 0.8
"""Of all runs of words of two texts, the share that both have, from which on they are nearly the same."""

_BANDS, _ROWS = 8, 6
_SEED = 20_131_211
_RUN = 3
_FEWEST_WORDS = 12  # of a text that says anything of its own
_WORD = re.compile(r"[a-z0-9]+")


def runs_of(text: str) -> frozenset[str]:
    """The runs of three words in a text, without case and punctuation; none where it is too short."""
    words = _WORD.findall(text.lower())
    if len(words) < _FEWEST_WORDS:
        return frozenset()
    return frozenset(" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))


def bands_of(text: str) -> list[int]:
    """The bands of a text, as numbers of 64 bits; texts that are nearly the same have one in common."""
    runs = runs_of(text)
    if not runs:
        return []
    signature = RMinHash(_BANDS * _ROWS, _SEED)
    signature.update(sorted(runs))
    return list(_hashed(signature.digest()))


def _hashed(signature: list[int]) -> Iterator[int]:
    for band in range(_BANDS):
        part = signature[band * _ROWS : (band + 1) * _ROWS]
        yield int.from_bytes(hashlib.blake2b(f"{band} {part}".encode(), digest_size=8).digest(), "big")


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the runs of two texts that both have."""
    return len(one & other) / max(len(one | other), 1)
