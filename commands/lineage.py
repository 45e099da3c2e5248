"""`imr lineage`: every step and attempt of one file, the runs and commits they belong to, and its rows of today."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.compute as pc
import typer

from commands.console import counted, out, print_json, print_table
from commands.local_prefect.machine import prefect_run
from commands.options import DEFAULT_LAKE, AsJson, LakeFolder, subcommand
from imr.lake.files import read_parquet
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.publication.partitions import letter_partition
from imr.tables.declaration import LETTER_TABLES

_COLUMNS = ["started", "run", "step", "attempt", "status", "why", "ms", "rows"]
app = subcommand()

_RUN_COLUMNS = ["run", "in Prefect", "ended there as", "commit", "committed", "operation"]


@app.command()
def lineage(
    file: Annotated[str, typer.Argument(help="A file's name or path, a case number, or (the start of) a document id.")],
    lake: LakeFolder = DEFAULT_LAKE,
    as_json: AsJson = False,
) -> None:
    """Show every step and attempt of one file. Exit code 1 when the lake does not know it."""
    raise typer.Exit(0 if show_lineage(lake, file, as_json=as_json) else 1)


def show_lineage(root: Path, wanted: str, *, as_json: bool) -> bool:
    """Show what is known of the files that a name, path, address, case number or id means; False if nothing is."""
    lake = LakeLayout(root)
    events = read_lineage(lake, wanted)
    ids = dict.fromkeys(event["document_id"] for event in events if event["document_id"])
    rows = {document_id: rows_of_letter(lake, document_id) for document_id in ids}
    runs = read_runs(lake, dict.fromkeys(event["run_id"] for event in events))
    if as_json:
        print_json({"events": events, "runs": runs, "rows": rows})
    elif events:
        _show(events, runs, rows)
    else:
        out.print(f"No file of that name, address, case number or id is known to the lake: {wanted}")
    return bool(events)


def read_runs(lake: LakeLayout, run_ids: Iterable[str]) -> list[dict[str, Any]]:
    """What is known of some runs: their commit, and what Prefect says of them where its server answers."""
    commits = {row["run_id"]: row for row in read_table(lake, "commits").to_pylist()}
    return [{"run_id": run_id, "commit": commits.get(run_id), "prefect": prefect_run(run_id)} for run_id in run_ids]


def rows_of_letter(lake: LakeLayout, document_id: str) -> dict[str, int]:
    """How many public rows a letter has in each table today."""
    known = read_table(lake, "documents", ["document_id", "case_number"])
    number = known.filter(pc.equal(known["document_id"], document_id))["case_number"].to_pylist()
    counts: dict[str, int] = {}
    for table in LETTER_TABLES if number else ():
        file = lake.file(letter_partition(table, document_id, number[0]))
        if file.exists():
            ids = read_parquet(file, ["document_id"])["document_id"]
            counts[table.name] = pc.sum(pc.equal(ids, document_id)).as_py() or 0
    return {table: count for table, count in counts.items() if count}


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


def read_lineage(lake: LakeLayout, wanted: str) -> list[dict[str, Any]]:
    """The events of all files that `wanted` means, in the order in which they happened.

    That is a document id or its beginning (8 digits at least), a case number, a file's name, path or address.
    """
    events = read_table(lake, "lineage")
    uris, ids = events["source_uri"], pc.fill_null(events["document_id"], "")
    address = Path(os.path.abspath(wanted)).as_uri()  # noqa: PTH100 - resolve() would follow links
    name = "/" + Path(wanted).name if "/" not in wanted else "/\n"
    mask = pc.or_(pc.equal(uris, wanted), pc.or_(pc.equal(uris, address), pc.ends_with(uris, name)))
    if "/" not in wanted:  # a member of an archive that stands in no folder of it
        mask = pc.or_(mask, pc.ends_with(uris, f"#{wanted}"))
    mask = pc.or_(mask, pc.is_in(ids, value_set=pa.array(_of_case(lake, wanted), pa.string())))
    if len(wanted) >= 8:
        mask = pc.or_(mask, pc.starts_with(ids, wanted.lower()))
    found = events.filter(mask).sort_by([("source_uri", "ascending"), ("started_at", "ascending")])
    return list(found.to_pylist())


def _of_case(lake: LakeLayout, wanted: str) -> list[str]:
    """The documents of a case number."""
    rows = read_table(lake, "documents", ["document_id", "case_number"])
    return list(rows.filter(pc.equal(rows["case_number"], wanted.upper()))["document_id"].to_pylist())
