"""A few letters brought in in different ways, and differences that are seen; the long run is the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.helpers import rows
from tests.reliability.runs import Environment
from tests.reliability.same_letters import COMPARED, Digest, RunOf, bring_in, differences, digest_of, ways


def test_however_letters_come_in_the_tables_are_the_same(prefect_environment: Environment, tmp_path: Path) -> None:
    tried = ways(tmp_path, letters=18, seed=4)
    brought = {
        "in small batches": tried["in small batches"],
        "twice over": tried["twice over"][:1],
        "in part": tried["backwards"][:1],
    }
    digests = {}
    for way, runs in brought.items():
        assert bring_in(prefect_environment, tmp_path / way, runs) == []
        digests[way] = {table: digest_of(tmp_path / way, table) for table in COMPARED}
    assert digests["twice over"]["documents"].rows == 18
    assert {row["is_latest"] for row in rows(tmp_path / "twice over", "cases")} == {True, False}
    seen = list(differences(digests))
    assert [table for table in COMPARED if f"{table} is not the same in part as in small batches" in seen] == [
        *COMPARED
    ]
    assert len(seen) == len(COMPARED)  # nothing else


@pytest.mark.parametrize(
    "other", [pytest.param(Digest(2, "b"), id="another row"), pytest.param(Digest(1, "a"), id="a row less")]
)
def test_a_difference_is_told(other: Digest) -> None:
    digests = {"in one go": {"cases": Digest(2, "a")}, "backwards": {"cases": other}}
    assert list(differences(digests)) == ["cases is not the same backwards as in one go"]


def test_a_run_that_fails_is_told(prefect_environment: Environment, tmp_path: Path) -> None:
    runs = [RunOf([tmp_path / "nowhere"], 7)]
    assert bring_in(prefect_environment, tmp_path / "lake", runs) == ["run 1 into lake ended with 2"]
