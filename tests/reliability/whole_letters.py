"""Whether every letter in a lake is there whole and once, for four readers that know nothing of commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from imr.lake.layout import LakeLayout
from imr.lake.public import read_table
from imr.tables.declaration import COMMITS, LETTER_TABLES, LINEAGE
from imr.tables.schema import Table
from tests.reliability.readers import READER_FAULTS, READERS

READ = (*LETTER_TABLES, LINEAGE, COMMITS)
"""The tables that are looked at."""

Whole = Mapping[str, Counter[str]]
"""Of each table of letters, how many rows every letter has in it."""


def has_files(lake: Path, table: Table) -> bool:
    """Whether there is anything to read of a table: before the first commit there is not."""
    return any((lake / "tables" / table.name).rglob("*.parquet"))


def faults(lake: Path, table: Table, whole: Whole, acknowledged: set[str], turn: int = 0) -> Iterator[str]:
    """What is wrong with a table for those who read it as it is; the reader whose turn it is reads all columns."""
    folder, columns = lake / "tables" / table.name, table.key or ("document_id",)
    if not has_files(lake, table):
        if acknowledged:
            yield f"{table.name} is gone"
        return
    seen = set[frozenset[tuple[object, ...]]]()
    for number, (name, read) in enumerate(READERS.items()):
        try:
            rows = read(folder, columns, number == turn)
        except READER_FAULTS as error:
            yield f"{name} cannot read {table.name}: {type(error).__name__}"
            continue
        seen.add(frozenset(Counter(rows).items()))
        if table.key and len(set(rows)) < len(rows):
            yield f"{name} sees a duplicate in {table.name}"
        if table.name in whole:
            yield from _faults_of_letters(f"{name}, {table.name}", rows, whole[table.name], acknowledged)
    if len(seen) > 1:
        yield f"readers do not agree on {table.name}"


def _faults_of_letters(
    where: str, rows: Sequence[tuple[object, ...]], whole: Counter[str], acknowledged: set[str]
) -> Iterator[str]:
    if broken := torn(rows, whole):
        yield f"{where}: {len(broken)} letters have not the rows they should have"
    if lost := (acknowledged & whole.keys()) - {str(row[0]) for row in rows}:
        yield f"{where}: {len(lost)} letters are lost that a run had published"


def torn(rows: Sequence[tuple[object, ...]], whole: Mapping[str, int]) -> list[str]:
    """The letters that have not as many rows as they should, by rows whose first column is the letter."""
    found = Counter(str(row[0]) for row in rows)
    return [letter for letter, number in found.items() if number != whole.get(letter, 0)]


def whole(lake: Path) -> Whole:
    """The rows of each letter in a lake that was not disturbed."""
    return {
        table.name: Counter(read_table(LakeLayout(lake), table.name, ["document_id"])["document_id"].to_pylist())
        for table in LETTER_TABLES
    }
