"""One Prefect server for all tests here whose runs are processes of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.reliability.runs import Environment, prefect_server


@pytest.fixture(scope="session")
def prefect_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """The environment of runs that use the server."""
    with prefect_server(tmp_path_factory.mktemp("prefect")) as environment:
        yield environment
