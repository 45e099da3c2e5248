"""The doctor: finishes what a killed run left, and looks whether everything that a lake promises is so."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from imr.aggregation.by_year import aggregate_by_year
from imr.errors import Code, LakeError
from imr.lake import ledger, sums
from imr.lake.files import lake_errors, read_parquet, sha256_of
from imr.lake.journal import RecoveryReport, recover
from imr.lake.layout import LakeLayout
from imr.lake.lock import only_writer
from imr.lake.public import read_table
from imr.lake.raw_store import RawStore, beside, has_bytes
from imr.lake.shared_store import erase_kept
from imr.lake.traces import kept_of, staged_with
from imr.publication.caches import damaged_caches
from imr.publication.selection import removed
from imr.tables.declaration import TABLES
from imr.upkeep.advice import Advice
from imr.upkeep.invariants import invariants
from imr.upkeep.promises import broken, broken_rows
from imr.upkeep.releases import half_made, no_releases, releases, verify_release
from imr.upkeep.repairs import put_right, set_aside, set_journal_aside
from imr.upkeep.table_files import unlisted_files, unreadable_files

_A_DAY = 86_400
_NAMED = 3
"""Offenders that a finding names."""
_NO_RELEASE = "no release, or one without the package that describes it"


class Finding(NamedTuple):
    """One thing that is wrong: in which place, in plain words, and what to do.

    `left_over` is what a repair removes or sets aside, `offenders` are ids of what is wrong.
    """

    where: str
    what: str
    advice: Advice
    left_over: Path | None = None
    offenders: tuple[str, ...] = ()


class Diagnosis(NamedTuple):
    """What the doctor found, after finishing what was left unfinished."""

    recovery: RecoveryReport
    findings: tuple[Finding, ...]
    repaired: int


def examine(
    lake: LakeLayout,
    *,
    deep: bool = False,
    repair: bool = False,
    write_off: bool = False,
    lock_timeout: float = 60.0,
) -> Diagnosis:
    """Look through a lake while no run may write it.

    Args:
        lake: The lake.
        deep: Hash all bytes again.
        repair: Remove left-overs, set damaged files aside, and make anew what needs no letter to be read.
        write_off: Take it that events which are lost stay so.
        lock_timeout: Seconds to wait for another writer.

    Raises:
        LakeError: `lake_locked` or `lake_write_failed`.
    """
    with only_writer(lake, "doctor", lock_timeout), lake_errors():
        recovery, findings = _look(lake, deep=deep)
        repaired = _clear(lake, findings) if repair else 0
        if write_off:
            lost = (found for found in findings if found.advice is Advice.WRITE_OFF)
            ledger.write_off(lake, (name for found in lost for name in found.offenders))
    if repair and not any(found.advice is Advice.MIGRATE for found in findings):
        repaired += put_right(lake, lock_timeout)
    if repaired or write_off:
        with only_writer(lake, "doctor", lock_timeout), lake_errors():
            _, findings = _look(lake, deep=deep)
    return Diagnosis(recovery, tuple(findings), repaired)


def _look(lake: LakeLayout, *, deep: bool) -> tuple[RecoveryReport, list[Finding]]:
    try:
        recovery = recover(lake)
    except LakeError as error:
        if error.code != Code.LAKE_DAMAGED:
            raise
        return RecoveryReport(None, 0), [Finding("journal", error.message, Advice.SET_ASIDE, lake.journal)]
    findings = [Finding(*fault) for fault in unreadable_files(lake)]
    if not findings:  # else the tables cannot be read as a whole
        findings += [*_ledger(lake), *_rows(lake), *_between_rows(lake), *_summaries(lake)]
        findings += [*_outside(lake), *_bytes(lake, deep=deep)]
    named = {finding.where for finding in findings}
    findings += [Finding(*fault) for fault in unlisted_files(lake, deep=deep) if fault.where not in named]
    if any(found.advice in _BEFORE_WRITING_OFF for found in findings):  # what seems lost may be there yet
        findings = [found for found in findings if found.advice is not Advice.WRITE_OFF]
    findings += [Finding(f"releases/{path.name}", _NO_RELEASE, Advice.DROP_RELEASE) for path in no_releases(lake)]
    findings += [finding for release in releases(lake) for finding in _release(release.folder)] if deep else []
    return recovery, findings


def _clear(lake: LakeLayout, findings: Iterable[Finding]) -> int:
    """Remove left-overs, set damaged files aside, and take off the list of hashes what is gone; gives how many."""
    going = [found.left_over for found in findings if found.left_over and found.advice is Advice.SWEEP]
    damaged = [found.left_over for found in findings if found.left_over and found.advice is Advice.SET_ASIDE]
    for left_over in going:
        erase_kept(lake, left_over.relative_to(lake.root).as_posix())
    if lake.journal in damaged:
        set_journal_aside(lake)
    set_aside(lake, (path for path in damaged if path != lake.journal))
    sums.mend(lake)
    return len(going) + len(damaged) + sum(found.advice is Advice.PUT_BACK for found in findings)


_BEFORE_WRITING_OFF = (Advice.REPAIR, Advice.SET_ASIDE, Advice.PUT_BACK)


def _rows(lake: LakeLayout) -> Iterator[Finding]:
    """Rows of letters that break their table's declaration."""
    for partition, row in broken_rows(lake):
        what = f"{row.column} {row.rule} (letter {row.document_id[:12]})"
        yield Finding(f"tables/{partition.path}", what, Advice.READ_AGAIN)


def _between_rows(lake: LakeLayout) -> Iterator[Finding]:
    """What does not hold between rows."""
    for invariant, found in broken(lake, invariants()):
        named = ", ".join(name[:12] if len(name) == 64 else name for name in found[:_NAMED])
        what = f"not so: {invariant.says} ({len(found)}: {named})"
        yield Finding("tables", what, invariant.advice, None, tuple(found))


def _ledger(lake: LakeLayout) -> Iterator[Finding]:
    """Rows that were committed and that their table has no longer, or otherwise."""
    for table in ledger.KEPT:
        name = f"ledger/{table.name}.parquet"
        try:
            lost = ledger.lost(lake, table).num_rows
        except LakeError as error:
            yield Finding(name, error.message, Advice.SET_ASIDE, lake.root / name)
            continue
        if lost:
            yield Finding(f"tables/{table.name}", f"{lost} rows are not there as they were committed", Advice.REPAIR)


def _summaries(lake: LakeLayout) -> Iterator[Finding]:
    """Summary tables that are not what their tables sum up to."""
    made = aggregate_by_year(lake.partitions, lambda file, columns: read_parquet(lake.file(file), columns))
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
    gone, store = removed(lake), RawStore.of(lake)
    for path in lake.quarantine.glob("*"):
        if path not in kept:
            known = has_bytes(store, path.stem) or path.stem in gone
            advice = Advice.SWEEP if known else Advice.SET_ASIDE
            yield Finding(f"quarantine/{path.name}", "a copy of a file that is not in quarantine", advice, path)
    for path, name in kept.items():
        if not path.exists():
            yield Finding(f"quarantine/{path.name}", f"the copy of {name} is gone", Advice.FETCH_AGAIN)
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
    store = RawStore.of(lake)
    for rows, there in beside(store, read_table(lake, "documents", ["document_id", "byte_size"])):
        sizes = dict(zip(*rows.to_pydict().values(), strict=True))  # each letter once, also one that stands there twice
        for document_id, size in sizes.items():
            file = there.pop(document_id, None)
            if file is None or file.size != size or (deep and store.sha256(file) != document_id):
                what = "is gone" if file is None else "is not what was fetched"
                advice = Advice.SET_ASIDE if file else Advice.FETCH_AGAIN
                yield Finding(f"raw/{document_id[:2]}/{document_id[:12]}...", what, advice, file and file.path)
        others = sorted(there.values()) if deep else ()
        yield from (_changed(lake, file.path) for file in others if store.sha256(file) != file.path.stem)
    copies = sorted(lake.quarantine.glob("[!.]*")) if deep else ()
    yield from (_changed(lake, path) for path in copies if sha256_of(path) != path.stem)


def _changed(lake: LakeLayout, path: Path) -> Finding:
    return Finding(path.relative_to(lake.root).as_posix(), "is not what was fetched", Advice.CHANGED_COPY)


def _release(folder: Path) -> Iterator[Finding]:
    for name in verify_release(folder):
        yield Finding(f"releases/{folder.name}/{name}", "missing, changed or not listed", Advice.DROP_RELEASE)
