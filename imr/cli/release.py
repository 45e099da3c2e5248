"""`imr release`: an immutable snapshot of all tables."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from imr.cli.console import number_of, out, print_json
from imr.cli.options import DEFAULT_LAKE, AsJson, LakeFolder, LockTimeout, subcommand
from imr.cli.releases import shown
from imr.cli.report import WITHOUT_CHARTS, can_be_drawn
from imr.sources.credentials import without_credentials

if TYPE_CHECKING:
    from imr.lake.layout import LakeLayout
    from imr.upkeep.releases import Accompanying

app = subcommand()


@app.command()
def release(
    name: Annotated[str | None, typer.Argument(help="Its name; the present moment unless told.")] = None,
    lake: LakeFolder = DEFAULT_LAKE,
    to: Annotated[str | None, typer.Option(help="Put it into an object store too: s3://bucket/prefix.")] = None,
    lock_timeout: LockTimeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Make an immutable snapshot of all tables, with the hash of every file; one that is there is only put --to.

    Example: imr release 2026-11 --to s3://my-bucket/imr
    """
    from imr.lake.layout import LakeLayout
    from imr.upkeep.object_store import upload_release
    from imr.upkeep.releases import make_release, read_release

    to = to and without_credentials(to)
    here = LakeLayout(lake)
    there = here.releases / name if name and to else None
    try:
        made = (
            read_release(there) if there and there.is_dir() else make_release(here, name, lock_timeout, _report(here))
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    key = upload_release(made, to) if to else None
    if as_json:
        print_json({**shown(made), "key": key})
        return
    if not can_be_drawn():
        out.print(f"Without the report: {WITHOUT_CHARTS}", soft_wrap=True)
    size = f"{number_of(made.files, 'file')}, {number_of(made.bytes, 'byte')}"
    out.print(f"Release {made.name}: {size}, in {made.folder}", soft_wrap=True)
    if key:
        out.print(f"It is the latest of {to} now: {key}", soft_wrap=True)


def _report(lake: LakeLayout) -> Accompanying | None:
    if not can_be_drawn():
        return None
    from imr.report.made import report_files  # what draws the charts takes a while to load

    return partial(report_files, lake=lake)
