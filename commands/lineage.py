"""`imr lineage`: every step and attempt of one file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from commands.console import out, print_json, print_table
from imr.lake.layout import Lake
from imr.lake.public import read_table

_COLUMNS = ["started", "run", "step", "attempt", "status", "why", "ms", "rows"]


def lineage(root: Path, wanted: str, *, as_json: bool) -> bool:
    """Show the events of the files that a name, path, address, case number or id means; False if there are none."""
    events = read_lineage(Lake(root), wanted)
    if as_json:
        print_json(events)
    for uri in dict.fromkeys(event["source_uri"] for event in events) if not as_json else ():
        rows = [event for event in events if event["source_uri"] == uri]
        known = next((event["document_id"] for event in rows if event["document_id"]), None)
        out.print(f"{uri}\ndocument {known or 'never read'}", soft_wrap=True)
        print_table("", _COLUMNS, [_row(event) for event in rows])
    if not events:
        out.print(f"No file of that name, address, case number or id is known to the lake: {wanted}")
    return bool(events)


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


def read_lineage(lake: Lake, wanted: str) -> list[dict[str, Any]]:
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


def _of_case(lake: Lake, wanted: str) -> list[str]:
    """The documents of a case number."""
    rows = read_table(lake, "documents", ["document_id", "case_number"])
    return list(rows.filter(pc.equal(rows["case_number"], wanted.upper()))["document_id"].to_pylist())
