"""Small verbs on text that every step shares."""

from __future__ import annotations


def fold(text: str) -> str:
    """The text with every run of white space as one blank and none at its ends."""
    line = text.replace("\n", " ")
    # Of white space only the blank counts as printable. So one looks whether there is anything to fold, which there
    # mostly is not, in a third of the time that it takes to split the text into its words.
    return line.strip(" ") if line.isprintable() and "  " not in line else " ".join(text.split())


def lowered(text: str) -> str:
    """The form of a text in which marks are looked for: in lower case, its white space folded."""
    return fold(text.lower())
