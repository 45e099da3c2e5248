"""How the chaos program reads a lake while others write it."""

from __future__ import annotations

import random
from itertools import count
from pathlib import Path
from typing import Any

import imr
from imr.tables.declaration import AGGREGATES, LETTER_TABLES
from tests.reliability.readers import READER_FAULTS, READERS
from tests.reliability.whole_letters import has_files, torn

TRIES = 4
"""How often a reader asks again: it may have met a file that was being replaced."""


def read(lake: str, until: str, whole: dict[str, dict[str, int]], seed: int) -> dict[str, Any]:
    """Read all tables again and again, as the explorer and four other readers do, until a file is there.

    `whole` tells how many rows each letter has in each table. Gives the number of reads, and what was wrong with any.
    """
    rng, root, faults = random.Random(seed), Path(lake), list[str]()
    for number in count():
        if Path(until).exists():
            return {"reads": number, "faults": faults}
        table = rng.choice((*LETTER_TABLES, *AGGREGATES))
        if rng.random() < 0.3:
            faults += _explored(root, rng)
        elif has_files(root, table):
            faults += _read(root, table.name, rng.choice(list(READERS)), whole.get(table.name))
    raise AssertionError


def _explored(root: Path, rng: random.Random) -> list[str]:
    """What is wrong with the tables for somebody who asks questions of several."""
    questions = (
        "SELECT d.document_id FROM documents AS d GROUP BY 1 HAVING count(*) > 1",
        "SELECT outcome, count(*) FROM decisions WHERE is_latest GROUP BY 1",
        "SELECT case_year, sum(decisions) FROM outcomes_by_year GROUP BY 1",
    )
    question = rng.choice(questions)
    for tries_left in reversed(range(TRIES)):
        try:
            found = imr.Lake(root).sql(question).fetchall()
        except READER_FAULTS as error:
            if not tries_left:
                return [f"a question is not answered: {type(error).__name__}: {str(error)[:200]}"]
        else:
            return ["a letter stands twice in documents"] if question == questions[0] and found else []
    raise AssertionError


def _read(root: Path, table: str, reader: str, whole: dict[str, int] | None) -> list[str]:
    column = "document_id" if whole is not None else None
    for tries_left in reversed(range(TRIES)):
        try:
            rows = READERS[reader](root / "tables" / table, [column] if column else [], True)
        except READER_FAULTS as error:
            if not tries_left and has_files(root, table):
                return [f"{reader} cannot read {table}: {type(error).__name__}: {str(error)[:200]}"]
        else:
            broken = torn(rows, whole) if whole is not None else []
            return [f"{reader}, {table}: {len(broken)} letters have not the rows they should have"] if broken else []
    return []
