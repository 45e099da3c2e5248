"""How results and progress are shown: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.status import Status
from rich.table import Table

from imr.workers.progress import listening

_ANY_WIDTH = 100_000
_SMALL = 0.001  # of what is smaller, four decimals show too little

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Show some rows; null is shown as nothing, what looks like markup as it is, and of numbers four decimals.

    What is too wide for a terminal moves together and breaks its headings at underlines; a file or a pipe gets lines of
    any length.
    """
    cells = [[_shown(cell) for cell in row] for row in rows]
    table = _table(title, columns, cells)
    width = Measurement.get(out, out.options.update(width=_ANY_WIDTH), table).maximum
    if width <= out.width:
        out.print(table)
    elif out.is_terminal:
        out.print(_table(title, [column.replace("_", "_\n") for column in columns], cells, padding=0))
    else:
        Console(highlight=False, width=width).print(table)


def _table(title: str, columns: Sequence[str], cells: Sequence[Sequence[str]], padding: int = 1) -> Table:
    table = Table(title=title or None, title_justify="left", header_style="bold", box=box.SIMPLE, padding=(0, padding))
    for column in columns:
        table.add_column(escape(column), overflow="fold")
    for row in cells:
        table.add_row(*row)
    return table


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.3g}" if 0 < abs(cell) < _SMALL else str(round(cell, 4))
    return "" if cell is None else escape(str(cell))


def number_of(count: int, noun: str) -> str:
    """A number of things, such as `1 file` and `2 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def print_json(value: object) -> None:
    """Show a value for machines: one JSON text; dates and the like as ISO text."""
    print(json.dumps(value, indent=1, default=str))


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
