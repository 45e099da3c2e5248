"""Runs that use what another run had staged, which may never have published: every row names a run that did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import flows.ingest
import imr.fingerprint
from flows.letters import letters
from imr.fingerprint import step_versions
from imr.lake.layout import LakeLayout
from imr.settings import Gate, GateLimits
from imr.synthetic.writing import write_letters
from imr.upkeep.doctor import examine
from tests.flows.helpers import last_events, rows, run

STRICT = GateLimits(failed_files=0, failed_share=0.01)
LETTERS = 5


class _BrokenOffError(Exception):
    """As if the run had been killed."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Some letters, and one file that is none and goes to quarantine once it is split."""
    write_letters(tmp_path / "in", LETTERS)
    (tmp_path / "in" / "notice.txt").write_text("Please move your car.\n" * 40, encoding="utf-8")
    return tmp_path / "in"


def _refused(lake: Path, source: Path, _: pytest.MonkeyPatch) -> None:
    assert letters([str(source)], lake=str(lake), limits=STRICT, return_state=True).is_failed()


def _broken_off(at: str) -> Callable[[Path, Path, pytest.MonkeyPatch], None]:
    def break_off(lake: Path, source: Path, patch: pytest.MonkeyPatch) -> None:
        def broken(*_: object, **__: object) -> None:
            raise _BrokenOffError

        with patch.context() as context:
            context.setattr(flows.ingest, at, broken)
            assert letters([str(source)], lake=str(lake), return_state=True).is_failed()

    return break_off


def _twice(lake: Path, source: Path, patch: pytest.MonkeyPatch) -> None:
    _refused(lake, source, patch)
    _broken_off("aggregate")(lake, source, patch)


def assert_all_is_of_runs_that_published(lake: Path) -> None:
    """Every row joins a commit of its own run, and every file of every run has one end."""
    commits = {row["commit_id"]: row["run_id"] for row in rows(lake, "commits")}
    assert {row["run_id"] for row in rows(lake, "documents")} <= set(commits.values())
    events = rows(lake, "lineage")
    assert [event for event in events if commits.get(event["commit_id"]) != event["run_id"]] == []
    assert len({event["event_id"] for event in events}) == len(events)
    for run_id in set(commits.values()):
        assert {len(ends) for ends in last_events(lake, run_id).values()} <= {1}
    assert examine(LakeLayout(lake)).findings == ()


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(_refused, id="refused"),
        pytest.param(_broken_off("make_public"), id="broken off before it published"),
        pytest.param(_broken_off("commit"), id="broken off before its commit"),
        pytest.param(_twice, id="refused and then broken off"),
    ],
)
def test_what_a_run_left_that_never_published_is_of_the_run_that_does(
    before: Callable[[Path, Path, pytest.MonkeyPatch], None],
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lake = tmp_path / "lake"
    before(lake, source, monkeypatch)
    assert rows(lake, "lineage") == []
    _, summary = run(lake, source, limits=STRICT, accept=[Gate.ERROR_BUDGET])
    assert (summary.files_published, summary.files_quarantined) == (LETTERS, 1)
    assert {row["run_id"] for table in ("documents", "lineage") for row in rows(lake, table)} == {summary.run_id}
    assert last_events(lake, summary.run_id).keys() == {path.as_uri() for path in source.iterdir()}
    assert summary.steps["ocr_cleanup"] == {"ok": LETTERS + 1, "skipped": LETTERS + 1}
    assert_all_is_of_runs_that_published(lake)


def test_work_that_is_public_already_is_told_once_and_every_run_has_its_own_ends(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules that are changed and changed back: the first stage is used again."""
    lake = tmp_path / "lake"
    run(lake, source)
    installed = step_versions()
    with monkeypatch.context() as patch:
        patch.setattr(imr.fingerprint, "_installed", lambda: installed._replace(split="other", extract="another"))
        run(lake, source)
    _, summary = run(lake, source)
    assert (summary.files_published, summary.files_quarantined) == (LETTERS, 1)
    assert summary.steps["extract"] == {"ok": LETTERS, "skipped": LETTERS}
    worked = Counter(
        row["document_id"] for row in rows(lake, "lineage") if (row["step"], row["status"]) == ("ocr_cleanup", "ok")
    )
    assert set(worked.values()) == {1}
    assert_all_is_of_runs_that_published(lake)
