"""`imr lineage`: every step and attempt of one file, the runs and commits they belong to, and its rows of today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imr.cli.console import counted, out, print_json, print_table
from imr.cli.options import DEFAULT_LAKE, AsJson, LakeFolder, subcommand
from imr.cli.prefect_api import prefect_run

if TYPE_CHECKING:
    from imr.lake.layout import LakeLayout
    from imr.publication.quarantine import Entry
    from imr.publication.refused import RefusedRun

_COLUMNS = ["started", "run", "step", "attempt", "status", "why", "ms", "rows"]
app = subcommand()

_RUN_COLUMNS = ["run", "in Prefect", "ended there as", "commit", "committed", "operation"]


@app.command()
def lineage(
    file: Annotated[str, typer.Argument(help="A file's name or path, a case number, or (the start of) a document id.")],
    lake: LakeFolder = DEFAULT_LAKE,
    as_json: AsJson = False,
) -> None:
    """Show every step and attempt of one file, and what a last run that was refused had found of it.

    Exit code 1 when the lake does not know it.
    """
    raise typer.Exit(0 if show_lineage(lake, file, as_json=as_json) else 1)


def show_lineage(root: Path, wanted: str, *, as_json: bool) -> bool:
    """Show what is known of the files that a name, path, address, case number or id means; False if nothing is."""
    from imr.lake.layout import LakeLayout
    from imr.lake.lookup import find_events
    from imr.publication.refused import last_refused, refused_files

    lake = LakeLayout(root)
    events = find_events(lake, wanted)
    rows = rows_of_letters(lake, dict.fromkeys(event["document_id"] for event in events if event["document_id"]))
    runs = read_runs(lake, dict.fromkeys((event["run_id"], event["commit_id"]) for event in events))
    last = last_refused(lake)
    met = refused_files(last, wanted) if last else []
    if as_json:
        refused = {**asdict(last), "files": [asdict(file) for file in met]} if last else None
        print_json({"events": events, "runs": runs, "rows": rows, "refused": refused})
        return bool(events or met)
    if events:
        _show(events, runs, rows)
    elif not met:
        out.print(f"No file of that name, address, case number or id is known to the lake: {wanted}", soft_wrap=True)
    if last:
        _show_refused(lake, last, met)
    return bool(events or met)


def _show_refused(lake: LakeLayout, run: RefusedRun, met: Iterable[Entry]) -> None:
    from imr.publication.lake_status import public_of

    held = "and its last piece is not public" if public_of(lake, run.run_id) else "and nothing of it is public"
    out.print(f"The last run ({run.run_id[:8]}) was refused, {held}: {run.why}", soft_wrap=True)
    for file in met:
        out.print(
            f"It had found of {file.source_uri}: {file.error_code} in {file.step}, {file.error_message}", soft_wrap=True
        )


def read_runs(lake: LakeLayout, told: Iterable[tuple[str, str | None]]) -> list[dict[str, Any]]:
    """What is known of some runs and commits of theirs, and what Prefect says of them where its server answers."""
    from imr.lake.views import rows_with

    wanted = list(told)
    run_ids = list(dict.fromkeys(run_id for run_id, _ in wanted))
    commits = {row["commit_id"]: row for row in rows_with(lake, "commits", "run_id", run_ids).to_pylist()}
    prefect = {run_id: prefect_run(run_id) for run_id in run_ids}
    return [
        {"run_id": run_id, "commit": commits.get(commit_id), "prefect": prefect[run_id]} for run_id, commit_id in wanted
    ]


def rows_of_letters(lake: LakeLayout, document_ids: Iterable[str]) -> dict[str, dict[str, int]]:
    """How many public rows each of some letters has in each table today; none where it is not published."""
    from imr.lake.lookup import letter_rows
    from imr.lake.views import rows_with
    from imr.tables.declaration import LETTER_TABLES

    counts: dict[str, dict[str, int]] = {document_id: {} for document_id in document_ids}
    for document in rows_with(lake, "documents", "document_id", list(counts)).to_pylist():
        rows = ((table.name, letter_rows(lake, table.name, document, ["document_id"])) for table in LETTER_TABLES)
        counts[document["document_id"]] = {name: found.num_rows for name, found in rows if found.num_rows}
    return counts


def _show(events: list[dict[str, Any]], runs: list[dict[str, Any]], rows: dict[str, dict[str, int]]) -> None:
    for uri in dict.fromkeys(event["source_uri"] for event in events):
        of_file = [event for event in events if event["source_uri"] == uri]
        known = next((event["document_id"] for event in of_file if event["document_id"]), None)
        out.print(f"{uri}\ndocument {known or 'never read'}", soft_wrap=True)
        print_table("", _COLUMNS, [_row(event) for event in of_file])
        out.print(f"Public rows: {counted(rows.get(known or '', {})) or 'none'}", soft_wrap=True)
    print_table("Runs", _RUN_COLUMNS, [_run_row(run) for run in runs])


def _run_row(run: dict[str, Any]) -> list[object]:
    commit, prefect = run["commit"] or {}, run["prefect"] or {}
    committed = commit and f"{commit['committed_at']:%Y-%m-%d %H:%M:%S}"
    asked = [run["run_id"][:8], prefect.get("name"), prefect.get("state_name")]
    return [*asked, (commit.get("commit_id") or "")[:8], committed, commit.get("operation")]


def _row(event: dict[str, Any]) -> list[object]:
    why = event["skip_reason"] or event["error_code"]
    started, run = f"{event['started_at']:%Y-%m-%d %H:%M:%S}", event["run_id"][:8]
    return [
        started,
        run,
        event["step"],
        event["attempt"],
        event["status"],
        why,
        event["duration_ms"],
        event["rows_out"],
    ]
