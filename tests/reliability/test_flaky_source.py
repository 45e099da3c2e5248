"""A source that fails now and then, in short; and what checks it sees what is wrong."""

from __future__ import annotations

from pathlib import Path

from imr.lake.layout import LakeLayout
from tests.reliability.flaky_source import faults, fill, run
from tests.reliability.runs import Environment
from tests.sources.web_server import Server, serving


def test_what_fails_for_a_moment_is_recovered_and_poison_is_not(
    prefect_environment: Environment, tmp_path: Path
) -> None:
    with serving(Server()) as server:
        made = fill(server, 150, seed=3)
        summary = run(prefect_environment, server, tmp_path)
    lake = LakeLayout(tmp_path)
    assert made.failing
    assert made.poison
    assert faults(made, summary, lake) == []
    (poisoned, *_) = made.poison
    assert faults(made._replace(poison={}), summary, lake)
    assert faults(made._replace(failing=made.failing | {poisoned}), summary, lake)
    assert faults(made, {**summary, "state": "Completed"}, lake)
