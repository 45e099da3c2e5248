"""What a run costs the Prefect server: `python -m tests.benchmarks.orchestration [--letters 2000 20000] [--engine dask]`.

Brings everything up as `imr up` does and runs `letters/manual` over so many generated letters: task runs, the server's
CPU time (until it has nothing more to write down), the growth of its database, whether that was ever locked, and,
where Chromium is, the seconds until the UI's pages show what they are for.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import psutil
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from imr.synthetic.writing import write_letters
from tests.chromium import chromium
from tests.operated.helpers import Operated, brought_up
from tests.operated.pages import log_in

DRAINED = 3.0
"""Seconds without any task run more, after which the server is taken to have written down everything."""


def cpu(process: psutil.Process) -> float:
    """CPU seconds of a process and its children."""
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def database_bytes(operated: Operated) -> int:
    """What the server's database takes on disk."""
    return sum(file.stat().st_size for file in (operated.home / "up" / "prefect").glob("prefect.db*"))


def task_runs(operated: Operated, run: str) -> int:
    """Task runs of a flow run that the server knows."""
    return int(operated.ask("task_runs/count", {"flow_runs": {"id": {"any_": [run]}}}))


def drained(operated: Operated, run: str) -> int:
    """Wait until no task run comes any more; their number."""
    count, since = task_runs(operated, run), time.monotonic()
    while time.monotonic() - since < DRAINED:
        time.sleep(0.2)
        if (now := task_runs(operated, run)) != count:
            count, since = now, time.monotonic()
    return count


def measure(operated: Operated, letters: int, engine: str, root: Path) -> str:
    """Run once; the run's id."""
    write_letters(root / str(letters), letters)
    server = operated.process("server")
    before, size = cpu(server), database_bytes(operated)
    began = time.perf_counter()
    where = {"sources": [str(root / str(letters))], "lake": str(root / f"lake-{letters}")}
    run = operated.start("letters/manual", engine=engine, **where)
    state = operated.ended(run)
    seconds = time.perf_counter() - began
    runs = drained(operated, run)
    spent, grown = cpu(server) - before, database_bytes(operated) - size
    print(
        f"{letters} letters: {state['name']} after {seconds:.0f} s, {runs} task runs; server {spent:.1f} CPU s "
        f"({1000 * spent / runs:.0f} ms a task run), database +{grown / 2**20:.1f} MiB ({grown / runs / 1024:.0f} KiB a "
        "task run)"
    )
    return run


def idle(operated: Operated, seconds: float = 20.0) -> None:
    """What the server costs while nothing runs."""
    server = operated.process("server")
    before = cpu(server)
    time.sleep(seconds)
    print(f"idle: {(cpu(server) - before) / seconds:.2f} CPU s a second")


def open_pages(operated: Operated, run: str, profile: Path) -> None:
    """Open the pages that people look at, and print after how many seconds each shows what it is for."""
    pages = {
        "runs": ("runs", "letters of"),
        "flow run": (f"runs/flow-run/{run}", "progress phase="),
        "deployments": ("deployments", "quarantine"),
        "artifacts": ("artifacts", "letters-summary"),
    }
    with chromium(profile, "--window-size=1500,1200") as browser:
        log_in(browser, operated, "127.0.0.1")
        for name, (path, wanted) in pages.items():
            began = time.perf_counter()
            browser.get(f"http://127.0.0.1:{operated.port}/{path}")
            WebDriverWait(browser, 60, poll_frequency=0.05).until(
                lambda page, wanted=wanted: wanted in page.find_element(By.TAG_NAME, "body").text
            )
            print(f"page {name}: {time.perf_counter() - began:.1f} s")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--letters", type=int, nargs="+", default=[2_000, 20_000])
    options.add_argument("--engine", default="threads")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home, root = Path(scratch) / "home", Path(scratch) / "letters"
        home.mkdir()
        with brought_up(home) as operated:
            idle(operated)
            for letters in chosen.letters:
                run = measure(operated, letters, chosen.engine, root)
            locked = (home / "up" / "server.log").read_text(errors="replace").count("database is locked")
            print(f"'database is locked' in the server's log: {locked} times")
            if shutil.which("chromedriver"):
                open_pages(operated, run, home / "profile")


if __name__ == "__main__":
    main()
