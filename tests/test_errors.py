"""What follows from a code: how loud it is, whether it takes a letter out of the tables, whether later runs try again."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.make_codes import families
from imr import errors
from imr.errors import HELD_BY_THE_LETTER, TRIED_AGAIN, Code, Fault, LetterError, Level, level_of

ROOT = Path(__file__).parent.parent
OF_LETTERS = [(kind, code) for kind, codes in families().items() if issubclass(kind, LetterError) for code in codes]
SAYS_WHAT_A_LETTER_HOLDS = (errors.UnreadableError, errors.UnsupportedError)


@pytest.mark.parametrize(("kind", "code"), OF_LETTERS, ids=[code for _, code in OF_LETTERS])
def test_only_what_a_letter_holds_withdraws_it_or_makes_it_poison(kind: type[LetterError], code: Code) -> None:
    holds = kind in SAYS_WHAT_A_LETTER_HOLDS and code != Code.NEEDS_OCR  # which tells of what is installed
    assert (code in HELD_BY_THE_LETTER) is holds
    # Without an engine a scan fails as before; with one, its code and rules are others.
    assert (code in TRIED_AGAIN) is (not holds and code != Code.NEEDS_OCR)


@pytest.mark.parametrize(
    ("fault", "level"),
    [
        (Fault.SOURCE, Level.WARNING),
        (Fault.FILE, Level.WARNING),
        (Fault.UNSUPPORTED, Level.INFO),
        (Fault.RESOURCES, Level.ERROR),
        (Fault.MACHINE, Level.ERROR),
        (Fault.OURS, Level.ERROR),
    ],
)
def test_its_fault_decides_how_loud_a_code_is(fault: Fault, level: Level) -> None:
    assert {level_of(code) for code in Code if code.fault is fault} == {level}


def raised() -> Iterator[tuple[str, str]]:
    """Each class of a letter's errors, with each code that it is made with by name."""
    for path in (*(ROOT / "imr").rglob("*.py"), *(ROOT / "tasks").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(name), args=[ast.Attribute(ast.Name("Code"), code), *_]):
                    if name in {kind.__name__ for kind, _ in OF_LETTERS}:
                        yield name, code


def test_a_letters_error_is_raised_with_a_code_of_its_fault() -> None:
    pairs = set(raised())
    assert len(pairs) > 20
    assert {(name, code) for name, code in pairs if Code[code].fault.value != name} == set()
