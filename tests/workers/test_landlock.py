"""A worker has the files that it needs, and no others; where the kernel cannot keep it to them, nothing breaks."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from imr.lake.layout import LakeLayout
from imr.publication.run_context import RunContext, run_context
from imr.workers import landlock
from imr.workers.batch import FileLimits, Workers
from imr.workers.landlock import Fence, of_this_program
from tests.conftest import ROOT
from tests.workers.in_a_fence import (
    links,
    lists,
    makes,
    makes_a_folder,
    reads,
    recognise_a_dirty_page,
    removes,
    renames,
    start_without_landlock,
    tried,
    writes,
)

LIMITS = FileLimits(seconds=20.0, memory_bytes=1 << 30, attempts=1)

needs_landlock = pytest.mark.skipif(
    not landlock.version(),
    reason="this kernel has no Landlock, or it is switched off: workers have the operator's files",
)


READING, WRITING = (reads, lists), (writes, makes, removes, renames, links, makes_a_folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("fence")
    for name in ("inside", "outside", "scratch"):
        (made / name).mkdir()
    return made


@pytest.fixture(scope="module")
def pool(folder: Path) -> Iterator[Workers]:
    fence = Fence((*of_this_program(), str(ROOT), str(folder / "inside")), (str(folder / "scratch"),))
    with Workers(1, LIMITS, fence) as running:
        yield running


def told(workers: Workers, function: Callable[..., Any], *arguments: Any) -> Any:
    (outcome,) = workers.call(function, [arguments], lambda _: None)
    assert outcome.error is None, outcome.error.message
    return outcome.result


@needs_landlock
@pytest.mark.parametrize(
    ("place", "may"),
    [
        pytest.param("inside", READING, id="what it reads"),
        pytest.param("outside", (), id="all else"),
        pytest.param("scratch", (*READING, *WRITING), id="where it writes"),
    ],
)
def test_a_worker_has_the_files_that_it_needs(
    pool: Workers, folder: Path, place: str, may: tuple[Callable[[Path], object], ...]
) -> None:
    for way in (*READING, *WRITING):
        path = folder / place / way.__name__ / "file"
        path.parent.mkdir()
        path.write_text("words")
        answer = told(pool, tried, way.__name__, path)
        refused = "EACCES" if way is not links else {"EACCES", "done"}
        assert answer in ({"done"} if way in may and way is not links else {"EACCES"} if way is not links else refused)


@needs_landlock
@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/1/environ", "/proc/self/environ", "/root/.ssh/id", "/tmp/x"])
def test_a_worker_reads_nothing_of_the_machine(pool: Workers, path: str) -> None:
    assert told(pool, tried, "reads", path) in {"EACCES", "ENOENT"}
    assert told(pool, tried, "lists", path) in {"EACCES", "ENOENT"}


@needs_landlock
def test_an_engine_may_make_its_remarks(pool: Workers) -> None:
    pytest.importorskip("tesserocr")
    assert told(pool, recognise_a_dirty_page, 200)


def calls(port: int) -> str:
    with socket.socket() as caller:
        try:
            caller.connect(("127.0.0.1", port))
        except OSError as error:
            return errno.errorcode[error.errno or 0]
    return "connected"


def in_a_fence_alone(port: int) -> str:
    """What comes of a call where the network is there still and only Landlock stands before it."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        landlock.restrict(Fence())
        os.write(writing, calls(port).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    return os.read(reading, 100).decode()


@needs_landlock
def test_from_version_4_on_it_keeps_from_the_network_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answer = told_outside(listener.getsockname()[1])
    assert answer == ("EACCES" if landlock.version() >= 4 else "connected")


def told_outside(port: int) -> str:
    return in_a_fence_alone(port)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunContext]:
    with run_context(LakeLayout(tmp_path_factory.mktemp("lake")), "run", worker_count=1) as context:
        yield context


@needs_landlock
@pytest.mark.parametrize(
    ("who", "do", "place", "may"),
    [
        pytest.param("workers", os.listdir, "raw", True, id="letters: their bytes"),
        pytest.param("workers", os.listdir, "stage", True, id="letters: what was made of them"),
        pytest.param("workers", os.listdir, "tables", False, id="letters: no tables"),
        pytest.param("workers", os.listdir, "", False, id="letters: not the lake"),
        *(
            pytest.param("workers", os.mkdir, f"{place}/new", False, id=f"letters: nothing new in {place}")
            for place in ("raw", "stage", "ocr", "tables")
        ),
        pytest.param("fetchers", os.listdir, "tables", True, id="sources: what the operator reads"),
        pytest.param("fetchers", os.mkdir, "tables/new", False, id="sources: nothing new in tables"),
        pytest.param("fetchers", os.mkdir, "raw/new", True, id="sources: bytes"),
    ],
)
def test_the_workers_of_a_run_have_what_they_need_of_the_lake(
    run: RunContext, who: str, do: Callable[[str], object], place: str, may: bool
) -> None:
    run.lake.tables.mkdir(exist_ok=True)
    (outcome,) = getattr(run, who).call(do, [(run.lake.root / place,)], lambda _: None)
    assert (outcome.error is None) == may
    assert may or "EACCES" in outcome.error.message


@pytest.mark.parametrize("way", ["refused", "absent"])
def test_a_worker_starts_where_there_is_no_landlock(pool: Workers, way: str) -> None:
    assert told(pool, start_without_landlock, way) == "started"
