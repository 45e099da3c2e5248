"""How far a run is, while it is: an artifact that moves in the UI, and a line in the log every tenth of the way."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import cast
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact

from imr.fingerprint import LETTER_STEPS
from imr.workers.progress import listening
from tasks.log import run_log

SECONDS_BETWEEN = 2.0
"""Between two looks at how far the run is. A run that is over before the first leaves no artifact of it."""


class Phase:
    """A part of a run that has its own progress: the files of some steps, each file counted once per step."""

    def __init__(self, key: str, what: str, steps: tuple[str, ...]) -> None:
        self.steps = steps
        self._key, self._what = key, what
        self._done, self._expected = Counter[str](), Counter[str]()
        self._artifact: UUID | None = None
        self._shown = self._logged = -1.0

    def tell(self, step: str, done: int, added: int) -> None:
        """Take note of files that are done or to be done."""
        self._done[step] += done
        self._expected[step] += added

    def show(self) -> None:
        """Bring the artifact up to date, and the log if another tenth is done."""
        done, expected = self._done.total(), self._expected.total()
        if not expected or done == self._shown:
            return
        self._shown, share = done, min(done / expected, 1.0)
        last = self.steps[-1]
        said = f"{self._done[last]:,} of {self._expected[last]:,} files {self._what}"
        if self._artifact is None:
            self._artifact = cast("UUID", create_progress_artifact(share * 100, self._key, said))
        else:
            update_progress_artifact(self._artifact, share * 100, said)
        if int(share * 10) > self._logged:
            self._logged = int(share * 10)
            run_log().info("progress", phase=self._what, done=self._done[last], of=self._expected[last])


@contextmanager
def progress_shown() -> Iterator[None]:
    """Show how far the flow run inside of this block is, every two seconds and at its end."""
    phases = (
        Phase("letters-fetching", "fetched", ("fetch",)),
        Phase("letters-reading", "through all steps", LETTER_STEPS),
    )
    over = threading.Event()

    def listen(step: str, done: int, added: int) -> None:
        for phase in phases:
            if step in phase.steps:
                phase.tell(step, done, added)

    def watch() -> None:
        if over.wait(SECONDS_BETWEEN):
            return
        while not over.wait(SECONDS_BETWEEN):
            show()
        show()

    def show() -> None:
        for phase in phases:
            phase.show()

    # In the flow run's context: there its artifacts and its log belong to it.
    watcher = threading.Thread(target=copy_context().run, args=(watch,), daemon=True)
    with listening(listen):
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
