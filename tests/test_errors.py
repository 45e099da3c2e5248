"""What follows from a code: whether it may take a letter out of the tables, and whether later runs try again."""

from __future__ import annotations

import pytest

from docs.make_codes import families
from imr import errors
from imr.errors import HELD_BY_THE_LETTER, TRIED_AGAIN, Code, LetterError

OF_LETTERS = [(kind, code) for kind, codes in families().items() if issubclass(kind, LetterError) for code in codes]
SAYS_WHAT_A_LETTER_HOLDS = (errors.UnreadableError, errors.UnsupportedError)


@pytest.mark.parametrize(("kind", "code"), OF_LETTERS, ids=[code for _, code in OF_LETTERS])
def test_only_what_a_letter_holds_withdraws_it_or_makes_it_poison(kind: type[LetterError], code: Code) -> None:
    holds = kind in SAYS_WHAT_A_LETTER_HOLDS and code != Code.NEEDS_OCR  # which tells of what is installed
    assert (code in HELD_BY_THE_LETTER) is holds
    # Without an engine a scan fails as before; with one, its code and rules are others.
    assert (code in TRIED_AGAIN) is (not holds and code != Code.NEEDS_OCR)
