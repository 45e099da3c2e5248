"""A folder as a checkout is after `make run`: the sample letters, and a lake with their tables."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.flows.helpers import run


@pytest.fixture(scope="session")
def top_folder(landing: Path, tmp_path_factory: pytest.TempPathFactory, prefect_harness: None) -> Path:
    """That folder; not to be changed."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(landing, folder / "data_lake" / "landing")
    run(folder / "data_lake", folder / "data_lake" / "landing")
    return folder


@pytest.fixture(scope="session")
def lake_folder(top_folder: Path) -> Path:
    """The folder of the lake in it."""
    return top_folder / "data_lake"
