"""What a run had found that a gate refused: nothing of it is public, and a person has to look at it.

It is kept beside the tables until the next run commits, or a letter of it is removed.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pyarrow as pa

from imr.errors import Code, LakeError
from imr.lake.files import lake_errors, write_durably
from imr.lake.layout import LakeLayout
from imr.lake.lookup import meant
from imr.publication.quarantine import Entry

_INSTANTS = ("first_seen_at", "last_seen_at")


@dataclass(frozen=True, slots=True)
class RefusedRun:
    """A run that was refused: why, and the files that it would have put into quarantine."""

    run_id: str
    refused_at: dt.datetime
    why: str
    files: tuple[Entry, ...]


def keep_refused(lake: LakeLayout, run_id: str, why: str, files: Sequence[Entry]) -> None:
    """Keep what a run had found; no copies are kept of its files.

    Raises:
        LakeError: `lake_write_failed`.
    """
    run = RefusedRun(run_id, dt.datetime.now(dt.UTC), why, tuple(replace(file, stored_as=None) for file in files))
    with lake_errors():
        write_durably(lake.refused, json.dumps(asdict(run), indent=1, default=str).encode())


def last_refused(lake: LakeLayout) -> RefusedRun | None:
    """The last run, if it was refused.

    Raises:
        LakeError: `lake_damaged`.
    """
    try:
        kept = json.loads(lake.refused.read_bytes())
        files = tuple(map(_entry, kept["files"]))
        return RefusedRun(kept["run_id"], dt.datetime.fromisoformat(kept["refused_at"]), kept["why"], files)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LakeError(Code.LAKE_DAMAGED, f"{lake.refused.name} cannot be read: delete it") from error


def refused_files(run: RefusedRun, wanted: str) -> list[Entry]:
    """The files of a refused run that a name means, as `imr.lake.lookup` finds files."""
    names = ("document_id", "source_uri", "source_name")
    columns = {name: pa.array([getattr(file, name) for file in run.files], pa.string()) for name in names}
    rows = pa.table({**columns, "number": range(len(run.files))})
    return [run.files[number] for number in meant(rows, wanted)["number"].to_pylist()]


def _entry(kept: dict[str, Any]) -> Entry:
    return Entry(**kept | {name: dt.datetime.fromisoformat(kept[name]) for name in _INSTANTS})


def forget_refused(lake: LakeLayout) -> None:
    """Let go of it: a later run was not refused, or a letter of it is to be removed."""
    with lake_errors():
        lake.refused.unlink(missing_ok=True)
