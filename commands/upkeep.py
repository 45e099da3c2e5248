"""The subcommands that keep a lake healthy and hand it on, with their options."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from commands.options import DEFAULT_LAKE, Json, Lake, LockTimeout, Verbose, Workers
from imr.errors import Code

app = typer.Typer()
quarantine = typer.Typer(no_args_is_help=True, help="Look at the files that did not make it, and try them again.")
app.add_typer(quarantine, name="quarantine")

Codes = Annotated[list[Code], typer.Option("--code", help="Only files of this error code; may be given again.")]
Since = Annotated[
    dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only files last met on or after this day.")
]
Files = Annotated[list[str] | None, typer.Argument(help="File names, addresses or (the start of) document ids.")]


@app.command()
def doctor(
    lake: Lake = DEFAULT_LAKE,
    deep: Annotated[bool, typer.Option("--deep", help="Hash all letters and releases again.")] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Remove left-overs of killed runs.")] = False,
    lock_timeout: LockTimeout = 60.0,
    json: Json = False,
) -> None:
    """Finish what a killed run left, and look whether the lake keeps every promise. Exit code 1 when it does not."""
    from commands.doctor import doctor as examine

    raise typer.Exit(0 if examine(lake, deep=deep, repair=repair, lock_timeout=lock_timeout, as_json=json) else 1)


@app.command()
def remove(
    letters: Annotated[list[str], typer.Argument(help="Case numbers, file names or document ids.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the table `removals`.")],
    lake: Lake = DEFAULT_LAKE,
    withdraw_releases: Annotated[
        bool, typer.Option("--withdraw-releases", help="Remove the releases that hold them as well.")
    ] = False,
    lock_timeout: LockTimeout = 60.0,
) -> None:
    """Remove letters from every table, the stage and the raw bytes, for good: they do not come back with their source.

    Exit code 1 when the lake knows none of them, or when releases still hold them.
    """
    from commands.remove import remove as remove_letters

    raise typer.Exit(0 if remove_letters(lake, letters, reason, lock_timeout, withdraw=withdraw_releases) else 1)


@app.command()
def migrate(lake: Lake = DEFAULT_LAKE, lock_timeout: LockTimeout = 60.0) -> None:
    """Rewrite a lake of an older version under the present declaration of its tables, in one commit."""
    from commands.release import migrate as migrate_lake

    migrate_lake(lake, lock_timeout)


@app.command()
def release(
    name: Annotated[str | None, typer.Argument(help="Its name; the present moment unless told.")] = None,
    lake: Lake = DEFAULT_LAKE,
    to: Annotated[str | None, typer.Option(help="Put it into an object store too: s3://bucket/prefix.")] = None,
    lock_timeout: LockTimeout = 60.0,
    json: Json = False,
) -> None:
    """Make an immutable snapshot of all tables, with the hash of every file; one that is there is only put --to.

    Example: imr release 2026-11 --to s3://my-bucket/imr
    """
    from commands.release import release as make

    make(lake, name, to, lock_timeout, as_json=json)


@app.command()
def releases(lake: Lake = DEFAULT_LAKE, json: Json = False) -> None:
    """Show the releases of a lake."""
    from commands.release import releases as show

    show(lake, as_json=json)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="A release's name, or the folder of a lake.")],
    new: Annotated[str | None, typer.Argument(help="Another; the lake as it is now unless told.")] = None,
    lake: Lake = DEFAULT_LAKE,
    examples: Annotated[int, typer.Option(min=0, help="Keys of changed rows to show for each table.")] = 0,
    json: Json = False,
) -> None:
    """Show what changed between two releases: rows added, removed and changed, column by column."""
    from commands.release import diff as show

    show(lake, old, new, examples, as_json=json)


@quarantine.command("list")
def list_quarantine(
    lake: Lake = DEFAULT_LAKE,
    code: Codes = [],  # noqa: B006
    since: Since = None,
    json: Json = False,
) -> None:
    """List the files in quarantine."""
    from commands.quarantine import list_entries

    list_entries(lake, code, since.date() if since else None, as_json=json)


@quarantine.command()
def show(files: Files = None, lake: Lake = DEFAULT_LAKE, json: Json = False) -> None:
    """Show all that is known of some files in quarantine, and every step and attempt of them."""
    from commands.quarantine import show_entries

    raise typer.Exit(0 if show_entries(lake, files or [], as_json=json) else 1)


@quarantine.command()
def replay(
    files: Files = None,
    lake: Lake = DEFAULT_LAKE,
    code: Codes = [],  # noqa: B006
    since: Since = None,
    workers: Workers = None,
    lock_timeout: LockTimeout = 60.0,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Try files in quarantine again from the bytes that were kept, poison or not. Exit codes as those of run."""
    from commands.run import replay as run_replay

    chosen = {"codes": code, "since": since.date() if since else None, "files": files or []}
    options = {**chosen, "worker_count": workers, "lock_timeout": lock_timeout}
    raise typer.Exit(run_replay(lake, options, as_json=json, verbose=verbose))
