"""`imr diff`: what changed between two states of the tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imr.cli.console import counted, out, print_json, print_table
from imr.cli.options import DEFAULT_LAKE, AnyLakeFolder, AsJson, subcommand

if TYPE_CHECKING:
    from imr.lake.layout import LakeLayout

app = subcommand()

_COLUMNS = ["table", "rows", "added", "removed", "changed", "values changed, by column"]


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="A release's name, or the folder of a lake.")],
    new: Annotated[str | None, typer.Argument(help="Another; the lake as it is now unless told.")] = None,
    lake: AnyLakeFolder = DEFAULT_LAKE,
    examples: Annotated[int, typer.Option(min=0, help="Keys of changed rows to show for each table.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Show what changed between two releases: rows added, removed and changed, column by column."""
    from imr.lake.layout import LakeLayout
    from imr.upkeep.diff import diff as diff_tables

    tables = diff_tables(_state(lake, old), _state(lake, new) if new else LakeLayout(lake), examples)
    if as_json:
        print_json([table._asdict() for table in tables])
        return
    rows = [
        [t.table, f"{t.before} → {t.after}", t.added, t.removed, t.rows_changed, counted(t.changed)]
        for t in tables
        if t.anything
    ]
    if rows:
        print_table("", _COLUMNS, rows)
    else:
        out.print("Nothing differs.")
    for table in tables:
        for key in table.examples:
            out.print(f"{table.table}: {', '.join(map(str, key))}", soft_wrap=True)


def _state(root: Path, name: str) -> LakeLayout:
    """A release by its name, or else a lake by its folder."""
    from imr.lake.layout import LakeLayout

    folder = LakeLayout(root).releases / name
    chosen = folder if folder.is_dir() else Path(name)
    if not (chosen / "tables").is_dir():
        raise typer.BadParameter(f"there is no release and no lake of that name: {name}")
    return LakeLayout(chosen)
