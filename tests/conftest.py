"""What all tests share: where the real letters are, if they are, and the samples."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from imr.workers import child
from tests.needs import mark, misplaced

child._PRELOADED.append("tests.reliability.machine")  # a worker of a run sees no file of ours
ROOT = Path(__file__).parent.parent
LANDING = ROOT / "data_lake" / "landing"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Before any are chosen by marker, and before pytest-xdist looks at their groups."""
    if lost := misplaced():
        raise pytest.UsageError(f"tests/needs.py names what is not there: {', '.join(lost)}")
    for item in items:
        mark(item, in_parallel=getattr(config.option, "loadgroup", False))


@pytest.fixture(scope="session")
def landing() -> Path:
    """The folder of sample letters."""
    return LANDING


@pytest.fixture(scope="session")
def real_letters() -> Path:
    """The folder of real letters; tests that use it are skipped where IMR_LETTERS does not name one."""
    folder = os.environ.get("IMR_LETTERS")
    if not folder:
        pytest.skip("IMR_LETTERS is not set: no real letters to read")
    return Path(folder)


@pytest.fixture(scope="session")
def prefect_harness() -> Iterator[None]:
    """One Prefect server for all tests that run flows in this process."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


for _name in [name for name in os.environ if name.startswith("OPENLINEAGE")]:
    del os.environ[_name]  # a developer's own receiver is not to hear of tests

# A shared machine is slow now and then: how long an example takes proves nothing.
hypothesis.settings.register_profile("imr", deadline=None)
hypothesis.settings.load_profile("imr")
