"""The `imr` command: its subcommands and their options."""

from __future__ import annotations

import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from commands import operating, upkeep
from commands.options import DEFAULT_LAKE, Accepted, Json, Lake, LockTimeout, Verbose, Workers
from imr.settings import CrawlPolicy, GateLimits
from imr.sources.examples import EXAMPLES

app = typer.Typer(
    help="California Independent Medical Review letters as analysis-ready tables.\n\n"
    'Start with: imr run FOLDER-OF-LETTERS, then: imr query "SELECT * FROM outcomes_by_year".',
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals may hold letter text
)


class Form(StrEnum):
    """The file forms that sample letters are written in."""

    TXT = "txt"
    PDF = "pdf"


class ScanLevel(StrEnum):
    """How bad scans are."""

    NORMAL = "normal"
    HARD = "hard"


_ADDRESSES = [f"imr run {shlex.quote(example)}   {meaning}" for example, meaning in EXAMPLES.values()]


@app.command(epilog="\n\n".join(["Addresses of letters:", *_ADDRESSES]))
def run(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Where letters are, see below. Default: the lake's own landing folder."),
    ] = None,
    lake: Lake = DEFAULT_LAKE,
    batch_size: Annotated[int, typer.Option(min=1, help="Letters in a batch, and so in a task run.")] = 500,
    workers: Workers = None,
    lock_timeout: LockTimeout = 60.0,
    max_failed: Annotated[int, typer.Option(min=0, help="Files that may fail whatever their share.")] = 25,
    max_failed_share: Annotated[float, typer.Option(min=0, max=1, help="Share that may fail beyond these.")] = 0.25,
    accept: Accepted = [],  # noqa: B006
    new_within_days: Annotated[int | None, typer.Option(help="Fail when no letter was new for so long.")] = None,
    contact: Annotated[
        str | None,
        typer.Option(envvar="IMR_CONTACT", help="Your e-mail or web address, told to every site that is asked."),
    ] = None,
    rate: Annotated[float, typer.Option(min=0.001, help="Requests a second to one host, at most.")] = 1.0,
    at_once: Annotated[int, typer.Option(min=1, help="Connections and requests at the same time, at most.")] = 4,
    attempts: Annotated[int, typer.Option(min=1, help="Tries for what may pass.")] = 4,
    longest_wait: Annotated[float, typer.Option(min=0, help="Seconds to wait between two tries, at most.")] = 300.0,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds until an answer must be complete.")] = 60.0,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also ask addresses of this machine and private networks.")
    ] = False,
    look_back: Annotated[int, typer.Option(min=0, help="Days of a dwc: search that are listed again.")] = 14,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Bring a lake up to date: new letters in, known ones passed over, bad ones to quarantine.

    Exit code 0: all published or known; 3: some files are in quarantine; 1: the run failed and the tables are as
    they were; 2: wrong usage.

    Sites are asked at --rate and as their robots.txt and Retry-After wish; files that have not changed are not sent
    again. Credentials of object stores are taken from the environment.
    """
    from commands.run import run as run_letters

    options = {
        "batch_size": batch_size,
        "worker_count": workers,
        "lock_timeout": lock_timeout,
        "limits": GateLimits(failed_files=max_failed, failed_share=max_failed_share),
        "accept": accept,
        "new_within_days": new_within_days,
        "crawl_policy": CrawlPolicy(
            contact=contact,
            requests_per_second=rate,
            at_once=at_once,
            attempts=attempts,
            longest_wait_seconds=longest_wait,
            timeout_seconds=timeout,
            allow_private=allow_private,
            look_back_days=look_back,
        ),
    }
    given = sources or [str(lake / "landing")]
    raise typer.Exit(run_letters(given, lake, options, as_json=json, verbose=verbose))


@app.command()
def status(lake: Lake = DEFAULT_LAKE, json: Json = False) -> None:
    """Show what is published, what is in quarantine, and the last runs."""
    from commands.status import status as show_status

    show_status(lake, as_json=json)


@app.command()
def lineage(
    file: Annotated[str, typer.Argument(help="A file's name or path, a case number, or (the start of) a document id.")],
    lake: Lake = DEFAULT_LAKE,
    json: Json = False,
) -> None:
    """Show every step and attempt of one file. Exit code 1 when the lake does not know it."""
    from commands.lineage import lineage as show_lineage

    raise typer.Exit(0 if show_lineage(lake, file, as_json=json) else 1)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="SQL in DuckDB's dialect; each table of the lake is a view.")],
    lake: Lake = DEFAULT_LAKE,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Write CSV that a spreadsheet may open safely.")] = False,
    max_rows: Annotated[int, typer.Option(min=1, help="Rows to show; JSON and CSV have them all.")] = 50,
) -> None:
    """Ask the tables.

    Example: imr query "SELECT treatment_category, decisions, overturn_rate FROM outcomes_by_treatment"
    """
    from commands.query import QueryError
    from commands.query import query as run_query

    try:
        run_query(lake, sql, as_json=json, as_csv=csv, max_rows=max_rows)
    except QueryError as error:
        raise typer.BadParameter(str(error)) from None


@app.command()
def evaluate(
    labels: Annotated[list[Path], typer.Argument(help="Folders or files of labels, one JSON file per letter.")],
    lake: Lake = DEFAULT_LAKE,
    json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Write the table for a document.")] = False,
    save: Annotated[Path | None, typer.Option(help="Keep this evaluation in a JSON file.")] = None,
    against: Annotated[Path | None, typer.Option(help="Say what is better or worse than in a kept one.")] = None,
) -> None:
    """Measure the tables by letters that people have labelled: accuracy per field, by form and origin of the text.

    Exit code 1 when anything is worse than in the evaluation given by --against, 2 when a file cannot be used.

    Example: imr evaluate tests/accuracy/labels --lake my_lake --save before.json
    """
    from commands.evaluate import evaluate as run_evaluation
    from imr.evaluation.labels import LabelError
    from imr.evaluation.saved import SavedError

    if not (lake / "tables").is_dir():
        raise typer.BadParameter(f"no lake is there: {lake}")
    try:
        unharmed = run_evaluation(labels, lake, json_out=json, markdown=markdown, save=save, against=against)
    except (LabelError, SavedError) as error:
        raise typer.BadParameter(str(error)) from None
    raise typer.Exit(0 if unharmed else 1)


@app.command()
def explain(
    letter: Annotated[str, typer.Argument(help="A case number, a file's name, or (the start of) a document id.")],
    lake: Lake = DEFAULT_LAKE,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write. Default: CASE.html.")] = None,
) -> None:
    """Write one letter as an HTML page on which every value shows the words it came from.

    Exit code 1 when the lake has no such letter.

    Example: imr explain CM17-0001234
    """
    from commands.explain import explain as write_page

    raise typer.Exit(0 if write_page(lake, letter, output) else 1)


@app.command()
def samples(
    folder: Annotated[Path, typer.Argument(help="Folder to write to; made if it is not there.")],
    count: Annotated[int, typer.Option(min=1, help="How many letters.")] = 100,
    seed: Annotated[int, typer.Option(help="The same seed gives the same letters.")] = 0,
    form: Annotated[Form, typer.Option(help="Write text files or PDFs (needs the samples extra).")] = Form.TXT,
    labels: Annotated[Path | None, typer.Option(help="Folder for the truth about each letter, as JSON.")] = None,
) -> None:
    """Write invented letters for trials and benchmarks."""
    from commands.samples import samples as write_samples

    write_samples(folder, count, seed, form.value, labels)


@app.command()
def scan(
    letters: Annotated[Path, typer.Argument(help="Folder of PDFs.")],
    folder: Annotated[Path, typer.Argument(help="Folder to write to; made if it is not there.")],
    level: Annotated[ScanLevel, typer.Option(help="How bad the scans are.")] = ScanLevel.NORMAL,
    seed: Annotated[int, typer.Option(help="The same seed gives the same scans.")] = 0,
) -> None:
    """Print and scan letters, so to say: PDFs of images, askew, blurred and speckled, to measure what OCR loses.

    Example: imr scan letters/ scans/ --level hard
    """
    from commands.samples import scan as write

    write(letters, folder, level.value, seed)


app.add_typer(upkeep.app)
app.add_typer(operating.app)


def main() -> None:
    """Run the command; a lake that cannot be used is told in one line, exit code 1."""
    from imr.errors import LakeError

    try:
        app()
    except LakeError as error:
        raise SystemExit(f"{error.code}: {error.message}") from None
