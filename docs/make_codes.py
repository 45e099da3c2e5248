"""Writes the tables of error and warning codes into docs/quarantine-and-warnings.md, from the closed sets in the code.

    python -m docs.make_codes

What a code means and what to do about it stands in docs/codes.toml. Whose fault an error is, how loud it is and
whether later runs try again comes from `imr.errors`.
"""

from __future__ import annotations

import inspect
import sys
import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from imr import errors
from imr.errors import TRIED_AGAIN, Code, Fault, LetterError, level_of
from imr.warnings import WarningCode

HERE = Path(__file__).parent
PAGE = HERE / "quarantine-and-warnings.md"
WORDS = HERE / "codes.toml"


class Words(NamedTuple):
    """What is said of one code: what it means, and what to do about it."""

    means: str
    do: str


def words() -> Mapping[str, Words]:
    """What is said of every code.

    Raises:
        SystemExit: a code of the code is missing, or one is told of that the code does not know.
    """
    entries = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    known = {str(code) for code in (*Code, *WarningCode)}
    if wrong := known ^ entries.keys():
        raise SystemExit(f"docs/codes.toml and the code do not have the same codes: {', '.join(sorted(wrong))}")
    return {code: Words(entry["means"], entry["do"]) for code, entry in entries.items()}


def families() -> Mapping[type[errors.ImrError], list[Code]]:
    """The error codes by the class of errors that is raised for their fault."""
    return {getattr(errors, fault.value): [code for code in Code if code.fault is fault] for fault in Fault}


def error_tables() -> str:
    """A table for each class of errors, most letters' first."""
    said = words()
    return "\n\n".join(_family(kind, codes, said) for kind, codes in families().items())


def warning_table() -> str:
    """The table of warning codes."""
    said = words()
    return _table(("code", "what it means", "what to do"), [_row(code, said) for code in WarningCode])


def page(text: str) -> str:
    """A page with its tables as the code is now."""
    return _filled(_filled(text, "error codes", error_tables()), "warning codes", warning_table())


def main() -> int:
    """Write the tables into their page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


def _filled(text: str, name: str, table: str) -> str:
    """A text with a table between the two marks of its name."""
    before, start, rest = text.partition(f"<!-- {name}: made by python -m docs.make_codes -->\n")
    _, end, after = rest.partition(f"<!-- end of {name} -->")
    return f"{before}{start}\n{table}\n\n{end}{after}"


def _family(kind: type[errors.ImrError], codes: Sequence[Code], said: Mapping[str, Words]) -> str:
    heading = f"### {kind.__name__}\n\n{_first_paragraph(kind)}"
    if not issubclass(kind, LetterError):
        return f"{heading}\n\n{_table(('code', 'what happened', 'what to do'), [_row(code, said) for code in codes])}"
    rows = [(*_row(code, said), str(level_of(code)), "yes" if code in TRIED_AGAIN else "") for code in codes]
    return f"{heading}\n\n{_table(('code', 'what happened', 'what to do', 'level', 'tried again'), rows)}"


def _first_paragraph(kind: type[errors.ImrError]) -> str:
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())


def _row(code: StrEnum, said: Mapping[str, Words]) -> tuple[str, ...]:
    return (f"`{code}`", *(text.replace("|", "\\|") for text in said[code]))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    sys.exit(main())
