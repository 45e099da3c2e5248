"""The closed vocabularies of columns: what the declaration, the checks, the dictionary and the files' metadata say."""

from __future__ import annotations

from imr.rules import load_rules

OUTCOMES = ("upheld", "overturned", "partially_overturned")
"""What may become of a disputed item."""


def vocabulary(name: str) -> tuple[str, ...]:
    """The values that the rules can give for one thing, such as `drug_class`.

    Raises:
        KeyError: there is no vocabulary of that name.
    """
    return tuple(load_rules("tables", "vocabularies")[name])
