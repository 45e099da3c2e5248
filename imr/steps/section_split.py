"""The `section_split` step over one letter: clean text to sections."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import orjson

from imr.records import SplitLetter
from imr.repairing.tolerant_splitting import split_tolerantly
from imr.splitting.split import split


class Sections(NamedTuple):
    """What the step makes of a clean text."""

    letter: SplitLetter
    sha256: str


def split_letter(text: str, scanned: bool = False) -> Sections:
    """Cut a clean text into its sections; a scanned letter's is read tolerantly.

    Raises:
        UnsupportedError: a code of `split`.
    """
    letter = split_tolerantly(text) if scanned else split(text)
    plain = letter.letter_format, list(map(tuple, letter.sections)), letter.warnings
    return Sections(letter, hashlib.sha256(orjson.dumps(plain)).hexdigest())
