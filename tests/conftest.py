"""What all tests share: where the real letters are, if they are, and the samples."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock

from imr.workers import child
from tests.needs import begins, mark, misplaced
from tests.prefect_server import flows_use, shared_server

child.PRELOADED.append("tests.reliability.machine")  # a worker of a run sees no file of ours
ROOT = Path(__file__).parent.parent
LANDING = ROOT / "data_lake" / "landing"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before any are chosen by marker, and before pytest-xdist looks at their groups."""
    if lost := misplaced():
        raise pytest.UsageError(f"tests/needs.py names what is not there: {', '.join(lost)}")
    for item in items:
        mark(item)
    items.sort(key=begins)


@pytest.fixture(scope="session")
def landing() -> Path:
    """The folder of sample letters."""
    return LANDING


@pytest.fixture(scope="session")
def top_folder(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> Path:
    """A folder as a checkout is after `make run`: the samples, and a lake with their tables; not to be changed.

    It is made once, by whichever process of the tests is first.
    """
    folder = _of_all_processes(tmp_path_factory) / "checkout"
    with FileLock(f"{folder}.lock"):
        if not (folder / "made").exists():
            shutil.copytree(LANDING, folder / "data_lake" / "landing")
            _make_run(folder, prefect_api)
            (folder / "made").touch()
    return folder


def _of_all_processes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for what is made once for all processes of the tests."""
    of_process = tmp_path_factory.getbasetemp()
    return of_process.parent if "PYTEST_XDIST_WORKER" in os.environ else of_process


def _make_run(folder: Path, api: str) -> None:
    """`make run`, with the Prefect server of the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_API", "PREFECT_HOME"))}
    own = {"PREFECT_API_URL": api, "PREFECT_HOME": str(folder / "home"), "IMR_UP": str(folder / "up")}
    done = subprocess.run(
        [sys.executable, "-c", "from imr.cli.main import main; main()", "run", "data_lake/landing", "--lake", "data_lake"],
        cwd=folder, env={**kept, **own},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr  # some of the samples belong into quarantine


@pytest.fixture(scope="session")
def lake_folder(top_folder: Path) -> Path:
    """The folder of the lake of the samples; not to be changed."""
    return top_folder / "data_lake"


@pytest.fixture(scope="session")
def real_letters() -> Path:
    """The folder of real letters; tests that use it are skipped where IMR_LETTERS does not name one."""
    folder = os.environ.get("IMR_LETTERS")
    if not folder:
        pytest.skip("IMR_LETTERS is not set: no real letters to read")
    return Path(folder)


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the one Prefect server of all processes of the tests."""
    tests = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    return shared_server(_of_all_processes(tmp_path_factory) / "prefect", tests)


@pytest.fixture(scope="session")
def prefect_harness(prefect_api: str) -> Iterator[None]:
    """The flows of this process use that server."""
    with flows_use(prefect_api):
        yield


for _name in [name for name in os.environ if name.startswith("OPENLINEAGE")]:
    del os.environ[_name]  # a developer's own receiver is not to hear of tests

# A shared machine is slow now and then: how long an example takes proves nothing.
hypothesis.settings.register_profile("imr", deadline=None)
hypothesis.settings.load_profile("imr")
