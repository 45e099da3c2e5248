"""Words and notes of a page, in whatever order they were drawn, as rows from top to bottom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby
from typing import NamedTuple

from imr.reading.annotations import Note

_SAME = 2.0  # points between two prints of one word
_LEVEL = 3.5  # points between the baselines of words in one row
_DROP = 3.0  # points between the lower edge of a field and the baseline of its text
_PITCH = 12.0  # points from line to line in a note
_LABELS = 0.5  # of the rows of a column, from which on it is one of labels


class Word(NamedTuple):
    """A word, where it begins, ends and stands on its page, in points.

    It is of a run of lines, each of which stands below the one before, and of a line; of none where it is of a note.
    """

    x: float
    end: float
    y: float
    text: str
    run: int = -1
    line: int = -1


class Row(NamedTuple):
    """What stands on one level of a page."""

    y: float
    text: str


def in_reading_order(words: Sequence[Word], notes: Sequence[Note]) -> tuple[list[Row], list[str]]:
    """The rows of a page from top to bottom, and the texts that lie over its words or beside a sentence.

    Columns of prose stay one after the other; labels and values that were drawn one column after the other share rows.
    """
    once = _once(words)
    filled, over = _placed(once, notes)
    runs: dict[int, list[Word]] = defaultdict(list)
    for word in once:
        runs[word.run].append(word)
    for number, word in enumerate(filled, 1):
        around = [key for key, run in runs.items() if min(w.y for w in run) <= word.y <= max(w.y for w in run)]
        runs[around[0] if around else -number].append(word)
    return [row for block in _blocks(list(runs.values())) for row in block], over


def _once(words: Sequence[Word]) -> list[Word]:
    """The words without second prints of one at its place."""
    places: dict[str, list[Word]] = defaultdict(list)
    for word in words:
        if not any(abs(word.x - w.x) <= _SAME and abs(word.y - w.y) <= _SAME for w in places[word.text]):
            places[word.text].append(word)
    kept = {id(word) for same in places.values() for word in same}
    return [word for word in words if id(word) in kept]


def _placed(words: Sequence[Word], notes: Sequence[Note]) -> tuple[list[Word], list[str]]:
    """The notes as words on the levels of the page's own, and the text of those that lie over these."""
    filled: list[Word] = []
    over: list[str] = []
    for note in notes:
        lines = note.text.splitlines()
        inside = [word for word in words if note.bottom - 1 <= word.y <= note.top]
        if _lies_over(inside, note):
            over += [line for line in lines if line.strip()]
            continue
        level = min((word.y for word in inside), key=lambda y: abs(y - note.bottom - _DROP), default=None)
        first = note.top - _PITCH if len(lines) > 1 or level is None else level
        filled += [Word(note.left, note.right, first - _PITCH * n, line) for n, line in enumerate(lines) if line]
    return filled, over


def _lies_over(words: Sequence[Word], note: Note) -> bool:
    """Whether a note covers words or, where it is of no field, follows words that are no label."""
    if any(word.x < note.right - 1 and word.end > note.left + 1 for word in words):
        return True
    before = max((word for word in words if word.end <= note.left + 1), key=lambda word: word.end, default=None)
    return note.free and before is not None and not before.text.endswith(":")


def _blocks(runs: Sequence[list[Word]]) -> Iterator[list[Row]]:
    """The rows of runs that stand beside one another, from the top of the page down."""
    waiting = sorted(runs, key=lambda run: -max(word.y for word in run))
    beside: list[list[Word]] = []
    for run in waiting:
        if beside and max(word.y for word in run) < min(word.y for each in beside for word in each):
            yield from _of_block(beside)
            beside = []
        beside.append(run)
    if beside:
        yield from _of_block(beside)


def _of_block(runs: list[list[Word]]) -> Iterator[list[Row]]:
    """The rows of runs that overlap in height: one after the other where they are columns, else level by level."""
    if all(_are_columns(*pair) for pair in combinations(runs, 2)):
        for run in sorted(runs, key=lambda run: min(word.x for word in run)):
            yield _as_drawn(run) if all(word.line >= 0 for word in run) else _rows(run)
    else:
        yield _rows([word for run in runs for word in run])


def _as_drawn(run: Sequence[Word]) -> list[Row]:
    """The lines of a run: within one, the cells of a table may have several."""
    lines = [[*line] for _, line in groupby(run, key=lambda word: word.line)]
    return [Row(line[0].y, " ".join(word.text for word in line)) for line in lines]


def _are_columns(one: Sequence[Word], other: Sequence[Word]) -> bool:
    """Whether two runs stand side by side, and the left one is no column of labels."""
    left, right = sorted((one, other), key=lambda run: min(word.x for word in run))
    if max(word.end for word in left) > min(word.x for word in right):
        return False
    rows = _rows(left)
    return sum(row.text.endswith(":") for row in rows) < _LABELS * len(rows)


def _rows(words: Sequence[Word]) -> list[Row]:
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: -word.y):
        if rows and rows[-1][0].y - word.y <= _LEVEL:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [Row(row[0].y, " ".join(word.text for word in sorted(row))) for row in rows]
