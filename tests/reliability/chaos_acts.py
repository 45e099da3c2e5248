"""What the chaos program has done to a lake at once, each by a process of its own. They give back what can be JSON.

Nothing is imported here that starts a thread: a process that has one does not survive being forked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows import letters as flows
from imr.lake.layout import LakeLayout
from imr.upkeep import doctor as examining
from imr.upkeep import migration, releases, removal, sweep

PATIENCE = 600.0
"""Seconds for which an act waits for the lock: with so many at once, the last one's turn comes late."""
BATCH_SIZE = 4

_OPTIONS: dict[str, Any] = {"worker_count": 1, "batch_size": BATCH_SIZE, "lock_timeout": PATIENCE, "return_state": True}


def ingest(lake: str, sources: Sequence[str]) -> dict[str, int]:
    """A run over some folders."""
    return _counts(flows.letters(list(sources), lake=lake, **_OPTIONS))


def reprocess(lake: str) -> dict[str, int]:
    """Letters of old versions once more."""
    return _counts(flows.reprocess(lake=lake, **_OPTIONS))


def replay(lake: str) -> dict[str, int]:
    """What is in quarantine once more."""
    return _counts(flows.replay(lake=lake, **_OPTIONS))


def remove(lake: str, letter: str, withdraw: bool) -> list[str]:
    """Remove what a name means; the documents."""
    done = removal.remove(LakeLayout(Path(lake)), [letter], "asked for", PATIENCE, withdraw_releases=withdraw)
    return list(done.document_ids)


def release(lake: str, name: str) -> int:
    """Make a release."""
    return releases.make_release(LakeLayout(Path(lake)), name, PATIENCE).files


def doctor(lake: str, deep: bool, repair: bool) -> list[str]:
    """Look at the lake, and repair it if told to; what is wrong, in words."""
    diagnosis = examining.examine(LakeLayout(Path(lake)), deep=deep, repair=repair, lock_timeout=PATIENCE)
    return [f"{found.where}: {found.what}" for found in diagnosis.findings]


def migrate(lake: str) -> dict[str, int]:
    """Rewrite files of an older declaration."""
    return migration.migrate(LakeLayout(Path(lake)), PATIENCE)


def sweep_stage(lake: str) -> int:
    """Remove what the stage keeps to no use."""
    return sweep.sweep(LakeLayout(Path(lake)), lock_timeout=PATIENCE).folders


def _counts(state: Any) -> dict[str, int]:
    summary = state.result()
    return {name: getattr(summary, name) for name in ("files_in", "files_published", "files_skipped", "files_failed")}
