"""What the tests of reading have workers do. A module of its own: a worker has memory for it, not for all that tests import."""

from __future__ import annotations

from pathlib import Path

from imr.steps import clean_letter


def cleaned(path: str) -> str:
    """The clean text of a letter."""
    return clean_letter(Path(path)).clean.text
