"""Small verbs for tests of whole runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flows.letters import letters
from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.publication.run_summary import RunSummary

NOT_OF_THE_LETTER = {
    "documents": ["first_seen_at", "processed_at", "run_id"],
}
"""Columns that say when and by whom a row was made: they differ between runs, all others must not."""


def run(lake: Path, *sources: Path | str, **options: Any) -> tuple[str, RunSummary]:
    """Run the flow; its final state's name and its summary."""
    state = letters([str(source) for source in sources], lake=str(lake), return_state=True, **options)
    return state.name, state.result()


def rows(lake: Path, table: str) -> list[dict[str, Any]]:
    """All rows of a table."""
    return list(read_table(LakeLayout(lake), table).to_pylist())


def row_set(lake: Path, table: str) -> list[str]:
    """The rows of a table in an order of their own, without what differs between runs."""
    left_out = NOT_OF_THE_LETTER.get(table, [])
    return sorted(repr({key: value for key, value in row.items() if key not in left_out}) for row in rows(lake, table))


def last_events(lake: Path, run_id: str) -> dict[str, list[str]]:
    """The closing statuses of each file in a run: a file must have exactly one."""
    closing: dict[str, list[str]] = {}
    for event in rows(lake, "lineage"):
        ends = event["status"] in ("quarantined", "skipped") and event["skip_reason"] != "staged"
        if event["run_id"] == run_id and (ends or (event["step"], event["status"]) == ("publish", "ok")):
            closing.setdefault(event["source_uri"], []).append(event["status"])
    return closing
