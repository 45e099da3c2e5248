"""How results and progress are shown: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import math
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from decimal import Decimal
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.status import Status
from rich.table import Table
from rich.text import Text

from imr.workers.progress import listening

_ANY_WIDTH = 100_000
_MANY = 500
"""Rows above which a table is laid out by ourselves where nobody looks at it page by page."""
_SMALL = 0.001  # of what is smaller, four decimals show too little

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""Characters that a terminal obeys rather than shows, or that it cannot show."""


def visible(text: str) -> str:
    """A text in which nothing is an order to a terminal: names of files and words of letters come from strangers."""
    return _UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text)


class PlainConsole(Console):
    """A console to which any text is just that: no markup, no emoji, no escape sequence stands in it."""

    def __init__(self, *, stderr: bool = False, width: int | None = None) -> None:
        super().__init__(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401 - as the console that this one is
        """The text as it is shown."""
        return super().render_str(visible(text), **options)


out = PlainConsole()
err = PlainConsole(stderr=True)


def say_wrong(what: str, why: object, *, style: str = "red") -> None:
    """Say on standard error that something is wrong, in a sentence."""
    err.print(Text.assemble((f"{what}:", style), f" {visible(str(why))}"), soft_wrap=True)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, paged: bool = False) -> None:
    """Show some rows; null is shown as nothing, and of numbers four decimals.

    What is too wide for a terminal breaks its headings at underlines and its cells between words; where even that is
    too wide for whole words, each row is shown by itself, a line for each column. A file or a pipe gets lines of any
    length. `paged` shows what is longer than a terminal page by page.
    """
    cells = [[_shown(cell) for cell in row] for row in rows]
    if len(cells) > _MANY and not out.is_terminal and not any("\n" in cell for row in cells for cell in row):
        sys.stdout.writelines(f"{line}\n" for line in _lines(title, columns, cells))
        return
    table = _table(title, columns, cells)
    width = Measurement.get(out, out.options.update(width=_ANY_WIDTH), table).maximum
    if width <= out.width or not out.is_terminal:
        shown, console = table, out if width <= out.width else PlainConsole(width=width)
    else:
        broken = _table(title, [column.replace("_", "_\n") for column in columns], cells, padding=0)
        fits = _least_width(columns, cells) <= out.width
        shown, console = broken if fits else _records(title, columns, cells), out
    with out.pager() if paged and _is_long(shown) else nullcontext():
        console.print(shown)


def _lines(title: str, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines that a table has in a file or a pipe, without the millisecond that each row takes to be laid out."""
    shown = [columns, *([visible(cell) for cell in row] for row in cells)]
    widths = [max(map(cell_len, column)) for column in zip(*shown, strict=True)]
    whole = sum(widths) + 3 * len(widths) + 1
    if title:
        yield title.ljust(whole)
    yield " " * whole
    for number, row in enumerate(shown):
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        yield f"  {'   '.join(padded)}  "
        if number == 0:
            yield f" {'─' * (whole - 2)} "
    yield " " * whole


def _is_long(shown: RenderableType) -> bool:
    """Whether somebody sits at a terminal that is too low for all lines."""
    return out.is_terminal and sys.stdin.isatty() and len(out.render_lines(shown)) > out.height


def _least_width(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    """What a table needs so that no word is cut, with the blanks between columns and at both ends."""
    words = (
        [*column.split("_"), *(word for row in cells for word in row[number].split())]
        for number, column in enumerate(columns)
    )
    return sum(max(map(cell_len, each)) + 1 for each in words) + 1


def _records(title: str, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> Table:
    """Each row by itself: a line with its number, and below it the name and the value of each column."""
    table = Table(title=title or None, title_justify="left", show_header=False, box=None, padding=(0, 1, 0, 0))
    table.add_column(style="bold", no_wrap=True, max_width=max(map(cell_len, columns), default=0))
    table.add_column(overflow="fold")
    for number, row in enumerate(cells, 1):
        table.add_row(f"-- {number}", "")
        for column, cell in zip(columns, row, strict=True):
            table.add_row(column, cell)
    return table


def _table(title: str, columns: Sequence[str], cells: Sequence[Sequence[str]], padding: int = 1) -> Table:
    table = Table(title=title or None, title_justify="left", header_style="bold", box=box.SIMPLE, padding=(0, padding))
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in cells:
        table.add_row(*row)
    return table


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.3g}" if 0 < abs(cell) < _SMALL else str(round(cell, 4))
    if isinstance(cell, list):
        return "; ".join(map(_shown, cell))
    return "" if cell is None else str(cell)


def program() -> str:
    """How this command is called from here: by its name where that is found, else by its path."""
    return "imr" if shutil.which("imr") or not sys.argv[0].endswith("/imr") else sys.argv[0]


def number_of(count: int, noun: str) -> str:
    """A number of things, such as `1 file` and `2 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def print_json(value: object) -> None:
    """Show a value for machines: one JSON text; dates and the like as ISO text.

    Numbers are numbers, whatever their width; what is no number and infinities, which JSON has no words for, are null.
    """
    print(json.dumps(_for_json(value), indent=1, default=str, allow_nan=False))


def _for_json(value: object) -> object:
    match value:
        case dict():
            return {_key(key): _for_json(part) for key, part in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_for_json(part) for part in value]
        case Decimal():
            return (int(value) if value == value.to_integral_value() else float(value)) if value.is_finite() else None
        case float():
            return value if math.isfinite(value) else None
        case bytes():
            return value.hex()
        case _:
            return value


def _key(key: object) -> str | int | float | bool | None:
    return key if isinstance(key, str | int | float | bool | None) else str(key)


def counted(counts: Mapping[str, int]) -> str:
    """Counts in one line, such as `needs_ocr 3, pdf_damaged 1`."""
    return ", ".join(f"{name or 'no suffix'} {count}" for name, count in sorted(counts.items()))


_live: list[Progress | Status] = []


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show that something is waited for."""
    with err.status(what) as status, _ended_by_others(status):
        yield


def end_live() -> None:
    """Take from the terminal whatever moves on it, from any thread: the process is about to end."""
    for shown in _live:
        shown.stop()


@contextmanager
def _ended_by_others(shown: Progress | Status) -> Iterator[None]:
    _live.append(shown)
    try:
        yield
    finally:
        _live.remove(shown)


@contextmanager
def progress_bars(*, shown: bool) -> Iterator[None]:
    """Show a bar for each step while a run goes on."""
    if not shown:
        yield
        return
    bars: dict[str, TaskID] = {}
    columns = (TextColumn("{task.description:14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress, _ended_by_others(progress):

        def listen(step: str, done: int, added: int) -> None:
            if step not in bars:
                bars[step] = progress.add_task(step, total=0)
            total = progress.tasks[bars[step]].total or 0
            progress.update(bars[step], advance=done, total=total + added)

        with listening(listen):
            yield
