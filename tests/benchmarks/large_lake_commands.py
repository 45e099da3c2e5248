"""What commands cost on a large lake: `python -m tests.benchmarks.large_lake_commands LAKE [NAME...]`.

LAKE is one that `large_lake` made. Each command is a process of its own, of which the seconds, those of CPU and the peak
memory are given; runs are timed inside theirs, after Prefect has started and run once. They change the lake: `removal`
takes a letter out of it, `ten new` brings ten in.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from commands.flow_run import prepare_prefect
from commands.local_prefect.temporary_server import no_heartbeats, server_for_a_run
from imr.synthetic.writing import write_letters

_IMR = str(Path(sys.executable).with_name("imr"))
_FIRST, _SECOND = "CM13-0000000", "CM13-0000001"
_SEED_OF_NEW = 4711
"""Of letters that no lake of `large_lake` has."""


def commands(lake: Path) -> dict[str, list[str]]:
    """Each command that is measured, by a name for it."""
    of_lake = ["--lake", str(lake)]
    run = [sys.executable, "-m", "tests.benchmarks.large_lake_commands", str(lake), "--run"]
    return {
        "status": [_IMR, "status", *of_lake],
        "explain": [_IMR, "explain", _FIRST, "-o", os.devnull, *of_lake],
        "lineage": [_IMR, "lineage", _FIRST, *of_lake],
        "quarantine list": [_IMR, "quarantine", "list", *of_lake],
        "doctor": [_IMR, "doctor", *of_lake],
        "diff": [_IMR, "diff", str(lake), str(lake), *of_lake],
        "nothing to do": [*run, "nothing"],
        "ten new": [*run, "new"],
        "removal": [_IMR, "remove", _SECOND, "--reason", "measured", "--yes", *of_lake],
    }


class Measured(NamedTuple):
    """What a command took; `peak_bytes` are of the greatest of its processes, `said` is the last line of its output."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    exit_code: int
    said: str


def measured(command: list[str]) -> Measured:
    """Run a command to its end."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    lines = [line for line in said.splitlines() if line.strip()]
    code = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(time.perf_counter() - began, cpu, usage.ru_maxrss * 1024, code, lines[-1] if lines else "")


def timed_run(lake: Path, what: str) -> None:
    """Start Prefect, run once into a lake beside this one, then time a run into it; its seconds go to the output."""
    prepare_prefect(verbose=False)
    server = server_for_a_run()
    from flows.letters import letters

    if server:
        server.wait()
    new = lake.with_name(f"{lake.name}-new")
    shutil.rmtree(new, ignore_errors=True)
    write_letters(new / "letters", 10, seed=_SEED_OF_NEW + time.time_ns())
    letters([str(new / "letters")], lake=str(new / "lake"))
    source = lake / "landing" if what == "nothing" else new / "letters"
    began, cpu = time.perf_counter(), time.process_time()
    with no_heartbeats():
        state = letters([str(source)], lake=str(lake), return_state=True)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(f"after start-up {seconds:.1f} s, {cpu:.1f} s of CPU in its own process; {state.message}")
    shutil.rmtree(new)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("lake", type=Path)
    options.add_argument("names", nargs="*", help="only these commands")
    options.add_argument("--run", choices=["nothing", "new"], help="do this run and nothing else")
    chosen = options.parse_args()
    if chosen.run:
        timed_run(chosen.lake.absolute(), chosen.run)
        return
    for name, command in commands(chosen.lake.absolute()).items():
        if not chosen.names or name in chosen.names:
            took = measured(command)
            figures = f"{took.seconds:6.1f} s {took.cpu_seconds:6.1f} s CPU {took.peak_bytes / 2**20:6.0f} MiB"
            print(f"{name:16} {figures}  exit {took.exit_code}  {took.said[:120]}", flush=True)


if __name__ == "__main__":
    main()
