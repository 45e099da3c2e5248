"""Everything at once, with kills: `python -m tests.reliability.chaos [--rounds N] [--minutes M] [--seed S] ...`.

In each round two runs, a reprocessing, a replay, removals, releases, the doctor, a migration, a sweep and readers go at
a lake together, at moments that follow from the seed and the round's number. Some of them are killed, at some moment or
while they hold the lock and commit. Once all are over, the tables are read as they are; the doctor is asked; a run over
everything is left alone. Then nothing may be lost that was published, nothing double, unreadable or back from its
removal, every row must be that of a lake that was never disturbed, and the doctor content.

A round that fails is run again with its number: `--seed S --round N`; `--keep` leaves its lake behind.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.lake.traces import kept_of, staged_with
from tests.reliability import chaos_acts, chaos_reading
from tests.reliability.chaos_lakes import Letters, Rows, begun, make_letters, refuse, rows_by_letter
from tests.reliability.forks import Act, ForkServer, fork_server
from tests.reliability.readers import READERS, foreign_files
from tests.reliability.runs import Environment, prefect_server
from tests.reliability.striking import signs
from tests.reliability.whole_letters import READ, Whole, faults, has_files, whole

MOST_SECONDS = 900
"""After which an act that is not over hangs."""
COMMIT = "journal/commit.json"
MIGRATED = frozenset({"lake_outdated"})
"""Errors with which an act may end before the lake of a round that begins outdated is migrated."""


class Planned(NamedTuple):
    """An act to begin after a part of the time that an undisturbed run takes."""

    when: float
    verb: str
    arguments: dict[str, Any]


class Kill(NamedTuple):
    """The kill of the act of a number: after a part of that time since its beginning; or, once it holds the lock and what
    `sign` names has changed, so many seconds after that.
    """

    act: int
    after: float
    sign: str | None = None


class Plan(NamedTuple):
    """A round."""

    outdated: bool
    acts: tuple[Planned, ...]
    kills: tuple[Kill, ...]


class Tally:
    """What has happened so far."""

    def __init__(self) -> None:
        self.rounds, self.reads, self.removed = 0, 0, 0
        self.ends, self.kills = Counter[str](), Counter[str]()
        self.faults: list[str] = []

    def __str__(self) -> str:
        ends = ", ".join(f"{number} {end}" for end, number in sorted(self.ends.items()))
        kills = ", ".join(f"{number} {what}" for what, number in sorted(self.kills.items()))
        return (
            f"{self.rounds} rounds: {ends}; {self.kills.total()} kills ({kills}); {self.removed} letters removed, "
            f"{self.reads} reads meanwhile: {len(self.faults)} anomalies"
        )


def plan_of(seed: int, number: int, letters: Letters) -> Plan:
    """What a round does, and when."""
    rng = random.Random(f"{seed} {number}")
    folder = {name: str(path) for name, path in letters.folders.items()}
    acts = [
        Planned(rng.uniform(0, 0.3), "ingest", {"sources": [folder["public"], folder["first"], folder["shared"]]}),
        Planned(rng.uniform(0, 0.6), "ingest", {"sources": [folder["second"], folder["shared"]]}),
        Planned(rng.uniform(0, 0.6), "reprocess", {}),
        Planned(rng.uniform(0, 0.6), "replay", {}),
        *(_removal(rng, letters) for _ in range(3)),
        *(Planned(rng.uniform(0, 1.5), "release", {"name": f"r{n}"}) for n in range(2)),
        *(Planned(rng.uniform(0, 1.5), "doctor", {"deep": n > 0, "repair": rng.random() < 0.5}) for n in range(2)),
        Planned(rng.uniform(0, 0.3), "migrate", {}),
        Planned(rng.uniform(0, 1.5), "sweep_stage", {}),
    ]
    acts.sort(key=lambda act: act.when)
    kills = [_kill(rng, number, acts[number].verb) for number in rng.sample(range(len(acts)), rng.randint(2, 5))]
    outdated = rng.random() < 0.15
    return Plan(outdated, tuple(acts), tuple(kills))


RUNS = ("ingest", "reprocess", "replay")


def _kill(rng: random.Random, act: int, verb: str) -> Kill:
    """When an act is killed: anywhere in it, while it prepares its commit, or in the middle of that."""
    length = 2.5 if verb in RUNS else 0.3
    anywhere = Kill(act, rng.uniform(0, length))
    preparing, committing = Kill(act, rng.uniform(0, 0.5), "journal/*"), Kill(act, rng.uniform(0, 0.04), COMMIT)
    return rng.choices([anywhere, preparing, committing], [30, 30, 40])[0]


def _removal(rng: random.Random, letters: Letters) -> Planned:
    """The removal of some letter, by its id or its case number, or of a file that is none."""
    if rng.random() < 0.15:
        name = rng.choice(sorted(letters.bad))
    else:
        document_id, file = rng.choice(sorted(letters.ids[rng.choice(sorted(letters.ids))].items()))
        name = document_id if rng.random() < 0.7 else file.removesuffix(".txt")
    return Planned(rng.uniform(0, 1.5), "remove", {"letter": name, "withdraw": rng.random() < 0.5})


class Strike:
    """A planned kill of an act that has begun, until it is due."""

    def __init__(self, lake: Path, act: Act, kill: Kill, seconds: float) -> None:
        self.lake, self.act, self.kill = lake, act, kill
        self._seen = signs(lake, kill.sign) if kill.sign else set()
        self._at = None if kill.sign else time.monotonic() + kill.after * seconds

    def due(self) -> bool:
        """Whether the moment has come; or the act is over."""
        if self._at is None and self._holds() and not signs(self.lake, self.kill.sign or "") <= self._seen:
            self._at = time.monotonic() + self.kill.after
        return not self.act.alive() or (self._at is not None and time.monotonic() >= self._at)

    def _holds(self) -> bool:
        """Whether the act is the lake's writer; what others have in the journal meanwhile is no sign of it."""
        with suppress(OSError, ValueError):
            if json.loads((self.lake / "lock.owner").read_bytes())["pid"] == self.act.pid:
                return True
        self._seen |= signs(self.lake, self.kill.sign or "")
        return False


class Chaos:
    """Rounds over small lakes; the letters and the server are made once."""

    def __init__(self, forks: ForkServer, root: Path, keep: Path | None = None) -> None:
        self.forks, self.root, self.keep = forks, root, keep
        self.tally = Tally()
        self.struck = dict[int, Kill]()
        """The kills that were carried out in a round, by process."""
        self.letters = make_letters(root / "letters")
        self.everything = [str(path) for path in self.letters.folders.values()]
        self.base = root / "base"
        began = time.monotonic()
        self._alone(self.base, "ingest", sources=[str(self.letters.folders["public"])])
        self.seconds = time.monotonic() - began
        """What an undisturbed run takes here."""
        refuse(LakeLayout(self.base), self.letters)
        self._alone(root / "undisturbed", "ingest", sources=self.everything)
        self.rows = rows_by_letter(root / "undisturbed")
        self.whole: Whole = whole(root / "undisturbed")

    def round(self, seed: int, number: int) -> list[str]:
        """One round; what was wrong."""
        plan, lake = plan_of(seed, number, self.letters), self.root / f"lake-{number}"
        begun(self.base, lake, self.letters, random.Random(f"lake {seed} {number}"), outdated=plan.outdated)
        self.struck.clear()
        acts = self._together(lake, plan, number)
        found = [*self._over(acts, plan), *self._as_it_is(lake, acts)]
        found += self._put_right(lake)
        self.tally.rounds += 1
        self.tally.faults += (found := [f"round {number} of seed {seed}: {fault}" for fault in found])
        if found and self.keep:
            shutil.copytree(lake, self.keep / lake.name)
            shutil.copytree(self._acts_of(lake), self.keep / f"{lake.name}-acts")
        shutil.rmtree(lake)
        shutil.rmtree(self._acts_of(lake))
        return found

    def _together(self, lake: Path, plan: Plan, number: int) -> list[tuple[Planned, Act]]:
        """Everything at once."""
        until = lake.with_suffix(".over")
        counts = {table: dict(letters) for table, letters in self.whole.items()}
        reader = self._begin(lake, "read", chaos_reading.__name__, until=str(until), whole=counts, seed=number)
        began, acts = time.monotonic(), list[tuple[Planned, Act]]()
        waiting, strikes = list(plan.acts), dict[int, Strike]()
        kills = {kill.act: kill for kill in plan.kills}
        while waiting or any(act.alive() for _, act in acts):
            if waiting and waiting[0].when <= (time.monotonic() - began) / self.seconds:
                planned, number = waiting.pop(0), len(acts)
                acts.append((planned, self._begin(lake, planned.verb, **planned.arguments)))
                if number in kills:
                    strikes[number] = Strike(lake, acts[-1][1], kills[number], self.seconds)
            for number in [number for number, strike in strikes.items() if strike.due()]:
                if acts[number][1].kill():
                    self.struck[acts[number][1].pid] = strikes[number].kill
                del strikes[number]
            if time.monotonic() - began > MOST_SECONDS:
                break
            time.sleep(0.002)
        until.touch()
        while reader.alive() and time.monotonic() - began < 2 * MOST_SECONDS:
            time.sleep(0.02)
        until.unlink()
        return [*acts, (Planned(0, "read", {}), reader)]

    def _over(self, acts: Sequence[tuple[Planned, Act]], plan: Plan) -> Iterator[str]:
        """What is wrong with how the acts ended."""
        for planned, act in acts:
            if act.alive():
                act.kill()
                yield f"{planned.verb} hangs: {act.said[-500:]}"
                continue
            answer = act.answer
            if answer is None:
                kill = self.struck.get(act.pid)
                self.tally.kills[f"{planned.verb}{' with the lock' if kill and kill.sign else ''}"] += 1
                if kill is None:
                    yield f"{planned.verb} died: {act.said[-500:]}"
            elif planned.verb == "read":
                self.tally.reads += answer["gave"]["reads"] if "gave" in answer else 0
                yield from answer["gave"]["faults"] if "gave" in answer else [f"the reader ended with {answer}"]
            elif "error" in answer and not (plan.outdated and answer["error"] in MIGRATED):
                yield f"{planned.verb} ended with {answer['error']}: {answer['message']}"
            else:
                self.tally.ends["refused an outdated lake" if "error" in answer else "ended well"] += 1

    def _as_it_is(self, lake: Path, acts: Sequence[tuple[Planned, Act]]) -> Iterator[str]:
        """What is wrong with the tables for those who read them as they are, before any recovery."""
        tried = {act.arguments["letter"] for act, _ in acts if act.verb == "remove"}
        published = set(self.letters.of("public"))
        for planned, act in acts:
            if planned.verb == "ingest" and act.answer and "gave" in act.answer:
                sources = {Path(source).name for source in planned.arguments["sources"]}
                published |= self.letters.of(*sources)
        names = {document_id: name for ids in self.letters.ids.values() for document_id, name in ids.items()}
        kept = {d for d in published if d not in tried and names[d].removesuffix(".txt") not in tried}
        yield from (f"{name} in the tables" for name in foreign_files(lake / "tables"))
        for turn, table in enumerate(READ):
            if has_files(lake, table):
                yield from faults(lake, table, self.whole, kept, turn % len(READERS))

    def _put_right(self, lake: Path) -> Iterator[str]:
        """What is wrong with a lake once it has been migrated and repaired, and a run was left alone with all letters."""
        self._alone(lake, "migrate")
        if left := self._alone(lake, "doctor", deep=True, repair=True):
            yield f"the doctor is not content after a repair: {'; '.join(left)}"
        self._alone(lake, "ingest", sources=self.everything)
        self._alone(lake, "replay")
        if left := self._alone(lake, "doctor", deep=True, repair=False):
            yield f"the doctor is not content in the end: {'; '.join(left)}"
        there = LakeLayout(lake)
        gone = set(read_table(there, "removals", ["document_id"])["document_id"].to_pylist())
        self.tally.removed += len(gone)
        yield from (
            f"{path} is kept of a removed letter" for path in (*kept_of(there, gone), *staged_with(there, gone))
        )
        yield from differences(rows_by_letter(lake), self.rows, self.letters.all - gone)

    def _alone(self, lake: Path, verb: str, **arguments: object) -> Any:
        act = self._begin(lake, verb, **arguments)
        while act.alive():
            time.sleep(0.01)
        if act.answer is None or "error" in act.answer:
            raise AssertionError(f"{verb}, left alone, ended with {act.answer}: {act.said[-2000:]}")
        return act.answer["gave"]

    def _begin(self, lake: Path, verb: str, module: str = chaos_acts.__name__, **arguments: object) -> Act:
        folder = self._acts_of(lake)
        folder.mkdir(exist_ok=True)
        act = folder / f"{len(list(folder.iterdir())):02}-{verb}"
        return self.forks.begin(verb, act, module, {"lake": str(lake), **arguments})

    @staticmethod
    def _acts_of(lake: Path) -> Path:
        """Where the acts of a lake leave what they say."""
        return lake.with_name(f"{lake.name}-acts")


def differences(found: Rows, wanted: Rows, letters: frozenset[str]) -> Iterator[str]:
    """Where the rows of a lake are not those of some letters of a lake that was never disturbed."""
    for table, of_letters in wanted.items():
        there, should = found[table], {k: v for k, v in of_letters.items() if k in letters}
        if back := there.keys() - letters:
            yield f"{table} has {len(back)} letters that were removed"
        if lost := should.keys() - there.keys():
            yield f"{table} lacks {len(lost)} letters"
        if other := [letter for letter, told in should.items() if there.get(letter, told) != told]:
            yield f"{table} has other rows of {len(other)} letters"


def run(
    environment: Environment,
    root: Path,
    numbers: Sequence[int],
    seed: int,
    minutes: float = 0.0,
    keep: Path | None = None,
) -> Tally:
    """All rounds of some numbers, and then more until so many minutes are over."""
    with fork_server(environment, chaos_acts.__name__) as forks:
        chaos, began, number = Chaos(forks, root, keep), time.monotonic(), 0
        for number in numbers:
            _tell(chaos, seed, number)
        while time.monotonic() - began < minutes * 60:
            _tell(chaos, seed, number := number + 1)
        return chaos.tally


def _tell(chaos: Chaos, seed: int, number: int) -> None:
    began = time.monotonic()
    found = chaos.round(seed, number)
    print(f"round {number}: {time.monotonic() - began:.0f} s, {len(found)} anomalies", flush=True)
    for fault in found:
        print(f"  {fault}", flush=True)


def main() -> None:
    """Run rounds, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=30, help="go on for so long, if the rounds are over before")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--round", type=int, help="only this one, again")
    parser.add_argument("--keep", type=Path, help="folder for the lakes of rounds that fail")
    chosen = parser.parse_args()
    numbers = range(1, chosen.rounds + 1) if chosen.round is None else [chosen.round]
    minutes = chosen.minutes if chosen.round is None else 0.0
    began = time.monotonic()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # what was begun ends with the program
    with tempfile.TemporaryDirectory() as scratch, prefect_server(Path(scratch) / "prefect") as environment:
        tally = run({**os.environ, **environment}, Path(scratch), numbers, chosen.seed, minutes, chosen.keep)
    print(f"{(time.monotonic() - began) / 60:.0f} minutes, {tally}")
    sys.exit(1 if tally.faults else 0)


if __name__ == "__main__":
    main()
