"""`imr run`: letters from their sources into a lake."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

from commands.failure import say_failure
from imr.cli.console import counted, say_wrong
from imr.cli.exit_codes import Exit
from imr.cli.options import (
    DEFAULT_LAKE,
    Accepted,
    AnyLakeFolder,
    AsJson,
    CommitEveryGiven,
    Engine,
    LockTimeout,
    Verbose,
    WorkerCount,
    effort_of,
    subcommand,
)
from imr.errors import Code, ListingError
from imr.lake.place import is_lake
from imr.settings import THREADS, CrawlPolicy, GateLimits
from imr.sources.credentials import ADVICE, without_credentials
from imr.sources.examples import EXAMPLES
from imr.sources.kinds import missing_sources, nothing_in

app = subcommand()

_ADDRESSES = [f"imr run {shlex.quote(example)}   {meaning}" for example, meaning in EXAMPLES.values()]
_OF_SITES = ("http:", "https:", "dwc:", "urls:")


@app.command(epilog="\n\n".join(["Addresses of letters:", *_ADDRESSES]))
def run(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Where letters are, see below. Default: the lake's own landing folder."),
    ] = None,
    lake: AnyLakeFolder = DEFAULT_LAKE,
    batch_size: Annotated[int, typer.Option(min=1, help="Letters in a batch, and so in a task run.")] = 500,
    commit_every: CommitEveryGiven = [],  # noqa: B006
    worker_count: WorkerCount = None,
    lock_timeout: LockTimeout = 60.0,
    max_failed: Annotated[int, typer.Option(min=0, help="Files that may fail whatever their share.")] = 25,
    max_failed_share: Annotated[float, typer.Option(min=0, max=1, help="Share that may fail beyond these.")] = 0.25,
    accept: Accepted = [],  # noqa: B006
    new_within_days: Annotated[int | None, typer.Option(help="Fail when no letter was new for so long.")] = None,
    contact: Annotated[
        str | None,
        typer.Option(envvar="IMR_CONTACT", help="Your e-mail or web address, sent to every site that is crawled."),
    ] = None,
    rate: Annotated[float, typer.Option(min=0.001, help="Requests a second to one host, at most.")] = 1.0,
    at_once: Annotated[int, typer.Option(min=1, help="Connections and requests at the same time, at most.")] = 4,
    attempts: Annotated[int, typer.Option(min=1, help="Tries for what may pass.")] = 4,
    longest_wait: Annotated[float, typer.Option(min=0, help="Seconds to wait between two tries, at most.")] = 300.0,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds until a response must be complete.")] = 60.0,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also connect to addresses of this machine and private networks.")
    ] = False,
    look_back: Annotated[int, typer.Option(min=0, help="Days of a dwc: search that are listed again.")] = 14,
    store: Annotated[
        str | None,
        typer.Option(
            envvar="IMR_STORE",
            help="Object store for the lake's bytes and stage, such as s3://bucket/prefix; remembered by the lake.",
        ),
    ] = None,
    engine: Engine = THREADS,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Bring a lake up to date: new letters in, known ones passed over, bad ones to quarantine.

    Exit code 0: all published or known; 3: some files are in quarantine; 1: the run failed, and the tables are as
    they were, but for pieces of a long run that had been published before; 2: wrong usage.

    A long run is published in pieces, of 50,000 letters or of an hour unless told otherwise; a run that is killed
    loses one of them at most.

    Sites are crawled at --rate and as their robots.txt and Retry-After wish; files that have not changed are not sent
    again. Credentials of object stores are taken from the environment.
    """
    crawl_policy = CrawlPolicy(
        contact=contact,
        requests_per_second=rate,
        at_once=at_once,
        attempts=attempts,
        longest_wait_seconds=longest_wait,
        timeout_seconds=timeout,
        allow_private=allow_private,
        look_back_days=look_back,
    )
    if why := _why_no_lake(lake):
        raise typer.Exit(say_failure(Code.LAKE_WRITE_FAILED, why, as_json=as_json))
    asked = sources or [str(lake / "landing")]
    given = [without_credentials(source) for source in asked]
    if not _are_there(given, lake):
        raise typer.Exit(Exit.USAGE)
    for source in sorted(set(given) - set(asked)):
        say_wrong(source, f"{ADVICE}.", style="yellow")
    if not contact and any(source.lower().startswith(_OF_SITES) for source in given):
        say_wrong("No --contact is given", "the sites that are crawled cannot tell whom to write to.", style="yellow")
    parameters = {
        "sources": given,
        "lake": str(lake),
        "batch_size": batch_size,
        "limits": GateLimits(failed_files=max_failed, failed_share=max_failed_share),
        "accept": accept,
        "new_within_days": new_within_days,
        "crawl_policy": crawl_policy,
        "store": store and without_credentials(store),
        **effort_of(worker_count, lock_timeout, commit_every, engine),
    }
    from commands.flow_run import run_flow  # only now: what is wrong with the places is said at once

    raise typer.Exit(run_flow("letters", parameters, as_json=as_json, verbose=verbose))


def _why_no_lake(folder: Path) -> str | None:
    """Why a folder cannot be written, or made; None where it can."""
    above = next(path for path in (folder, *folder.absolute().parents) if os.path.lexists(path))
    if not above.is_dir():
        return f"{above} is no folder, and a lake is one"
    return None if os.access(above, os.W_OK | os.X_OK) else f"{above} may not be written: a lake cannot be at {folder}"


def _are_there(sources: list[str], lake: Path) -> bool:
    """Whether all sources of this machine are there and all others are of a known kind; says what is wrong.

    Folders without a letter make no lake, though a lake that is there may find its landing folder empty.
    """
    try:
        missing = missing_sources(sources)
        passed_over = None if missing or is_lake(lake) else nothing_in(sources)
    except ListingError as error:
        say_wrong("Not to be read", error.message)
        return False
    if missing:
        say_wrong("No such file, folder or match", ", ".join(missing))
    if passed_over is not None:
        found = f"; passed over: {counted(passed_over)}" if passed_over else ""
        say_wrong("No letters", f"{', '.join(sources)} holds no .pdf and no .txt file{found}")
    return not missing and passed_over is None
