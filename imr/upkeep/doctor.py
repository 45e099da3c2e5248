"""The doctor: finishes what a killed run left, and looks whether everything that a lake promises is so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from imr.aggregation.aggregates import aggregate
from imr.lake import sums
from imr.lake.files import lake_errors, sha256_of
from imr.lake.journal import RecoveryReport, erase, recover
from imr.lake.layout import LakeLayout
from imr.lake.lock import only_writer
from imr.lake.public import read_table
from imr.lake.raw_store import files_of
from imr.lake.traces import kept_of, staged_with
from imr.publication.caches import damaged_caches
from imr.publication.selection import removed
from imr.tables.declaration import TABLES
from imr.upkeep.advice import Advice
from imr.upkeep.invariants import invariants
from imr.upkeep.promises import broken, broken_rows
from imr.upkeep.releases import half_made, no_releases, releases, verify_release
from imr.upkeep.table_files import changed_bytes, unlisted_files, unreadable_files

_A_DAY = 86_400
_NAMED = 3
"""Offenders that a finding names."""
_NO_RELEASE = "no release, or one without the package that describes it"


class Finding(NamedTuple):
    """One thing that is wrong: in which place, in plain words, and what to do. `left_over` is what a repair removes."""

    where: str
    what: str
    advice: Advice
    left_over: Path | None = None


class Diagnosis(NamedTuple):
    """What the doctor found, after finishing what was left unfinished."""

    recovery: RecoveryReport
    findings: tuple[Finding, ...]
    repaired: int


def examine(lake: LakeLayout, *, deep: bool = False, repair: bool = False, lock_timeout: float = 60.0) -> Diagnosis:
    """Look through a lake while no run may write it; `deep` hashes all bytes again, `repair` removes left-overs.

    Raises:
        LakeError: `lake_locked`, or `lake_damaged` when an unfinished commit cannot be finished.
    """
    with only_writer(lake, "doctor", lock_timeout), lake_errors():
        recovery = recover(lake)
        findings = [Finding(*fault[:3]) for fault in unreadable_files(lake)]
        if not findings:  # else the tables cannot be read as a whole
            findings += [*_rows(lake), *_between_rows(lake), *_summaries(lake)]
        named = {finding.where for finding in findings}
        listed = [Finding(*fault[:3]) for fault in unlisted_files(lake, deep=deep) if fault.where not in named]
        findings += [*listed, *_outside(lake), *_bytes(lake, deep=deep)]
        findings += [Finding(f"releases/{path.name}", _NO_RELEASE, Advice.DROP_RELEASE) for path in no_releases(lake)]
        findings += [finding for release in releases(lake) for finding in _release(release.folder)] if deep else []
        going = {finding: finding.left_over for finding in findings if repair and finding.left_over}
        for left_over in going.values():
            erase(left_over)
        mended = [finding for finding in listed if repair and finding.advice in (Advice.PUT_BACK, Advice.REPAIR)]
        if mended:
            sums.mend(lake)
    left = tuple(finding for finding in findings if finding not in going and finding not in mended)
    return Diagnosis(recovery, left, len(going) + len(mended))


def _rows(lake: LakeLayout) -> Iterator[Finding]:
    """Rows of letters that break their table's declaration."""
    for partition, row in broken_rows(lake):
        what = f"{row.column} {row.rule} (letter {row.document_id[:12]})"
        yield Finding(f"tables/{partition.path}", what, Advice.READ_AGAIN)


def _between_rows(lake: LakeLayout) -> Iterator[Finding]:
    """What does not hold between rows."""
    for invariant, found in broken(lake, invariants()):
        named = ", ".join(name[:12] if len(name) == 64 else name for name in found[:_NAMED])
        yield Finding("tables", f"not so: {invariant.says} ({len(found)}: {named})", invariant.advice)


def _summaries(lake: LakeLayout) -> Iterator[Finding]:
    """Summary tables that are not what their tables sum up to."""
    made = aggregate(lambda table, columns: read_table(lake, table, columns))
    for name, rows in made.items():
        order = [(column, "ascending") for column in TABLES[name].order]
        public = read_table(lake, name)
        if lake.partitions("decisions") and not public.sort_by(order).equals(_plain(rows).sort_by(order)):
            yield Finding(f"tables/{name}", "is not what the tables sum up to", Advice.REPAIR)


def _plain(rows: pa.Table) -> pa.Table:
    return rows.replace_schema_metadata(None)


def _outside(lake: LakeLayout) -> Iterator[Finding]:
    """What killed runs left beside the tables, and quarantine and tombstones against what is there."""
    of_runs = (lake.stage.glob("*/.*"), lake.stage.glob(".*"), lake.stage.glob("fetch/*"), lake.raw.glob("*/.*"))
    old = {path for found in of_runs for path in found if _age(path) > _A_DAY}  # a run may be at work
    for path in [*sorted(old), *half_made(lake)]:
        yield Finding(path.relative_to(lake.root).as_posix(), "half-made by a run that was killed", Advice.SWEEP, path)
    for path in damaged_caches(lake):
        where = path.relative_to(lake.root).as_posix()
        yield Finding(where, "a damaged cache, which the next run that needs it makes anew", Advice.SWEEP, path)
    entries = read_table(lake, "quarantine", ["stored_as", "source_name"]).to_pylist()
    kept = {lake.root / entry["stored_as"]: entry["source_name"] for entry in entries if entry["stored_as"]}
    for path in lake.quarantine.glob("*"):
        if path not in kept:
            yield Finding(f"quarantine/{path.name}", "a copy of a file that is not in quarantine", Advice.SWEEP, path)
    for path, name in kept.items():
        if not path.exists():
            yield Finding(f"quarantine/{path.name}", f"the copy of {name} is gone", Advice.FETCH_AGAIN)
    gone = removed(lake)
    staged = (path for path in staged_with(lake, gone) if not path.name.startswith("."))
    for path in sorted({*kept_of(lake, gone), *staged} - old):
        what = "kept of a letter that was removed, by a run that was at work on it and has not published"
        yield Finding(path.relative_to(lake.root).as_posix(), what, Advice.SWEEP, path)


def _age(path: Path) -> float:
    """Seconds since a file or folder was changed; none for one that a run has just finished with."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _bytes(lake: LakeLayout, *, deep: bool) -> Iterator[Finding]:
    """Published letters whose bytes are not in the raw store, or not as they were."""
    rows = read_table(lake, "documents", ["document_id", "byte_size"])
    sizes = dict(zip(*rows.to_pydict().values(), strict=True))
    there = files_of(lake.raw)
    for document_id, size in sizes.items():
        path = there.get(document_id)
        if path is None or path.stat().st_size != size or (deep and sha256_of(path) != document_id):
            what = "is gone" if path is None else "is not what was fetched"
            yield Finding(
                f"raw/{document_id[:2]}/{document_id[:12]}...",
                what,
                Advice.FETCH_AGAIN if path is None else Advice.SET_ASIDE,
            )
    for path in changed_bytes(lake, sizes) if deep else ():
        yield Finding(path.relative_to(lake.root).as_posix(), "is not what was fetched", Advice.CHANGED_COPY)


def _release(folder: Path) -> Iterator[Finding]:
    for name in verify_release(folder):
        yield Finding(f"releases/{folder.name}/{name}", "missing, changed or not listed", Advice.DROP_RELEASE)
