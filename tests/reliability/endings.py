"""Runs that are ended in their middle, by all that ends runs: `python -m tests.reliability.endings [--only CAUSE ...]`.

Each cause strikes at each step: when the first batch has been fetched, read, split or extracted, while the commit is
prepared, and while it takes place. Then everything that belonged to the run must be gone within five seconds, the run
must have the right exit code and a final state in Prefect, the tables must be as they were (or the commit whole), and
the next run must bring everything in. Prints a table with a line for each. Filling a disk needs the right to mount one.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from imr.lake.layout import LakeLayout
from imr.synthetic.writing import write_letters
from imr.upkeep.doctor import examine
from tests.flows.helpers import rows
from tests.operated.helpers import FINAL, Operated, brought_up, wait_until
from tests.reliability.full_disk import NoMountError, small_disk
from tests.reliability.runs import Environment, Run, start

LETTERS, BATCH_SIZE = 400, 50
AT_MOST = 5.0
"""Seconds from the cause until everything has ended."""

STEPS: Mapping[str, str] = {
    "fetch": "stage/fetch/[!.]*",
    "ocr_cleanup": "stage/ocr_cleanup/[!.]*",
    "section_split": "stage/section_split/[!.]*",
    "extract": "stage/extract/[!.]*",
    "publish": "journal/*/*",
    "commit": "journal/commit.json",
}
"""The steps, by what there is in the lake as soon as they have done something."""


_KILLS = ("SIGKILL", "run killed", "everything killed")


class Ending(NamedTuple):
    """How a run ended."""

    cause: str
    step: str
    seconds: float
    exit_code: int | None
    """Of `imr run`; none for a run of a worker."""
    state: str
    next_run: str
    faults: tuple[str, ...]

    def __str__(self) -> str:
        code = "" if self.exit_code is None else str(self.exit_code)
        said = "; ".join(self.faults)
        return f"| {self.cause} | {self.step} | {self.seconds:.1f} | {code} | {self.state} | {self.next_run} | {said} |"


HEAD = "| cause | step | seconds | exit code | state in Prefect | next run | faults |\n|---|---|---|---|---|---|---|"


class Trials:
    """Runs on a machine that is up, each ended by some cause at some step."""

    def __init__(self, operated: Operated, root: Path, letters: int = LETTERS) -> None:
        self.operated, self.root, self.letters, self._count = operated, root, letters, 0
        self.source = root / "letters"
        write_letters(self.source, letters, seed=11)
        api = f"http://127.0.0.1:{operated.port}/api"
        self.environment: Environment = {
            **operated.environment,
            "PREFECT_API_URL": api,
            "PREFECT_API_AUTH_STRING": operated.secret(),
        }

    def signalled(self, step: str, number: signal.Signals, twice: bool = False) -> Ending:
        """`imr run` gets a signal, as by Ctrl-C or from whoever ends services."""
        with self._run(step) as (lake, run):
            family, began = family_of(run.pid), time.monotonic()
            run.send_signal(number)
            if twice:
                time.sleep(0.05)
                run.send_signal(number)
            gone = until_gone(family, began)
            right = () if run.wait() == 128 + number or number == signal.SIGKILL else (f"exit code {run.returncode}",)
            name = f"{'two ' if twice else ''}{number.name}"
            return self._ending(name, step, lake, gone, run.returncode, right, run=lake.name)

    def full_disk(self, step: str) -> Ending:
        """The disk of the lake is full all at once."""
        with small_disk(self._folder(), 64) as disk, self._run(step, disk / "lake") as (lake, run):
            family, began, ballast = family_of(run.pid), time.monotonic(), disk / "ballast"
            with suppress(OSError), ballast.open("wb", 0) as file:
                while True:
                    file.write(bytes(min(1 << 16, max(1, shutil.disk_usage(disk).free))))
            gone = until_gone(family, began)
            ballast.unlink()
            right = () if run.wait() in (0, 1) else (f"exit code {run.returncode}",)
            return self._ending("full disk", step, lake, gone, run.returncode, right, run=f"{disk.name}/lake")

    def cancelled(self, step: str) -> Ending:
        """A run of a worker is cancelled, in the UI or by `prefect flow-run cancel`."""
        with self._work(step) as (lake, run):
            family, began = self._flow_family(), time.monotonic()
            self._cancel(run)
            return self._ending("cancel of a worker's run", step, lake, until_gone(family, began), None, run=run)

    def cancelled_without_worker(self, step: str) -> Ending:
        """`imr run` is cancelled, in the UI or by `prefect flow-run cancel`."""
        with self._run(step) as (lake, run):
            family, began = family_of(run.pid), time.monotonic()
            self._cancel(self._flow_run(lake.name)["id"])
            gone = until_gone(family, began)
            # Whoever cancels a run that commits may come too late.
            possible = (128 + signal.SIGTERM, *([0] if step == "commit" else []))
            right = () if run.wait() in possible else (f"exit code {run.returncode}",)
            return self._ending("cancel of imr run", step, lake, gone, run.returncode, right, run=lake.name)

    def _cancel(self, run: str) -> None:
        """Cancel a run and wait for its final state."""
        self.operated.ask(f"flow_runs/{run}/set_state", {"state": {"type": "CANCELLING", "name": "Cancelling"}})
        wait_until(lambda: self.operated.state(run)["type"] in FINAL, "the run is not cancelled")

    def killed(self, what: str, step: str) -> Ending:
        """The worker processes of a run, its worker, its server or all of them are killed; then `imr up`."""
        with self._work(step) as (lake, run):
            family, began = self._flow_family(), time.monotonic()
            services = [self.operated.process(name) for name in ("worker", "server") if what in (name, "everything")]
            for process in [*services, *(family if what in ("everything", "run") else [])]:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            gone = until_gone(family, began) if what != "server" else 0.0
            self.operated.up()
            self.operated.ended(run)
            return self._ending(f"{what} killed", step, lake, gone, None, run=run)

    def stranded(self) -> Ending:
        """The worker is killed while a run is pending."""
        lake = self._folder()
        run = self.operated.start("letters/manual", lake=str(lake), sources=[str(self.source)], batch_size=BATCH_SIZE)
        wait_until(lambda: self.operated.state(run)["type"] != "SCHEDULED", "the worker does not take the run")
        worker, began = self.operated.process("worker"), time.monotonic()
        for process in [worker, *worker.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        gone = time.monotonic() - began
        self.operated.up()
        self.operated.ended(run)
        return self._ending("worker killed", "pending", lake, gone, None, run=run)

    def taken_down(self, step: str) -> Ending:
        """`imr down` during a run, then `imr up`."""
        with self._work(step) as (lake, run):
            services = [self.operated.process(name) for name in ("worker", "server")]
            family, began = [*self._flow_family(), *services], time.monotonic()
            said = self.operated.imr("down")
            gone = until_gone(family, began)
            self.operated.up()
            over = step == "commit" and self.operated.state(run)["type"] == "COMPLETED"
            faults = () if over or "it is cancelled" in said else (f"imr down said: {said}",)
            return self._ending("imr down", step, lake, gone, None, faults, run=run)

    def _ending(
        self, cause: str, step: str, lake: Path, seconds: float, code: int | None, faults: tuple[str, ...] = (), *,
        run: str,
    ) -> Ending:  # fmt: skip
        """How it ended: its state in Prefect, what is in the lake, and what the next run makes of it."""
        there = _published(lake)
        # Who is killed in a commit leaves it half done, until the next run.
        if there not in (0, self.letters) and not (step == "commit" and cause in _KILLS):
            faults = (*faults, f"{there} of {self.letters} letters are public")
        state = self._state(run)
        if state["type"] not in FINAL and "SIGKILL" not in cause and not cause.startswith("two"):
            faults = (*faults, "no final state")
        if seconds > AT_MOST and state["type"] != "COMPLETED":  # one that goes on takes as long as it does
            faults = (*faults, "too slow")
        after = start(self.environment, lake, [self.source], BATCH_SIZE)
        after.communicate()
        if after.returncode or _published(lake) != self.letters or examine(LakeLayout(lake)).findings:
            faults = (*faults, "the next run did not bring everything in")
        state = self._state(run)  # the next run calls those crashed whose process is gone
        if state["type"] not in FINAL:
            faults = (*faults, "never a final state")
        return Ending(cause, step, seconds, code, state["name"], f"exit code {after.returncode}", faults)

    def _state(self, run: str) -> Mapping[str, str]:
        """The state of a run, by its id or, of `imr run`, by the folder of its lake, which its name ends with."""
        return self.operated.state(run) if "-" in run else dict(self._flow_run(run)["state"])

    def _flow_run(self, lake: str) -> Mapping[str, Any]:
        """The first run of the lake of some folder."""
        found = self.operated.ask("flow_runs/filter", {"sort": "START_TIME_DESC", "limit": 50})
        return next(dict(each) for each in reversed(found) if each["parameters"].get("lake") == str(self.root / lake))

    @contextmanager
    def _run(self, step: str, lake: Path | None = None) -> Iterator[tuple[Path, Run]]:
        """`imr run` that has come to a step."""
        lake = lake or self._folder()
        run = start(self.environment, lake, [self.source], BATCH_SIZE)
        try:
            _wait_for(lake, step, lambda: run.poll() is None)
            yield lake, run
        finally:
            run.kill()
            run.communicate()

    @contextmanager
    def _work(self, step: str) -> Iterator[tuple[Path, str]]:
        """A run of the worker that has come to a step."""
        lake = self._folder()
        run = self.operated.start("letters/manual", lake=str(lake), sources=[str(self.source)], batch_size=BATCH_SIZE)
        _wait_for(lake, step, lambda: self.operated.state(run)["type"] not in FINAL)
        yield lake, run

    def _flow_family(self) -> list[psutil.Process]:
        """The process in which the worker has a run, and all below it."""
        for child in self.operated.process("worker").children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if child.cmdline()[-2:] == ["-m", "prefect.engine"]:
                    return [*child.children(recursive=True), child]
        return []

    def _folder(self) -> Path:
        self._count += 1
        return self.root / f"lake{self._count}"


def _wait_for(lake: Path, step: str, going_on: Callable[[], bool]) -> None:
    ask_at = time.monotonic()
    while not any(lake.glob(STEPS[step])):
        if time.monotonic() > ask_at:  # seldom: a server that is asked all the time does nothing else
            if not going_on():
                return
            ask_at = time.monotonic() + 1.0
        time.sleep(0.002)


def family_of(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [*process.children(recursive=True), process]


def until_gone(family: Iterable[psutil.Process], since: float) -> float:
    """Seconds until all of some processes are gone; of one that has a parent to wait for it, until it is a zombie."""
    left = list(family)
    while left := [each for each in left if each.is_running() and _alive(each)]:
        if time.monotonic() - since > 120:
            return float("inf")
        time.sleep(0.02)
    return time.monotonic() - since


def _alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


def _published(lake: Path) -> int:
    return len(rows(lake, "documents")) if (lake / "tables").is_dir() else 0


def causes(trials: Trials) -> Mapping[str, Callable[[str], Ending]]:
    """What ends runs, by name, each to be tried at any step."""
    return {
        "sigint": lambda step: trials.signalled(step, signal.SIGINT),
        "sigterm": lambda step: trials.signalled(step, signal.SIGTERM),
        "twice": lambda step: trials.signalled(step, signal.SIGINT, twice=True),
        "sigkill": lambda step: trials.signalled(step, signal.SIGKILL),
        "disk": trials.full_disk,
        "cancel": trials.cancelled,
        "cancelrun": trials.cancelled_without_worker,
        "run": lambda step: trials.killed("run", step),
        "worker": lambda step: trials.killed("worker", step),
        "server": lambda step: trials.killed("server", step),
        "everything": lambda step: trials.killed("everything", step),
        "down": trials.taken_down,
        "pending": lambda _: trials.stranded(),
    }


def main() -> None:
    """Try all causes at all steps and print how the runs ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="causes; all unless told")
    parser.add_argument("--steps", nargs="*", default=list(STEPS))
    parser.add_argument("--letters", type=int, default=LETTERS)
    chosen = parser.parse_args()
    faults = 0
    print(HEAD)
    with tempfile.TemporaryDirectory() as scratch, brought_up(Path(scratch) / "machine") as operated:
        trials = Trials(operated, Path(scratch), chosen.letters)
        for name, end in causes(trials).items():
            if chosen.only and name not in chosen.only:
                continue
            for step in chosen.steps[:1] if name == "pending" else chosen.steps:
                try:
                    ending = end(step)
                except NoMountError:
                    continue
                faults += len(ending.faults)
                print(ending, flush=True)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
