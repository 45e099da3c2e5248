"""`imr query`: SQL over the public tables."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imr.cli.console import number_of, print_json, print_table, visible
from imr.cli.options import DEFAULT_LAKE, AsJson, LakeFolder, subcommand
from imr.tables.spreadsheets import safe_text

if TYPE_CHECKING:
    import pyarrow as pa

app = subcommand()


class QueryError(ValueError):
    """The SQL cannot be run, and the message says why."""


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="SQL in DuckDB's dialect; each table of the lake is a view.")],
    lake: LakeFolder = DEFAULT_LAKE,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write CSV that a spreadsheet may open safely.")] = False,
    max_rows: Annotated[int, typer.Option(min=1, help="Rows to show; JSON and CSV have them all.")] = 50,
) -> None:
    """Ask the tables.

    Example: imr query "SELECT treatment_category, decisions, overturn_rate FROM outcomes_by_treatment"
    """
    try:
        show_rows(lake, sql, as_json=as_json, as_csv=as_csv, max_rows=max_rows)
    except QueryError as error:
        raise typer.BadParameter(str(error)) from None


def show_rows(root: Path, sql: str, *, as_json: bool, max_rows: int, as_csv: bool = False) -> None:
    """Run a query and show its rows."""
    result = run_query(root, sql)
    rows = result.slice(0, None if as_json or as_csv else max_rows)
    if as_json:
        names = _each_once(rows.column_names)
        print_json([dict(zip(names, row, strict=True)) for row in _cells(rows)])
        return
    if as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerows([[_safe(name) for name in rows.column_names], *map(_safe_row, _cells(rows))])
        return
    title = number_of(result.num_rows, "row") + (
        f", the first {max_rows} of them" if result.num_rows > max_rows else ""
    )
    print_table(title, result.column_names, _cells(rows))


def run_query(root: Path, sql: str) -> pa.Table:
    """The rows of a query over the tables of a lake.

    Raises:
        QueryError: there is no lake, or what DuckDB has to say of the SQL.
    """
    import duckdb

    from imr.api.lake import Lake

    try:
        return Lake(root).sql(sql).to_arrow_table()
    except (FileNotFoundError, ValueError, duckdb.Error) as error:
        raise QueryError(str(error)) from error


def _each_once(names: Sequence[str]) -> list[str]:
    """The names of columns; one that came before gets a number behind it, as `side` and `side_2`."""
    taken = set(names)
    once: list[str] = []
    for name in names:
        number, new = 2, name
        while new in once or (new != name and new in taken):
            new, number = f"{name}_{number}", number + 1
        once.append(new)
    return once


def _safe_row(row: tuple[object, ...]) -> list[object]:
    return [_safe("; ".join(map(str, value)) if isinstance(value, list) else value) for value in row]


def _safe(value: object) -> object:
    """A value that is no formula to a spreadsheet and no order to a terminal: what a letter says is never run."""
    return safe_text(visible(value)) if isinstance(value, str) else value


def _cells(rows: pa.Table) -> list[tuple[object, ...]]:
    """The values row by row; by place and not by name, since two columns may have one name."""
    return list(zip(*(column.to_pylist() for column in rows.columns), strict=True))
