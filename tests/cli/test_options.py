"""What `--commit-every` takes."""

from __future__ import annotations

import pytest
import typer

from imr.cli.options import commit_every_of
from imr.settings import CommitEvery


@pytest.mark.parametrize(
    ("given", "every"),
    [
        pytest.param([], CommitEvery(50_000, 60.0), id="nothing"),
        pytest.param(["run"], CommitEvery(None, None), id="all at the end"),
        pytest.param(["5000"], CommitEvery(5_000, None), id="letters"),
        pytest.param(["1.5min"], CommitEvery(None, 1.5), id="minutes"),
        pytest.param(["30min", "500"], CommitEvery(500, 30.0), id="both"),
    ],
)
def test_letters_or_minutes_or_both(given: list[str], every: CommitEvery) -> None:
    assert commit_every_of(given) == every


@pytest.mark.parametrize("value", ["0", "-5", "2h", "many", "", "min"])
def test_anything_else_is_wrong_usage(value: str) -> None:
    with pytest.raises(typer.BadParameter):
        commit_every_of([value])
