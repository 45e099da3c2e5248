"""The landing set: the synthetic letters of the project, three files that are no good letters, and a notice of 2013.

Each good letter is the first of its seed that has what the set wants next, so that the set covers the kinds of
letters whatever the wording is changed to.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import NamedTuple

from imr.evaluation.labels import DecisionLabel
from imr.rules import load_rules
from imr.synthetic.compose import compose
from imr.synthetic.letter import Piece, SyntheticLetter
from imr.synthetic.pdf import pdf_of, typeset
from imr.synthetic.scanned_page import PAGE_LINES, lines_of, scanned
from imr.synthetic.writing import Form, write_label, write_letter

SEED = 20140
DAMAGED, NO_LETTER = "damaged-letter.pdf", "parking-notice.txt"
SCANNED, NOTICE = "scanned-letter.pdf", "notice-of-2013.pdf"


class Wanted(NamedTuple):
    """What one letter of the set is there for, and the form of its file."""

    what: str
    form: Form
    fits: Callable[[SyntheticLetter], bool]


def _year(letter: SyntheticLetter) -> int:
    return 2000 + int(letter.case_number[2:4]) if letter.case_number else 0


def _outcomes(letter: SyntheticLetter) -> set[str | None]:
    return {decision.outcome for decision in letter.truth.decisions}


def _any(letter: SyntheticLetter, fits: Callable[[DecisionLabel], object]) -> bool:
    return any(fits(decision) for decision in letter.truth.decisions)


def _remains_eligible(letter: SyntheticLetter) -> bool:
    return any("leaving the original request IMR eligible" in piece.lead for piece in letter.content)


def _remainder(letter: SyntheticLetter, drug: bool) -> bool:
    return not _remains_eligible(letter) and _any(
        letter, lambda item: item.original_request and bool(item.drugs) == drug
    )


def _in_prose(letter: SyntheticLetter) -> bool:
    return "Board Certified" in letter.content[1].text


WANTED = (
    Wanted("one item, upheld", "pdf", lambda x: len(x.truth.decisions) == 1 and _outcomes(x) == {"upheld"}),
    Wanted("one item, overturned", "pdf", lambda x: len(x.truth.decisions) == 1 and _outcomes(x) == {"overturned"}),
    Wanted("mixed outcomes", "pdf", lambda x: len(x.truth.decisions) in (4, 5, 6) and len(_outcomes(x)) == 2),
    Wanted("visits authorized in part", "pdf", lambda x: _remainder(x, drug=False)),
    Wanted("tablets authorized in part", "pdf", lambda x: _remainder(x, drug=True)),
    Wanted("original request still eligible", "pdf", _remains_eligible),
    Wanted("ten items", "pdf", lambda x: len(x.truth.decisions) == 10 and _any(x, lambda item: item.drugs)),
    Wanted("credentials in prose", "pdf", _in_prose),
    Wanted("of 2020 or later", "pdf", lambda x: _year(x) >= 2020 and len(x.truth.decisions) == 3),
    Wanted("expedited", "pdf", lambda x: x.truth.priority == "expedited"),
    Wanted("operation", "pdf", lambda x: _any(x, lambda item: item.is_associated_surgical_service)),
    Wanted("retrospective", "pdf", lambda x: _any(x, lambda item: item.is_retrospective)),
    Wanted("text with a header", "txt", lambda x: bool(x.header) and x.layout == "plain"),
    Wanted("text without header, prose", "txt", lambda x: not x.header and x.layout == "spread" and _in_prose(x)),
    Wanted("text without header, block", "txt", lambda x: not x.header and x.layout == "spread" and not _in_prose(x)),
    Wanted("text without header, plain", "txt", lambda x: not x.header and x.layout == "plain"),
)  # fmt: skip


def landing_letters() -> list[tuple[Form, SyntheticLetter]]:
    """The good letters of the set, in the order of what is wanted."""
    found: dict[str, tuple[Form, SyntheticLetter]] = {}
    letters = (compose(SEED, number) for number in count())
    while len(found) < len(WANTED):
        letter = next(letters)
        wanted = next((want for want in WANTED if want.what not in found and _serves(letter, want)), None)
        if wanted:
            found[wanted.what] = wanted.form, letter
    return [found[want.what] for want in WANTED]


def _serves(letter: SyntheticLetter, want: Wanted) -> bool:
    # Real letters lack their header only where an extractor has lost it: never as PDF files.
    return (want.form == "txt" or letter.header is not None) and want.fits(letter)


def write_landing(folder: Path, labels: Path | None = None) -> list[Path]:
    """Write the landing set into `folder` (and the labels of its good letters into `labels`); gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for form, letter in landing_letters():
        file = write_letter(folder, letter, form)
        files.append(file)
        if labels:
            write_label(labels, letter, file.name)
    return files + _others(folder)


def _others(folder: Path) -> list[Path]:
    """The files the generator has no label for: one damaged, one foreign, one scanned, one letter of 2013."""
    whole = pdf_of(compose(SEED + 1, 0))
    table = load_rules("synthetic", "landing")
    content = {
        DAMAGED: whole[: len(whole) // 2],
        NO_LETTER: table["parking"].lstrip().encode("utf-8"),
        SCANNED: scanned(_short_letter()),
        NOTICE: typeset(Piece("body", paragraph) for paragraph in table["notice"]),
    }
    for name, data in content.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in content]


def _short_letter() -> SyntheticLetter:
    """A letter of one page, of another seed, so that the scanned one is none of the good ones."""
    letters = (compose(SEED + 2, number) for number in count())
    return next(letter for letter in letters if letter.header and len(lines_of(letter)) <= PAGE_LINES)
