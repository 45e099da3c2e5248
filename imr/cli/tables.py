"""`imr tables`: what is in the tables of a lake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from imr.cli.console import number_of, out, print_json, print_table
from imr.cli.options import DEFAULT_LAKE, AsJson, LakeFolder, subcommand

if TYPE_CHECKING:
    from imr.lake.layout import LakeLayout
    from imr.tables.schema import Table

app = subcommand()


@app.command()
def tables(
    name: Annotated[str | None, typer.Argument(help="A table, to see its columns.")] = None,
    lake: LakeFolder = DEFAULT_LAKE,
    as_json: AsJson = False,
) -> None:
    """Tell which tables there are, with their rows, or what each column of one means.

    Example: imr tables decisions
    """
    from imr.lake.layout import LakeLayout
    from imr.tables.declaration import TABLES

    layout = LakeLayout(lake)
    if name is None:
        _show_all(layout, as_json=as_json)
    elif name in TABLES:
        _show_one(layout, TABLES[name], as_json=as_json)
    else:
        raise typer.BadParameter(f"there is no table {name!r}; there are {', '.join(TABLES)}")


def _show_all(lake: LakeLayout, *, as_json: bool) -> None:
    from imr.tables.declaration import TABLES

    found = [(table.name, _rows(lake, table), table.meaning) for table in TABLES.values()]
    if as_json:
        print_json([dict(zip(("table", "rows", "meaning"), each, strict=True)) for each in found])
    else:
        print_table("", ("table", "rows", "meaning"), found, paged=True)


def _show_one(lake: LakeLayout, table: Table, *, as_json: bool) -> None:
    from imr.tables.dictionary import type_name

    rows = _rows(lake, table)
    if as_json:
        columns = [
            {"column": c.name, "type": type_name(c), "null": c.nullable, "meaning": c.meaning, "values": c.values}
            for c in table.columns
        ]
        print_json({"table": table.name, "rows": rows, "meaning": table.meaning, "columns": columns})
        return
    described = [
        (c.name, type_name(c), f"{c.meaning}. One of: {', '.join(c.values)}" if c.values else c.meaning)
        for c in table.columns
    ]
    print_table(f"{table.meaning}: {number_of(rows, 'row')}", ("column", "type", "meaning"), described, paged=True)
    if table.letters:
        out.print(f"What a row sums up: {table.letters}", soft_wrap=True)


def _rows(lake: LakeLayout, table: Table) -> int:
    """The rows of a table, as the footers of its files tell."""
    from imr.lake.files import opened

    count = 0
    for partition in lake.partitions(table.name):
        with opened(lake.file(partition)) as file:
            count += file.metadata.num_rows
    return count
