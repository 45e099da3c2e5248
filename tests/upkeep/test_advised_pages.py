"""What the pages on keeping a lake have people type: done to a lake, which is then as one that was never harmed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.letters import reprocess
from imr.cli.main import app
from imr.lake.layout import LakeLayout
from tests.flows.helpers import rows, run
from tests.upkeep.test_advice import older, whole

Act = Callable[[LakeLayout, Path], None]


def _imr(*words: str, lake: LakeLayout) -> None:
    done = CliRunner().invoke(app, [*words, "--lake", str(lake.root)])
    assert done.exit_code == 0, done.output


def _restored(lake: LakeLayout, backup: Path, names: Sequence[str]) -> None:
    """Put folders and files back from a backup, as "Restoring" says."""
    for name in names:
        (shutil.copytree if (backup / name).is_dir() else shutil.copy)(backup / name, lake.root / name)
    done = CliRunner().invoke(app, ["doctor", "--deep", "--repair", "--lake", str(lake.root)])
    assert done.exit_code in (0, 1), done.output
    reprocess(lake=str(lake.root), damaged=True, return_state=True).result()


def _from_a_release(lake: LakeLayout, backup: Path) -> None:
    _imr("release", "nightly", lake=lake)
    shutil.copytree(lake.root / "releases" / "nightly", backup)
    shutil.rmtree(lake.tables)
    lake.sums.unlink()
    _restored(lake, backup, ["tables", "SHA256SUMS"])
    shutil.rmtree(lake.root / "releases")


def _from_a_copy(lake: LakeLayout, backup: Path) -> None:
    _imr("doctor", lake=lake)
    shutil.copytree(lake.root, backup, ignore=shutil.ignore_patterns("stage", "lock"))
    shutil.rmtree(lake.root)
    lake.root.mkdir()
    _restored(lake, backup, [path.name for path in backup.iterdir()])


def _with_older_tables(lake: LakeLayout, backup: Path) -> None:
    """Tables of before a letter was lost, bytes of after: what does not fit together is read again."""
    shutil.copytree(lake.tables, backup / "tables")
    shutil.rmtree(lake.tables / "decisions")
    shutil.rmtree(lake.raw)
    shutil.rmtree(lake.tables)
    _restored(lake, backup, ["tables"])


def _upgraded(lake: LakeLayout, _: Path) -> None:
    older(lake)
    _imr("migrate", lake=lake)
    reprocess(lake=str(lake.root), return_state=True).result()


def _pruned(lake: LakeLayout, _: Path) -> None:
    _imr("release", "old", lake=lake)
    for name in ("stage", "ocr", "releases/old"):
        shutil.rmtree(lake.root / name)


KEPT: dict[str, Act] = {
    "backup-and-moving: The simplest backup: a release": _from_a_release,
    "backup-and-moving: Copying the tables themselves": _from_a_copy,
    "backup-and-moving: Restoring": _with_older_tables,
    "upgrading: In this order": _upgraded,
    "pruning: stage/, ocr/, releases/": _pruned,
}
TRIED = {*KEPT, "pruning: stage/", "pruning: ocr/", "pruning: releases/"} - {"pruning: stage/, ocr/, releases/"}


@pytest.mark.parametrize("advice", KEPT)
def test_a_lake_is_whole_after_what_is_advised(
    published: LakeLayout, lake: LakeLayout, landing: Path, tmp_path: Path, advice: str
) -> None:
    KEPT[advice](lake, tmp_path / "backup")
    run(lake.root, landing)
    whole(lake, published)


def test_a_lake_of_which_only_the_bytes_are_left_is_read_from_them(
    published: LakeLayout, lake: LakeLayout, tmp_path: Path
) -> None:
    run(tmp_path / "new", lake.raw, worker_count=1)
    for table in ("documents", "texts", "drugs"):
        of_both = [{row["document_id"] for row in rows(root, table)} for root in (tmp_path / "new", published.root)]
        assert of_both[0] == of_both[1], table
