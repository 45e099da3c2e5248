"""All tests here run flows in this process."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def prefect_server(prefect_harness: None) -> None:
    """The one Prefect server of the tests."""
