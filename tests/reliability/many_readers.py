"""Readers of the explorer while commits are made: `python -m tests.reliability.many_readers [--readers N] [--commits N]`.

Readers ask a server for pages, decisions and exports without pause, while one commit after the other brings some letters
and takes one away. After some commits the program that indexes is killed in its middle, and the server with it, and
started again. Every answer has to be a page with the numbers of one commit, all of them those that DuckDB counted after
that commit.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import count, cycle
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import psutil
import pyarrow.parquet as pq

from imr.api.sql import connect
from imr.explorer.generation import current, read_manifest
from imr.lake.layout import LakeLayout
from imr.lake.snapshot import state_of
from tests.explorer.lakes import letters, publish
from tests.explorer.serving import Served, served

ASKED = {
    "/": "true",
    "/?outcome=upheld&compare=category": "outcome = 'upheld'",
    "/?year=2016&year=2017&sort=oldest": "case_year IN (2016, 2017)",
    "/?page=2": "true",
    "/repeated": "true",
    "/export.csv?outcome=upheld": "outcome = 'upheld'",
    "/export.parquet": "true",
}
"""What is asked for, and which decisions it is about as SQL."""

LETTERS, LETTERS_OF_A_COMMIT = 20, 5
_SECONDS_UNTIL_SEEN = 300.0

_TOTAL = re.compile(r"<h1><strong>([\d,]+)</strong>")
_ODDS = re.compile(r"<span>of ([\d,]+)</span>")
_FORMS = re.compile(r"<h2>Form of the letter</h2></summary>(.*?)</ul>", re.DOTALL)
_COUNT = re.compile(r"<b>([\d,]+)</b>")
_COMMIT = re.compile(r"as of commit <code>([0-9a-f]{8})</code>")
_DECISION = re.compile(r'<h2><a href="(/decision/[^"]+)"')

Truth = Mapping[str, int]
"""How many decisions each address is about, after a commit."""


class Sight(NamedTuple):
    """What an answer said: the commits that it named, and its numbers of decisions, which have to be all the same."""

    address: str
    status: int
    commits: frozenset[str]
    numbers: frozenset[int]


def sight_of(address: str, answer: httpx.Response) -> Sight:
    """What there is to be judged in an answer."""
    if answer.status_code != httpx.codes.OK:
        return Sight(address, answer.status_code, frozenset(), frozenset())
    if address.startswith("/export.csv"):
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        named, numbers = [row["commit_id"][:8] for row in rows], [len(rows)]
    elif address.startswith("/export.parquet"):
        table = pq.read_table(io.BytesIO(answer.content))
        named, numbers = [commit[:8] for commit in table["commit_id"].to_pylist()], [table.num_rows]
    else:
        named, numbers = _COMMIT.findall(answer.text), list(_numbers(answer.text))
    return Sight(address, answer.status_code, frozenset(named), frozenset(numbers))


def _numbers(page: str) -> Iterator[int]:
    """What a page of results says of how many they are: above, of the odds, and the letters' forms, which add up."""
    yield from map(_number, (*_TOTAL.findall(page), *_ODDS.findall(page)))
    for forms in _FORMS.findall(page):
        yield sum(map(_number, _COUNT.findall(forms)))


def _number(said: str) -> int:
    return int(said.replace(",", ""))


@dataclass
class Tally:
    """What was seen by all readers."""

    answers: int = 0
    sights: Counter[Sight] = field(default_factory=Counter)
    restarts: int = 0
    anomalies: Counter[str] = field(default_factory=Counter)

    @property
    def commits(self) -> frozenset[str]:
        """The commits that answers were of."""
        return frozenset().union(*(sight.commits for sight in list(self.sights)))

    def __str__(self) -> str:
        return (
            f"{self.answers} answers, of {len(self.commits)} commits; killed in mid-index {self.restarts} times:"
            f" {self.anomalies.total()} anomalies"
        )


def judge(tally: Tally, truth: Mapping[str, Truth], gone: Collection[str]) -> None:
    """Count what was no state of one commit; the page of a decision that is gone may be missing."""
    for sight, times in tally.sights.items():
        if sight.status == httpx.codes.NOT_FOUND and sight.address.split("/")[2:3] in ([each] for each in gone):
            continue
        expected = {truth[commit].get(sight.address) for commit in sight.commits if commit in truth}
        if sight.status != httpx.codes.OK:
            tally.anomalies[f"{sight.address} answered {sight.status}"] += times
        elif len(expected) != 1 or len(sight.commits) != 1:
            tally.anomalies[f"{sight.address} is of the commits {sorted(sight.commits)}"] += times
        elif sight.numbers and sight.numbers != expected:
            tally.anomalies[f"{sight.address} says {sorted(sight.numbers)} and not {expected}"] += times


class Readers:
    """Threads that ask until they are told to stop; a server that was killed is waited for."""

    def __init__(self, address: str, number: int, pause: float) -> None:
        self._address, self._pause, self.tally = address, pause, Tally()
        self._stop, self._up = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._up.set()
        self._threads = [threading.Thread(target=self._read, args=(start,)) for start in range(number)]

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._up.set()
        for thread in self._threads:
            thread.join()

    def meanwhile(self, restart: Callable[[], None]) -> None:
        """Kill a server and start it again: who gets no answer then asks again."""
        self._up.clear()
        self.tally.restarts += 1
        restart()
        self._up.set()

    def have_seen(self, commit: str) -> bool:
        """Whether an answer was of a commit."""
        with self._lock:
            return commit in self.tally.commits

    def _read(self, start: int) -> None:
        addresses = cycle([*ASKED][start % len(ASKED) :] + [*ASKED][: start % len(ASKED)])
        with httpx.Client(base_url=self._address, timeout=120) as client:
            while not self._stop.is_set():
                self._up.wait()
                found = self._ask(client, next(addresses))
                if found:
                    self._ask(client, found)
                self._stop.wait(self._pause)

    def _ask(self, client: httpx.Client, address: str) -> str | None:
        """Note what an answer says; the address of its first decision."""
        before = self.tally.restarts
        try:
            answer = client.get(address)
        except httpx.TransportError as error:
            if before == self.tally.restarts and self._up.is_set():
                with self._lock:
                    self.tally.anomalies[f"{address} got no answer: {type(error).__name__}"] += 1
            return None
        seen = sight_of(address, answer)
        with self._lock:
            self.tally.answers += 1
            self.tally.sights[seen] += 1
        found = _DECISION.search(answer.text) if address in ASKED and not address.startswith("/export") else None
        return found[1] if found else None


class Server:
    """A server that can be killed and started again at the same port."""

    def __init__(self, lake: LakeLayout, stack: ExitStack) -> None:
        self._lake, self._stack = lake, stack
        self._served: Served = stack.enter_context(served(lake))
        self.address = self._served.address

    def is_indexing(self) -> bool:
        """Whether the index of the newest commit is being made, once that has begun or is over."""
        while not (making := self._making()) and not self._is_made():
            time.sleep(0.002)
        return bool(making)

    def restart(self) -> None:
        """Kill it, and the program that indexes, and start it again."""
        for process in (*self._served.process.children(), self._served.process):
            process.kill()
        psutil.wait_procs([self._served.process])
        self._served = self._stack.enter_context(served(self._lake, urlsplit(self.address).port or 0))

    def _making(self) -> list[Path]:
        return list(self._lake.search.glob(".making-*/words/meta.json"))

    def _is_made(self) -> bool:
        index = current(self._lake.search)
        return index is not None and read_manifest(index).state == state_of(self._lake)


def truth_of(lake: LakeLayout) -> Truth:
    """How many decisions each address is about."""
    with connect(lake) as connection:
        sql = "SELECT count(*) FROM decisions WHERE is_latest AND ({})"
        return {asked: connection.sql(sql.format(where)).fetchall()[0][0] for asked, where in ASKED.items()}


def first_letter(lake: LakeLayout) -> Mapping[str, str]:
    """A letter of a lake, by its id, with its case number."""
    with connect(lake) as connection:
        return dict(connection.sql("SELECT document_id, case_number FROM cases ORDER BY ALL LIMIT 1").fetchall())


def run(folder: Path, readers: int, commits: int, kills: int, seed: int, pause: float = 0.0) -> Tally:
    """Readers, who may pause for some seconds, beside commits, of which some are killed in mid-index."""
    lake, truth = LakeLayout(folder / "lake"), dict[str, Truth]()
    seeds = count(seed)

    gone = dict[str, str]()

    def commit(number: int) -> str:
        made = publish(lake, letters(next(seeds), number), folder / "letters", gone=gone)[:8]
        truth[made] = truth_of(lake)
        return made

    commit(LETTERS)
    with ExitStack() as stack:
        server = Server(lake, stack)
        with Readers(server.address, readers, pause) as reading:
            for done in count():
                if done >= commits and reading.tally.restarts >= kills:
                    break
                gone |= first_letter(lake)
                newest = commit(LETTERS_OF_A_COMMIT)
                if reading.tally.restarts < kills and server.is_indexing():
                    reading.meanwhile(server.restart)
                _wait_until(partial(reading.have_seen, newest))
        judge(reading.tally, truth, gone)
        return reading.tally


def _wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS_UNTIL_SEEN
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("no answer was of the newest commit")
        time.sleep(0.02)


def main() -> None:
    """Read, commit, kill, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--commits", type=int, default=30)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        tally = run(Path(scratch), chosen.readers, chosen.commits, chosen.kills, chosen.seed)
    print(tally)
    for what, number in sorted(tally.anomalies.items()):
        print(f"{number:6d}  {what}")
    sys.exit(1 if tally.anomalies else 0)


if __name__ == "__main__":
    main()
