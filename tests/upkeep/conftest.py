"""A lake with some of the samples in it, as the flow leaves it, and a fresh copy of it for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imr.lake.layout import LakeLayout
from imr.tables.declaration import TABLES
from tests.flows.helpers import run

Rewrite = Callable[[pa.Table], pa.Table]

FEW = (
    "8c63c8f86f59c3b0.txt",
    "22b8934bf1318066.txt",
    "272914bbfb36339a.txt",
    "CM18-0900000.txt",
    "CM21-0900000.pdf",
    "damaged-letter.pdf",
    "parking-notice.txt",
)
"""A sample of each kind but scans."""


@pytest.fixture(scope="session")
def landing(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few of the samples: the doctor looks at each partition and summary, over and over in these tests."""
    folder = tmp_path_factory.mktemp("few") / "landing"
    folder.mkdir()
    for name in FEW:
        shutil.copy(landing / name, folder)
    return folder


@pytest.fixture(scope="session")
def published(landing: Path, tmp_path_factory: pytest.TempPathFactory, prefect_harness: None) -> LakeLayout:
    """The samples, published; not to be changed."""
    root = tmp_path_factory.mktemp("published") / "lake"
    run(root, landing)
    return LakeLayout(root)


@pytest.fixture
def lake(published: LakeLayout, tmp_path: Path) -> LakeLayout:
    """A copy to do anything to."""
    shutil.copytree(published.root, tmp_path / "lake")
    return LakeLayout(tmp_path / "lake")


@pytest.fixture
def letter(published: LakeLayout) -> str:
    """The id of a published letter."""
    rows = pq.read_table(next((published.tables / "documents").rglob("*.parquet")))
    return str(rows["document_id"][0])


def rewrite(lake: LakeLayout, table: str, change: Rewrite) -> Path:
    """Change the rows of a table's first file, past all protections; gives the file."""
    path = lake.file(lake.partitions(table)[0])
    rows = change(pq.ParquetFile(path).read())
    pq.write_table(rows.cast(TABLES[table].schema), path)
    return path
