"""`imr release`, `releases`, `diff` and `migrate`: states of the tables, kept, compared and carried over."""

from __future__ import annotations

from pathlib import Path

import typer

from commands.console import counted, out, print_json, print_table
from imr.lake.layout import Lake
from imr.upkeep.diff import diff as diff_tables
from imr.upkeep.migration import migrate as migrate_lake
from imr.upkeep.object_store import upload_release
from imr.upkeep.releases import Release, make_release, read_release
from imr.upkeep.releases import releases as all_releases


def release(root: Path, name: str | None, to: str | None, lock_timeout: float, *, as_json: bool) -> None:
    """Make a release, or take the one of that name where it is only to be put into an object store."""
    lake = Lake(root)
    there = lake.releases / name if name and to else None
    try:
        made = read_release(there) if there and there.is_dir() else make_release(lake, name, lock_timeout)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    key = None
    if to:
        key = upload_release(made, to)
    if as_json:
        print_json({**_shown(made), "key": key})
        return
    out.print(f"Release {made.name}: {made.files} files, {made.bytes} bytes, in {made.folder}", soft_wrap=True)
    if key:
        out.print(f"It is the latest of {to} now: {key}", soft_wrap=True)


def releases(root: Path, *, as_json: bool) -> None:
    """Show all releases."""
    rows = [_shown(release) for release in all_releases(Lake(root))]
    if as_json:
        print_json(rows)
    else:
        print_table(f"{len(rows)} releases", ["name", "made", "files", "bytes"], [list(row.values()) for row in rows])


def diff(root: Path, old: str, new: str | None, examples: int, *, as_json: bool) -> None:
    """Show what differs between two states."""
    before, after = _state(root, old), _state(root, new) if new else Lake(root)
    tables = diff_tables(before, after, examples)
    if as_json:
        print_json([table._asdict() for table in tables])
        return
    columns = ["table", "rows", "added", "removed", "changed", "values changed, by column"]
    rows = [
        [t.table, f"{t.before} → {t.after}", t.added, t.removed, t.rows_changed, counted(t.changed)]
        for t in tables
        if t.anything
    ]
    print_table("" if rows else "Nothing differs.", columns if rows else [], rows)
    for table in tables:
        for key in table.examples:
            out.print(f"{table.table}: {', '.join(map(str, key))}", soft_wrap=True)


def migrate(root: Path, lock_timeout: float) -> None:
    """Migrate a lake and say what was rewritten."""
    rewritten = migrate_lake(Lake(root), lock_timeout)
    out.print(f"Rewritten: {counted(rewritten)}" if rewritten else "All tables are as they are declared.")


def _state(root: Path, name: str) -> Lake:
    """A release by its name, or else a lake by its folder."""
    folder = Lake(root).releases / name
    chosen = folder if folder.is_dir() else Path(name)
    if not (chosen / "tables").is_dir():
        raise typer.BadParameter(f"there is no release and no lake of that name: {name}")
    return Lake(chosen)


def _shown(release: Release) -> dict[str, object]:
    return {"name": release.name, "made": release.created_at, "files": release.files, "bytes": release.bytes}
