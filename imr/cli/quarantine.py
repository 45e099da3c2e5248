"""`imr quarantine`: the files that did not make it, listed, shown and tried again."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from imr.cli.checkout import checkout
from imr.cli.console import counted, number_of, out, print_json, print_table
from imr.cli.lineage import show_lineage
from imr.cli.only_in_a_checkout import needed_from_checkout
from imr.cli.options import (
    DEFAULT_LAKE,
    HELP_NAMES,
    AnyLakeFolder,
    AsJson,
    CommitEveryGiven,
    Engine,
    LakeFolder,
    LockTimeout,
    Verbose,
    WorkerCount,
    effort_of,
    lake_there,
)
from imr.errors import Code
from imr.settings import THREADS

if TYPE_CHECKING:
    from imr.lake.layout import LakeLayout
    from imr.publication.quarantine import Entry

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    context_settings=HELP_NAMES,
    help="Look at the files that did not make it, and try them again.",
)

Codes = Annotated[list[Code], typer.Option("--code", help="Only files of this error code; may be given again.")]
Since = Annotated[
    dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only files last met on or after this day.")
]
Files = Annotated[list[str] | None, typer.Argument(help="File names, addresses or (the start of) document ids.")]

_COLUMNS = ["code", "file", "step", "runs", "left alone", "last met (UTC)"]


@app.command("list")
def list_entries(
    lake: LakeFolder = DEFAULT_LAKE,
    code: Codes = [],  # noqa: B006
    since: Since = None,
    refused: Annotated[
        bool, typer.Option("--refused", help="Files that the last run met instead, if a gate refused it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the files in quarantine."""
    from imr.lake.layout import LakeLayout
    from imr.publication.quarantine import chosen

    root = LakeLayout(lake)
    met = _refused(root, code, _day(since)) if refused else chosen(root, code, _day(since))
    found = sorted(met, key=lambda row: (row.error_code, row.source_name))
    if as_json:
        print_json([asdict(row) for row in found])
        return
    rows = [
        [
            row.error_code,
            row.source_name,
            row.step,
            row.attempts,
            "yes" if row.is_poison else "",
            f"{row.last_seen_at:%Y-%m-%d %H:%M}",
        ]
        for row in found
    ]
    print_table(f"{number_of(len(found), 'file')} in quarantine", _COLUMNS, rows)
    out.print(counted(Counter(row.error_code for row in found)))


def _refused(lake: LakeLayout, codes: Sequence[str], since: dt.date | None) -> list[Entry]:
    from imr.publication.refused import last_refused

    run = last_refused(lake)
    met = run.files if run else ()
    return [row for row in met if (not codes or row.error_code in codes) and (since is None or row.date >= since)]


@app.command()
def show(files: Files = None, lake: LakeFolder = DEFAULT_LAKE, as_json: AsJson = False) -> None:
    """Show all that is known of some files in quarantine, and every step and attempt of them."""
    from imr.lake.layout import LakeLayout
    from imr.publication.quarantine import chosen

    found = chosen(LakeLayout(lake), files=files or [])
    if as_json:
        print_json([asdict(row) for row in found])
    for row in found if not as_json else ():
        print_table(row.source_name, ["", ""], [[name, value] for name, value in asdict(row).items()])
        show_lineage(lake, row.key, as_json=False)
    if not found:
        out.print("No such file is in quarantine.")
    raise typer.Exit(0 if found else 1)


@app.command()
def replay(
    files: Files = None,
    lake: AnyLakeFolder = DEFAULT_LAKE,
    code: Codes = [],  # noqa: B006
    since: Since = None,
    commit_every: CommitEveryGiven = [],  # noqa: B006
    worker_count: WorkerCount = None,
    lock_timeout: LockTimeout = 60.0,
    engine: Engine = THREADS,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Try files in quarantine again from the bytes that were kept, poison or not. Exit codes as those of run."""
    there = lake_there(lake) if checkout() else lake  # before the flows are loaded
    chosen_files = {"codes": code, "since": _day(since), "files": files or []}
    effort = effort_of(worker_count, lock_timeout, commit_every, engine)
    flow_run = needed_from_checkout("commands.flow_run", "quarantine replay")
    raise typer.Exit(
        flow_run.run_flow_again("replay", there, {**chosen_files, **effort}, as_json=as_json, verbose=verbose)
    )


def _day(since: dt.datetime | None) -> dt.date | None:
    return since.date() if since else None
