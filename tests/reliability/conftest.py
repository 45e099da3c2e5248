"""What all runs here have in common that are processes of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.reliability.runs import Environment, environment_of_runs, forked_runs


@pytest.fixture(scope="session")
def prefect_environment(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Iterator[Environment]:
    """The environment of runs that use the Prefect server of the tests."""
    environment = environment_of_runs(tmp_path_factory.mktemp("prefect"), prefect_api)
    with forked_runs(environment):
        yield environment
