"""Some faults at some calls of a commit and of a recovery; all of them at all calls are the program's."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable
from pathlib import Path

import pytest

import imr.lake.transaction
from imr.lake import journal
from imr.lake.layout import LakeLayout
from tests.reliability.failing_writes import Trial, beginnings, cases
from tests.reliability.faulty import Case, Faulty
from tests.reliability.one_commit import content, first_run, recovery, second_run
from tests.reliability.small_lakes import document_id

EVERY = 6


@pytest.fixture(scope="module")
def lakes(tmp_path_factory: pytest.TempPathFactory) -> tuple[LakeLayout, LakeLayout]:
    return beginnings(tmp_path_factory.mktemp("lakes"))


def test_a_commit_bears_faults(lakes: tuple[LakeLayout, LakeLayout], tmp_path: Path) -> None:
    trial = Trial(lakes[0], second_run, tmp_path / "lake")
    tally = trial.run(cases(trial.tally.points, EVERY, [errno.ENOSPC]))
    assert tally.anomalies == []
    assert tally.points > 60
    assert 0 < tally.after_the_record < tally.told


def test_a_recovery_bears_faults(lakes: tuple[LakeLayout, LakeLayout], tmp_path: Path) -> None:
    assert (lakes[1].journal / "commit.json").exists()
    trial = Trial(lakes[1], recovery, tmp_path / "lake")
    tally = trial.run(cases(trial.tally.points, EVERY, [errno.EIO]))
    assert tally.anomalies == []
    assert tally.points > 30


def _tells_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(imr.lake.transaction, "lake_errors", contextlib.nullcontext)


def _never_recovers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(journal, "recover", lambda _: None)


def _moves_before_it_decides(patch: pytest.MonkeyPatch) -> None:
    write = journal.write_journal

    def early(lake: LakeLayout, commit_id: str, moves: list[journal.Move], *erased: object) -> None:
        journal.apply(lake, moves[:1])
        write(lake, commit_id, moves, *erased)

    patch.setattr(journal, "write_journal", early)


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        pytest.param(_tells_nothing, "told as OSError: ", id="a fault that is not named"),
        pytest.param(_never_recovers, "the next recovery does not put it right", id="no recovery"),
        pytest.param(_moves_before_it_decides, "the tables are not as they were", id="a move before the record"),
    ],
)
def test_a_lake_that_does_not_bear_faults_is_told(
    lakes: tuple[LakeLayout, LakeLayout], tmp_path: Path, breaks: Callable[[pytest.MonkeyPatch], None], said: str
) -> None:
    trial = Trial(lakes[0], second_run, tmp_path / "lake")
    with pytest.MonkeyPatch.context() as patch:
        breaks(patch)
        for case in cases(trial.tally.points, 5, [errno.EIO]):
            told = [anomaly.partition(": ")[2] for anomaly in trial.run([case]).anomalies]
            if any(what.startswith(said) for what in told):
                return
    pytest.fail(f"not told: {told}")


@pytest.mark.parametrize("lasting", [False, True], ids=["passing", "lasting"])
def test_a_fault_strikes_one_call_or_all_from_it_on(tmp_path: Path, lasting: bool) -> None:
    first_run(lake := LakeLayout(tmp_path / "lake"))
    faulty = Faulty(lake, Case(2, errno.EACCES, lasting))
    ends = []
    call = faulty.call(lambda: ends.append("done"))
    for _ in range(3):
        try:
            call()
        except PermissionError:
            ends.append("failed")
    assert ends == ["done", "failed", "failed" if lasting else "done"]


def test_a_write_that_fails_leaves_half_of_its_file(tmp_path: Path) -> None:
    faulty = Faulty(LakeLayout(tmp_path), Case(1, errno.ENOSPC, lasting=False))
    with pytest.MonkeyPatch.context() as patch:
        faulty.watch(patch)
        with pytest.raises(OSError, match="No space left"):
            (tmp_path / "file").write_bytes(b"abcd")
    assert (tmp_path / "file").read_bytes() == b"ab"


def test_the_commit_changes_all_that_commits_change(lakes: tuple[LakeLayout, LakeLayout], tmp_path: Path) -> None:
    trial = Trial(lakes[0], second_run, tmp_path / "lake")
    gone, fresh = trial.old.keys() - trial.new.keys(), trial.new.keys() - trial.old.keys()
    assert gone == {
        "tables/drugs/year=2018/part-000.parquet",
        "tables/texts/year=2018/part-000.parquet",
        f"quarantine/{document_id(3)}.txt",
    }
    assert fresh == {"tables/drugs/year=2016/part-000.parquet", "tables/texts/year=2016/part-000.parquet"}
    assert content(lakes[1]) == trial.old
