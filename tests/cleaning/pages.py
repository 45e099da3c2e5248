"""Pages of words that mean nothing, and which of their lines are cut as furniture."""

from __future__ import annotations

from collections.abc import Sequence

from imr.cleaning.furniture import without_furniture
from imr.cleaning.lines import read_lines
from imr.reading.pdf import PAGE_SEAM

_WORDS = """
cabinets sanding shoulder elbow foreman radiographs afternoon elastic wrap autumn without change fracture loose body
given visits lifting overhead tender motion nearly full strength sensation reflexes intact gait normal brace stairs
"""
TITLE = "IMR ISSUES, DECISIONS AND RATIONALES"
UNKNOWN = "Zentrum Blau, shelf seven"
"""Words that no rule knows."""

Pages = Sequence[Sequence[str]]


def prose(first: int, count: int = 9) -> list[str]:
    """Full lines in the midst of a sentence; of the numbers 0 to 340 every one has another line."""
    words = _WORDS.split()
    return [
        " ".join(words[(line * 7 + word * (line % 11 + 1)) % len(words)] for word in range(13))
        for line in range(first, first + count)
    ]


def paragraph(first: int, count: int = 12) -> list[str]:
    """The lines of a whole sentence, of which the last one ends early."""
    lines = prose(first, count)
    return [lines[0].capitalize(), *lines[1:-1], f"{lines[-1][:40].strip()}."]


def pages(top: Sequence[str] = ("", "", ""), end: Sequence[str] = ("", "", "")) -> list[list[str]]:
    """One page for each entry: a whole paragraph with lines above and below it."""
    return [
        [*above.splitlines(), *paragraph(40 * number), *below.splitlines()]
        for number, (above, below) in enumerate(zip(top, end, strict=True))
    ]


def cut(printed: Pages, *, margins: Sequence[str] = (), recognised: bool = False) -> list[str]:
    """The lines of a letter that are taken for furniture; `margins` are those that a PDF sets apart."""
    texts = ["\n".join(page) for page in printed]
    raw = PAGE_SEAM.join(texts)
    starts = [sum(len(text) + len(PAGE_SEAM) for text in texts[:number]) for number in range(len(texts))]
    lines = read_lines(raw, starts)
    apart = frozenset(raw.index(words) for words in margins)
    kept = {line.start for line in without_furniture(lines, apart, recognised=recognised)}
    return [line.text for line in lines if line.start not in kept]
