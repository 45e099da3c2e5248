"""Faults of the machine, at every step: `python -m tests.reliability.machine_faults [--every N]`.

A lake has letters that are public, one of them a scan, and files in quarantine, for what they hold and for a fault that
may pass; a new letter comes. A run meets a fault of the machine at one step, under the code that published the letters
or under newer code. Whatever becomes of the run: no public letter may leave the tables, nothing may become poison, and
the next run, without the fault, must end as if there had been none.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import imr.fingerprint
from flows.letters import letters
from imr.errors import Code, ImrError
from imr.fingerprint import StepVersions, step_versions
from imr.lake.layout import LakeLayout
from imr.publication.quarantine import entries
from imr.tables.declaration import LETTER_TABLES
from tests.flows.helpers import row_set, rows
from tests.reliability.machine import NUMBERS, STRUCK, strike, strike_while_reading, strike_while_writing

STEPS_IN_WORKERS = {
    "fetch": "imr.publication.batch_steps.fetch.FetchSlice",
    "ocr_cleanup": "imr.publication.batch_steps.ocr_cleanup.CleanSlice",
    "scan": "imr.publication.batch_steps.ocr_cleanup.ScanSlice",
    "section_split": "imr.publication.batch_steps.section_split.SplitSlice",
    "extract": "imr.publication.batch_steps.extract.ExtractSlice",
}
"""What does the letters, in a worker, by step."""

STEPS_OF_THE_RUN = {
    "keep in stage": "imr.lake.stage.write_parquet",
    "read from stage": "imr.lake.stage.read_parquet",
    "publish": "imr.lake.transaction.write_parquet",
    "commit": "imr.lake.journal.write_journal",
    "copies of quarantine": "imr.publication.publishing.keep_copies",
    "caches": "imr.publication.publishing.remember",
}
"""What the run itself calls, by step."""

TOLD = {"read from stage": strike_while_reading, "caches": strike_while_writing}
"""Where what is called tells of a fault in its own words."""

EVERYWHERE = (*NUMBERS, "out of memory")
STORES = ("raw", "stage", "ocr")
CODES = ("old code", "new code")


class Case(NamedTuple):
    """Which fault strikes at which step, and under which code."""

    fault: str
    step: str
    code: str

    def __str__(self) -> str:
        return f"{self.fault}, {self.step}, {self.code}"


def cases() -> list[Case]:
    """All of them; a worker is killed where one is at work, and a store is away before a step begins."""
    steps = (*STEPS_IN_WORKERS, *STEPS_OF_THE_RUN)
    found = [
        *product(EVERYWHERE, steps),
        *(("killed worker", step) for step in STEPS_IN_WORKERS),
        *((f"{store} away", step) for store, step in product(STORES, ("fetch", "ocr_cleanup", "section_split"))),
        *((f"{store} lost", "fetch") for store in STORES),
    ]
    return [Case(fault, step, code) for (fault, step), code in product(found, CODES)]


class End(NamedTuple):
    """What a lake holds, without what differs between runs."""

    tables: dict[str, list[str]]
    quarantine: list[tuple[str, str, bool]]


class Trial:
    """A lake before the faults, and what the run that is to come makes of it under each code, undisturbed."""

    def __init__(self, landing: Path, root: Path) -> None:
        self.source, self.before, self.lake = root / "in", root / "before", LakeLayout(root / "lake")
        self.source.mkdir()
        for name in ("CM14-0900001.pdf", "22b8934bf1318066.txt", "scanned-letter.pdf", "parking-notice.txt"):
            shutil.copy(landing / name, self.source)
        self._run()
        shutil.copy(landing / "CM17-0900000.pdf", self.source)
        with self._struck(Case("EIO", "ocr_cleanup", CODES[0])):
            self._run()  # the letter is in quarantine for a fault that may pass
        self.public = {row["document_id"] for row in rows(self.lake.root, "documents")}
        shutil.copy(landing / "CM18-0900000.txt", self.source)  # the new one
        shutil.copytree(self.lake.root, self.before)
        self.ends = {}
        for code in CODES:
            self._afresh()
            with self._under(code):
                self._run()
            self.ends[code] = self.end()

    def anomalies(self, case: Case) -> Iterator[str]:
        """What goes wrong when a fault strikes, and in the run after it."""
        self._afresh()
        with self._under(case.code):
            with self._struck(case):
                self._run()
            if lost := self.public - {row["document_id"] for row in rows(self.lake.root, "documents")}:
                yield f"{len(lost)} public letters are withdrawn"
            if poison := sorted(
                {row.error_code for row in entries(self.lake) if row.is_poison} - {Code.UNKNOWN_FORMAT}
            ):
                yield f"poison: {poison}"
            self._run()
            now, wanted = self.end(), self.ends[case.code]
            yield from (
                f"{name} is not as if nothing had been"
                for name in wanted.tables
                if now.tables[name] != wanted.tables[name]
            )
            if now.quarantine != wanted.quarantine:
                yield f"the quarantine is not as if nothing had been: {now.quarantine}"

    def end(self) -> End:
        """What the lake holds now."""
        tables = {table.name: row_set(self.lake.root, table.name) for table in LETTER_TABLES}
        kept = sorted((row.source_name, row.error_code, row.is_poison) for row in entries(self.lake))
        return End(tables, kept)

    def _afresh(self) -> None:
        shutil.rmtree(self.lake.root)
        shutil.copytree(self.before, self.lake.root)

    def _run(self) -> None:
        """The flow, however it ends: an error of ours is one way, any other is what a fault may lead to."""
        state = letters([str(self.source)], lake=str(self.lake.root), worker_count=1, return_state=True)
        error = state.result(raise_on_failure=False)
        if isinstance(error, Exception) and not isinstance(error, (ImrError, MemoryError)):
            raise error

    @contextmanager
    def _under(self, code: str) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            if code == "new code":
                newer = StepVersions(*(f"{version[:-1]}x" for version in step_versions()))
                patch.setattr(imr.fingerprint, "_installed", lambda: newer)
            yield

    @contextmanager
    def _struck(self, case: Case) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
            patch.setattr("prefect.task_engine.clamped_poisson_interval", lambda *_, **__: 0.01)
            store, _, how = case.fault.partition(" ")
            if store in STORES:
                stack.enter_context(self._missing(getattr(self.lake, store), case.step, how, patch))
            else:
                in_worker = STEPS_IN_WORKERS.get(case.step)
                met = STRUCK[case.fault] if in_worker else partial(TOLD.get(case.step, strike), case.fault)
                patch.setattr(in_worker or STEPS_OF_THE_RUN[case.step], met)
            yield

    @contextmanager
    def _missing(self, store: Path, step: str, how: str, patch: pytest.MonkeyPatch) -> Iterator[None]:
        """A folder of the lake that is away from the beginning of a step on, until the run has ended, or for good."""
        aside = store.with_name("aside")

        def away() -> None:
            if store.exists() and not aside.exists():
                store.rename(aside)

        if step == "fetch":
            away()
        else:
            self._before_step(step, away, patch)
        yield
        if how == "away" and aside.exists():
            shutil.rmtree(store, ignore_errors=True)
            aside.rename(store)
        shutil.rmtree(aside, ignore_errors=True)

    @staticmethod
    def _before_step(step: str, act: Callable[[], None], patch: pytest.MonkeyPatch) -> None:
        module = f"tasks.{step}.run_letter_step"
        real = pytest.importorskip("tasks.letter_step").run_letter_step

        def after_the_act(*args: Any) -> Any:
            act()
            return real(*args)

        patch.setattr(module, after_the_act)


def main() -> None:
    """Let every fault strike, and print the table of what became of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="try only every so manieth case")
    every, found = parser.parse_args().every, dict[Case, list[str]]()
    landing = Path(__file__).parents[2] / "data_lake" / "landing"
    from prefect.testing.utilities import prefect_test_harness

    with tempfile.TemporaryDirectory() as scratch, prefect_test_harness(server_startup_timeout=120):
        trial = Trial(landing, Path(scratch))
        for case in cases()[::every]:
            found[case] = list(trial.anomalies(case))
            print(f"{case}: {'; '.join(found[case]) or 'held'}", flush=True)
    wrong = [case for case, said in found.items() if said]
    print(f"{len(found)} cases, {len(wrong)} anomalies")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
