"""Independent Medical Review letters as data.

`read_letter` reads one letter, `Lake` opens the tables that runs have made. Neither needs Prefect. What they do need is
imported when they are first used.

Examples:
    >>> import imr
    >>> letter = imr.read_letter("data_lake/landing/CM14-0900001.pdf")
    >>> letter.case.outcome
    'overturned'
    >>> imr.Lake("data_lake").sql("SELECT count(*) FROM decisions WHERE case_year = 2024").fetchall()
    [(8,)]
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imr.api.lake import Lake
    from imr.api.letter import Letter, Value
    from imr.api.reading import read_letter
    from imr.errors import Code, ImrError, LakeError, LetterError
    from imr.records import Case, Citation, Decision, Drug, Section, Span
    from imr.version import __version__

__all__ = [
    "Case",
    "Citation",
    "Code",
    "Decision",
    "Drug",
    "ImrError",
    "Lake",
    "LakeError",
    "Letter",
    "LetterError",
    "Section",
    "Span",
    "Value",
    "__version__",
    "read_letter",
]

_HOME = {
    "Lake": "imr.api.lake",
    **dict.fromkeys(("Letter", "Value"), "imr.api.letter"),
    "read_letter": "imr.api.reading",
    **dict.fromkeys(("Code", "ImrError", "LakeError", "LetterError"), "imr.errors"),
    **dict.fromkeys(("Case", "Citation", "Decision", "Drug", "Section", "Span"), "imr.records"),
    "__version__": "imr.version",
}
"""The module of each public name."""


def __getattr__(name: str) -> object:
    """A public name, from its module, which is imported now (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
