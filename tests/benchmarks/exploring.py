"""What the explorer costs on a large lake: `python -m tests.benchmarks.exploring LAKE`.

LAKE is one that `large_lake` made. Its index is made, then a server of its own is asked the fifty searches of
`searches.txt`, each once while it has answered nothing yet and once again; then a commit brings 500 letters, and the
index is brought up to date. `--searches` leaves the index and the tables as they are.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import httpx
import numpy as np
import psutil

from imr.lake.layout import LakeLayout
from tests.benchmarks.large_lake_commands import measured
from tests.explorer.lakes import letters, publish
from tests.explorer.serving import served

SEARCHES = Path(__file__).with_name("searches.txt").read_text(encoding="utf-8").split()
_LETTERS_OF_A_COMMIT = 500
_SEED = 4712
"""Of letters that no lake of `large_lake` has."""


class Answered(NamedTuple):
    """A page: its search, seconds until it was there, and seconds of CPU that the server took."""

    search: str
    seconds: float
    cpu_seconds: float


def make_index(lake: LakeLayout) -> str:
    """Bring the index up to date in a process of its own; what that took."""
    took = measured([sys.executable, "-m", "imr.explorer.making", str(lake.root), str(lake.search)])
    if took.exit_code:
        raise SystemExit(took.said)
    index = lake.search / (lake.search / "current").read_text(encoding="ascii").strip()
    size = sum(file.stat().st_size for part in ("words", "units") for file in (index / part).iterdir())
    return (
        f"{took.seconds:.1f} s, {took.cpu_seconds:.1f} s of CPU, {took.peak_bytes / 2**20:,.0f} MiB at the peak;"
        f" {size / 2**20:,.0f} MiB on disk"
    )


def answers(client: httpx.Client, server: psutil.Process) -> list[Answered]:
    """Each search once."""
    found = []
    for search in SEARCHES:
        before, began = _cpu(server), time.perf_counter()
        client.get(f"/{search}").raise_for_status()
        found.append(Answered(search, time.perf_counter() - began, _cpu(server) - before))
    return found


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def say(name: str, found: list[Answered]) -> None:
    """Print the quantiles, and which took longest."""
    for what, values in (("", [each.seconds for each in found]), (" CPU", [each.cpu_seconds for each in found])):
        middle, high, most = np.quantile(values, [0.5, 0.95, 1]) * 1000
        print(f"{name}{what}: p50 {middle:.0f} ms, p95 {high:.0f} ms, most {most:.0f} ms", flush=True)
    for each in sorted(found, key=lambda each: -each.seconds)[:3]:
        print(f"    {each.seconds * 1000:.0f} ms, {each.cpu_seconds * 1000:.0f} ms of CPU: /{each.search}")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("lake", type=Path)
    options.add_argument("--searches", action="store_true", help="only ask")
    chosen = options.parse_args()
    lake = LakeLayout(chosen.lake.absolute())
    if not chosen.searches:
        shutil.rmtree(lake.search, ignore_errors=True)
    print(f"index: {make_index(lake)}", flush=True)
    began = time.perf_counter()
    with served(lake) as (address, server), httpx.Client(base_url=address, timeout=60) as client:
        print(
            f"first results {time.perf_counter() - began:.1f} s after the start, {server.memory_info().rss / 2**20:.0f} MiB"
        )
        for name in ("cold", "warm"):
            say(name, answers(client, server))
        print(f"{server.memory_info().rss / 2**20:.0f} MiB after {2 * len(SEARCHES)} pages")
    if not chosen.searches:
        with TemporaryDirectory() as folder:
            publish(lake, letters(_SEED, _LETTERS_OF_A_COMMIT), Path(folder))
        print(f"after a commit of {_LETTERS_OF_A_COMMIT} letters: {make_index(lake)}")


if __name__ == "__main__":
    main()
