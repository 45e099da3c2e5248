"""Small verbs on text that every extractor shares."""

from __future__ import annotations


def fold(text: str) -> str:
    """The text with every run of white space as one blank and none at its ends."""
    return " ".join(text.split())
