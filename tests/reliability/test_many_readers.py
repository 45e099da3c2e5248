"""The short version of `many_readers`."""

from __future__ import annotations

from pathlib import Path

from tests.reliability.many_readers import run


def test_every_answer_is_of_one_commit_also_while_commits_are_made_and_servers_killed(tmp_path: Path) -> None:
    tally = run(tmp_path, readers=8, commits=2, kills=1, seed=1, pause=0.1)
    assert not tally.anomalies
    assert len(tally.commits) >= 3
