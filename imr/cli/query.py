"""`imr query`: SQL over the public tables."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imr.cli.console import err, number_of, print_json, print_table, visible
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
    parquet: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the rows to a new Parquet file.")] = None,
    max_rows: Annotated[int, typer.Option(min=1, help="Rows to show; JSON, CSV and Parquet have them all.")] = 50,
) -> None:
    """Ask the tables; `imr tables` tells what is in them.

    At a terminal the answer is fitted to its width and shown page by page; a pipe gets plain text of any width.

    Example: imr query "SELECT treatment_category, decisions, overturn_rate FROM outcomes_by_treatment"
    """
    if sum((as_json, as_csv, parquet is not None)) > 1:
        raise typer.BadParameter("--json, --csv and --parquet are three ways to write one answer: choose one")
    try:
        if parquet is not None:
            write_rows(lake, sql, parquet)
        else:
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
    print_table(title, result.column_names, _cells(rows), paged=True)


def write_rows(root: Path, sql: str, file: Path) -> None:
    """Run a query and write its rows to a Parquet file that is not there yet.

    Raises:
        QueryError: also where the file cannot be written, or would lie among the lake's tables.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if file.resolve().is_relative_to((root / "tables").resolve()):
        raise QueryError(f"{file} is among the lake's tables, where nothing but they may be")
    rows = run_query(root, sql)
    rows = rows.rename_columns(_each_once(rows.column_names))
    try:
        with file.open("xb") as opened:
            pq.write_table(rows, opened, compression="zstd")
    except FileExistsError:
        raise QueryError(f"{file} is there already") from None
    except OSError as error:
        raise QueryError(f"{file} cannot be written: {error.strerror}") from None
    except pa.ArrowException as error:
        file.unlink()
        raise QueryError(f"Parquet has no type for a column: {error}") from None
    err.print(f"{number_of(rows.num_rows, 'row')} in {file}")


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
