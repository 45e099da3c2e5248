"""Tests of a file run in one process, whatever versions of pytest and its plugins are installed."""

from __future__ import annotations

import pytest


def test_a_test_is_distributed_with_its_file(request: pytest.FixtureRequest) -> None:
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("one process runs all tests: there is nothing to distribute")
    assert request.node.nodeid.endswith("@test_needs.py")
