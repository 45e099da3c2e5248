"""Prefect on this machine as `imr up` brings it up: a server, a worker, all deployments, in folders of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.operated.helpers import Operated, brought_up


@pytest.fixture(scope="package")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    with brought_up(tmp_path_factory.mktemp("operated")) as machine:
        yield machine
