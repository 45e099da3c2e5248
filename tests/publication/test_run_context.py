"""Two runs of one process, at the same time: each has workers, connections and listeners of its own."""

from __future__ import annotations

import os
from pathlib import Path

from imr.lake.layout import LakeLayout
from imr.publication.run_context import run_context
from imr.workers.progress import listening


def test_two_runs_of_one_process_share_nothing(tmp_path: Path) -> None:
    heard: dict[str, list[int]] = {"a": [], "b": []}
    with listening(lambda _, done, added: heard["a"].append(done)):
        first = run_context(LakeLayout(tmp_path / "a"), "a", worker_count=1)
        one = first.__enter__()
    with listening(lambda _, done, added: heard["b"].append(done)):
        with run_context(LakeLayout(tmp_path / "b"), "b", worker_count=1) as two:
            assert one.workers is not two.workers
            assert one.client is not two.client
            (mine,), (others,) = (run.workers.call(os.getpid, [()], run.advance("extract")) for run in (one, two))
            assert mine.result != others.result
        (again,) = one.workers.call(os.getpid, [()], one.advance("extract"))  # the other's end is not its own
        assert again.result == mine.result
    first.__exit__(None, None, None)
    assert heard == {"a": [1, 1], "b": [1]}
