"""`imr quarantine list` and `show`: the files that did not make it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from commands.console import counted, out, print_json, print_table
from commands.lineage import lineage
from imr.lake.layout import Lake
from imr.publication.quarantine import chosen

_COLUMNS = ["code", "file", "step", "runs", "left alone", "last met (UTC)"]


def list_entries(root: Path, codes: Sequence[str], since: dt.date | None, *, as_json: bool) -> None:
    """List files in quarantine, by code."""
    found = sorted(chosen(Lake(root), codes, since), key=lambda row: (row["error_code"], row["source_name"]))
    if as_json:
        print_json(found)
        return
    rows = [
        [
            *(row[name] for name in ("error_code", "source_name", "step", "attempts")),
            "yes" if row["is_poison"] else "",
            f"{row['last_seen_at']:%Y-%m-%d %H:%M}",
        ]
        for row in found
    ]
    print_table(f"{len(found)} files in quarantine", _COLUMNS, rows)
    out.print(counted(Counter(row["error_code"] for row in found)))


def show_entries(root: Path, files: Sequence[str], *, as_json: bool) -> bool:
    """Show some files in quarantine with their lineage; False if none of that name is there."""
    found = chosen(Lake(root), files=files)
    if as_json:
        print_json(found)
    for row in found if not as_json else ():
        print_table(row["source_name"], ["", ""], [[name, value] for name, value in row.items()])
        lineage(root, row["document_id"] or row["source_uri"], as_json=False)
    if not found:
        out.print("No such file is in quarantine.")
    return bool(found)
