"""A lake that changes with every commit in a way that follows from a seed, and what a reader may see of it."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import pyarrow as pa

from imr.lake.layout import Partition
from imr.lake.transaction import Transaction
from imr.tables.declaration import DOCUMENTS, DRUGS, TEXTS
from tests.reliability.readers import Rows
from tests.reliability.small_lakes import document_id, rows_of

YEARS = (2016, 2017, 2018, 2019)
LETTERS = 120
CHANGES = 15
"""Letters that a commit changes."""
DRUGS_EACH = 3
COLUMNS = {
    "documents": ("document_id", "source_name"),
    "drugs": ("document_id", "name", "drug_number"),
    "texts": ("document_id", "clean_text", "raw_text"),
}
"""What is read of each table: whose row it is, its version, and what else must fit."""
NUMBERS = {document_id(number): number for number in range(LETTERS)}


class Placed(NamedTuple):
    """Where a letter is, and which commit put it there or changed it last."""

    year: int
    version: int


State = Mapping[int, Placed]


def states(seed: int) -> Iterator[State]:
    """What the lake holds after each commit, for ever: six letters of ten stay, two come and go, two move."""
    rng, version = random.Random(seed), 0
    state = {number: Placed(YEARS[number % len(YEARS)], version) for number in range(LETTERS)}
    while True:
        yield state
        state, version = dict(state), version + 1
        for number in rng.sample(range(LETTERS), CHANGES):
            placed = state.pop(number, None)
            if number % 10 >= 8 and placed:
                state[number] = Placed(rng.choice([year for year in YEARS if year != placed.year]), version)
            elif number % 10 < 6 or placed is None or rng.random() < 0.5:
                state[number] = Placed(YEARS[number % len(YEARS)], version)


def change(transaction: Transaction, old: State, new: State) -> None:
    """Make one state of the other in all tables."""
    for table, year in product((DOCUMENTS, DRUGS, TEXTS), YEARS):
        fresh = {n: at.version for n, at in new.items() if at.year == year and at != old.get(n)}
        gone = [n for n, at in old.items() if at.year == year and (n not in new or new[n].year != year)]
        rows = [row for number, version in fresh.items() for row in rows_in(table.name, number, version)]
        ids = [document_id(number) for number in (*fresh, *gone)]
        transaction.upsert(Partition(table.name, f"year={year}", 0), rows_of(table, rows), pa.array(ids, pa.string()))


def rows_in(table: str, number: int, version: int) -> list[dict[str, object]]:
    """A letter's rows in a table: each of them says its version."""
    letter: dict[str, object] = {"document_id": document_id(number)}
    if table == "drugs":
        return [letter | {"name": str(version), "drug_number": n} for n in range(1, DRUGS_EACH + 1)]
    if table == "texts":
        return [letter | {"clean_text": str(version), "raw_text": text_of(number, version)}]
    return [letter | {"source_name": str(version)}]


def text_of(number: int, version: int) -> str:
    """A text of some length that no compression makes small, so that there is something to be torn."""
    return hashlib.shake_256(f"{number} {version}".encode()).hexdigest(1500)


class Sight(NamedTuple):
    """What is wrong with one reading of a table, and how many letters were not seen once as they moved."""

    faults: tuple[str, ...]
    moving: int


def judge(table: str, rows: Rows, possible: Sequence[State]) -> Sight:
    """Hold what was read against what the lake held while it was read."""
    seen: dict[int, Rows] = defaultdict(list)
    for letter, *others in rows:
        seen[NUMBERS[letter]].append(tuple(others))
    faults, moving = [], 0
    for number in range(LETTERS):
        placed = {state.get(number) for state in possible}
        if len({at.year for at in placed if at}) > 1:
            moving += len(seen[number]) != (DRUGS_EACH if table == "drugs" else 1)
        elif fault := fault_of(table, number, seen[number], {at and at.version for at in placed}):
            faults.append(fault)
    return Sight(tuple(faults), moving)


def fault_of(table: str, number: int, seen: Rows, versions: set[int | None]) -> str | None:
    """What is wrong with one letter; none of its rows are right only where it may be absent."""
    if not seen:
        return None if None in versions else "missing"
    if len(set(seen)) < len(seen):
        return "duplicate"
    if any(set(seen) == values_in(table, number, version) for version in versions if version is not None):
        return None
    return "torn" if all(row[0] in map(str, versions) for row in seen) else "of another time"


def values_in(table: str, number: int, version: int) -> set[tuple[object, ...]]:
    """A letter's rows as they are read."""
    return {tuple(row[column] for column in COLUMNS[table][1:]) for row in rows_in(table, number, version)}
