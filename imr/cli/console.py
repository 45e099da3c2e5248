"""How results and progress are shown: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from imr.workers.progress import listening

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Show some rows; null is shown as nothing, and what looks like markup as it is."""
    table = Table(title=title or None, title_justify="left", header_style="bold", box=box.SIMPLE)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    out.print(table)


def print_json(value: object) -> None:
    """Show a value for machines: one JSON text; dates and the like as ISO text."""
    print(json.dumps(value, indent=1, default=str))


def counted(counts: Mapping[str, int]) -> str:
    """Counts in one line, such as `needs_ocr 3, pdf_damaged 1`."""
    return ", ".join(f"{name or 'no suffix'} {count}" for name, count in sorted(counts.items()))


@contextmanager
def progress_bars(*, shown: bool) -> Iterator[None]:
    """Show a bar for each step while a run goes on."""
    if not shown:
        yield
        return
    bars: dict[str, TaskID] = {}
    columns = (TextColumn("{task.description:14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:

        def listen(step: str, done: int, added: int) -> None:
            if step not in bars:
                bars[step] = progress.add_task(step, total=0)
            total = progress.tasks[bars[step]].total or 0
            progress.update(bars[step], advance=done, total=total + added)

        with listening(listen):
            yield
