"""The redo journal: the one record that decides whether a commit happened, and the way to finish one.

`journal/<commit_id>/` holds the staged files; `journal/commit.json` lists where each goes, and what else goes for good
with this commit, and which hashes the tables then have. The appearance of that list is the commit point: before it
nothing has happened, after it everything will have.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from imr.errors import Code, LakeError
from imr.lake import containment
from imr.lake.files import sha256_of, sync_folder, write_durably
from imr.lake.layout import LakeLayout
from imr.lake.shared_store import erase_kept

deciding = threading.Lock()
"""Held by this process from before a commit is decided until it has been brought about. Whoever takes it for good, as
the process is to end, can be sure that nothing is decided any more, and that nothing decided is left half-way.
"""


class Move(NamedTuple):
    """One change to a table: `staged` takes the place of `target`; without a staged file the target goes."""

    staged: str | None
    target: str
    sha256: str | None
    rows_before: int
    rows_after: int


class RecoveryReport(NamedTuple):
    """What was found to be unfinished: the commit that was completed, and preparations that were thrown away."""

    finished_commit: str | None
    discarded: int


def write_journal(
    lake: LakeLayout, commit_id: str, moves: Sequence[Move], erased: Sequence[str] = (), sums: str | None = None
) -> None:
    """The commit point: once this returns, `apply` or `recover` will bring the moves about.

    `erased` are files and folders outside of the tables, as paths below the lake, that go with this commit; `sums` is
    the list of the tables' hashes as it will be.
    """
    record = {"commit_id": commit_id, "moves": [move._asdict() for move in moves], "erased": list(erased), "sums": sums}
    write_durably(_record(lake), json.dumps(record | {"sha256": _hash(record)}, indent=1).encode())


def apply(lake: LakeLayout, moves: Sequence[Move], erased: Sequence[str] = (), sums: str | None = None) -> None:
    """Bring the moves about, in order; those that an earlier try brought about already are passed over."""
    folders: dict[Path, None] = {}
    for move in moves:
        target = lake.tables / move.target
        if move.staged is None and not target.exists():
            continue
        folders |= dict.fromkeys(_made(target.parent))
        if move.staged is None:
            target.unlink()
        elif (staged := lake.journal / move.staged).exists():
            staged.replace(target)
        elif not target.exists() or sha256_of(target) != move.sha256:
            raise LakeError(Code.LAKE_DAMAGED, f"{move.target} is neither staged nor in its place")
    for folder in folders:
        sync_folder(folder)
    if sums is not None:
        write_durably(lake.sums, sums.encode())
    for name in erased:
        erase_kept(lake, name)


def clear(lake: LakeLayout, commit_id: str) -> None:
    """Forget a commit that has been brought about."""
    _record(lake).unlink(missing_ok=True)
    sync_folder(lake.journal)
    shutil.rmtree(lake.journal / commit_id, ignore_errors=True)


def recover(lake: LakeLayout) -> RecoveryReport:
    """Finish a commit that was decided but not brought about, and throw undecided preparations away.

    Only ever under the lake's lock: another's preparations look just like left-overs.

    Raises:
        LakeError: `lake_damaged` when the journal speaks of files that are not there or not as they were written.
    """
    finished = None
    if lake.journal.is_symlink():  # whatever it leads to would be taken for left-overs
        raise LakeError(Code.LAKE_DAMAGED, "journal/ is a link: put a folder in its place")
    if _record(lake).exists():
        decided = _read_journal(lake)
        finished = decided.commit_id
        apply(lake, decided.moves, decided.erased, decided.sums)
        clear(lake, finished)
    left_over = list(lake.journal.iterdir()) if lake.journal.is_dir() else []
    for path in left_over:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() and not path.is_symlink() else path.unlink()
    return RecoveryReport(finished, len(left_over))


class _Decided(NamedTuple):
    """What a journal holds."""

    commit_id: str
    moves: list[Move]
    erased: list[str]
    sums: str | None


def _read_journal(lake: LakeLayout) -> _Decided:
    """The journal's commit; nothing happens unless it and every staged file are as they were written."""
    decided = _parsed(_record(lake).read_bytes())
    for move in decided.moves:
        containment.target(lake, move.target)
        staged = containment.staged(lake, move.staged) if move.staged else None
        if staged and staged.exists() and sha256_of(staged) != move.sha256:
            raise LakeError(Code.LAKE_DAMAGED, f"the staged file for {move.target} is not what was written")
    for name in decided.erased:
        containment.erasable(lake, name)
    return decided


def _parsed(journal: bytes) -> _Decided:
    try:
        record = json.loads(journal)
        written = record.pop("sha256", None)
        whole = set(record) <= set(_Decided._fields) and written in (None, _hash(record))  # none: of an older version
        decided = _Decided(
            str(record["commit_id"]),
            [Move(**move) for move in record["moves"]],
            [str(name) for name in record.get("erased", ())],
            record.get("sums"),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LakeError(Code.LAKE_DAMAGED, "journal/commit.json cannot be read") from error
    if not whole or not re.fullmatch(r"\w[\w-]*", decided.commit_id):
        raise LakeError(Code.LAKE_DAMAGED, "journal/commit.json is not as it was written")
    return decided


def _hash(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def under_way(lake: LakeLayout) -> bool:
    """Whether a commit is decided and not yet brought about: the tables may stand between two states."""
    return _record(lake).exists()


def _record(lake: LakeLayout) -> Path:
    return lake.journal / "commit.json"


def _made(folder: Path) -> list[Path]:
    """The folder, made if need be, and with it those above it whose entries that changed."""
    if folder.is_dir():
        return [folder]
    folder.mkdir(parents=True, exist_ok=True)
    return [folder, folder.parent, folder.parent.parent]
