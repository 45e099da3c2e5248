"""A lake of any size, made of rows: `python -m tests.benchmarks.large_lake LAKE --letters 200000`.

A real run reads some generated letters; their rows are then repeated under other ids and case numbers, with all that
hangs on them: bytes, events, the cache of sources, the batches in the stage, sums and summaries. Nothing has to be
read, so a million letters take minutes; the doctor finds such a lake well. What stands in its landing folder are tiny
files, each the bytes of one of its documents. `large_lake_commands` measures on it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from commands.flow_run import prepare_prefect
from commands.local_prefect.temporary_server import server_for_a_run
from imr.aggregation.by_year import aggregate_by_year
from imr.lake import ledger, sums
from imr.lake.files import keep_rows, read_parquet, write_parquet
from imr.lake.layout import LakeLayout, Partition, single_file
from imr.lake.lock import only_writer
from imr.lake.partitions import letter_partition
from imr.lake.public import read_table
from imr.lake.transaction import PART_ROWS
from imr.sources.cache import SCHEMA as SOURCES
from imr.sources.folders import absolute, stamp_at
from imr.synthetic.writing import write_letters
from imr.tables.declaration import COMMITS, LETTER_TABLES, LINEAGE, TABLES
from imr.tables.schema import WIDE, Table

SEED_LETTERS = 500
YEARS = range(2013, 2025)
_LETTERS_A_FOLDER = 10_000


def read_seed(folder: Path) -> LakeLayout:
    """A lake of real rows, in which each case has one letter."""
    prepare_prefect(verbose=False)
    server = server_for_a_run()
    from flows.letters import letters

    if server:
        server.wait()
    write_letters(folder / "letters", SEED_LETTERS, seed=17)
    letters([str(folder / "letters")], lake=str(folder / "lake"))
    return LakeLayout(folder / "lake")


class Letters:
    """The letters of a lake to be made: their ids, case numbers and files, by number."""

    def __init__(self, lake: LakeLayout, count: int) -> None:
        self.lake, self.count = lake, count
        self.a_year = -(-count // len(YEARS) // WIDE) * WIDE
        numbers = range(count)
        self.cases = [f"CM{YEARS[n // self.a_year] % 100:02d}-{n % self.a_year:07d}" for n in numbers]
        self.ids: list[str] = []
        self.stamps: list[str] = []

    def path(self, number: int) -> Path:
        """Where its file lies."""
        return self.lake.root / "landing" / f"{number // _LETTERS_A_FOLDER:03d}" / f"{self.cases[number]}.txt"

    def write_bytes(self) -> None:
        """Put a small file for each letter where letters land, and into the raw store."""
        for number, case in enumerate(self.cases):
            path, data = self.path(number), f"{case}\n".encode()
            self.ids.append(hashlib.sha256(data).hexdigest())
            raw = self.lake.raw / self.ids[-1][:2] / f"{self.ids[-1]}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            raw.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            os.link(path, raw)
            self.stamps.append(stamp_at(path))

    def uri(self, number: int) -> str:
        """The address of its file."""
        return absolute(self.path(number)).as_uri()


def repeated(rows: pa.Table, order: pa.Array, letters: Letters, numbers: range) -> pa.Table:
    """The rows of all seed letters, in the given order, as those of other letters."""
    ids = letters.ids[numbers.start : numbers.stop]
    seed = pc.index_in(rows["document_id"], value_set=order)
    rows = rows.filter(pc.less(seed, len(ids)))
    seed = seed.filter(pc.less(seed, len(ids))).combine_chunks()
    cases = letters.cases[numbers.start : numbers.stop]
    values = {
        "document_id": ids,
        "case_number": cases,
        "case_year": [2000 + int(case[2:4]) for case in cases],
        "source_uri": [letters.uri(number) for number in numbers],
        "source_name": [f"{case}.txt" for case in cases],
        "byte_size": [len(case) + 1 for case in cases],
    }
    for index, field in enumerate(rows.schema):
        if field.name in values:
            rows = rows.set_column(index, field, pa.array(values[field.name], field.type).take(seed))
    return rows


def write_letter_tables(seed: LakeLayout, letters: Letters) -> None:
    """Write the tables of letters, file by file."""
    order = read_table(seed, "documents", ["document_id"])["document_id"].combine_chunks()
    for table in LETTER_TABLES:
        rows = read_table(seed, table.name)
        for partition, numbers in _partitions(table, letters):
            parts = [repeated(rows, order, letters, part) for part in _pieces(numbers, len(order))]
            _write(letters.lake, partition, pa.concat_tables(parts))


def _partitions(table: Table, letters: Letters) -> Iterator[tuple[Partition, range]]:
    """The files of a table, with the numbers of their letters, which follow one another."""
    for start in range(0, letters.count, min(table.block, letters.a_year)):
        numbers = range(start, min(start + min(table.block, letters.a_year), letters.count))
        yield letter_partition(table, letters.ids[start], letters.cases[start]), numbers


def _pieces(numbers: range, size: int) -> list[range]:
    return [range(start, min(start + size, numbers.stop)) for start in range(numbers.start, numbers.stop, size)]


def write_run(seed: LakeLayout, letters: Letters) -> None:
    """Write the events and the commit of the one run that seems to have brought all these letters."""
    (commit,) = read_table(seed, "commits").to_pylist()
    times = letters.count / commit["files_in"]
    commit |= {"files_in": letters.count, "files_published": letters.count}
    commit |= {"rows_added": round(commit["rows_added"] * times)}
    date = f"date={commit['committed_at'].date().isoformat()}"
    _write(letters.lake, Partition("commits", date, 0), pa.Table.from_pylist([commit], schema=COMMITS.schema))
    events = read_table(seed, "lineage")
    order = read_table(seed, "documents", ["document_id"])["document_id"].combine_chunks()
    at_once = PART_ROWS * len(order) // events.num_rows
    for part, numbers in enumerate(_pieces(range(letters.count), at_once)):
        rows = pa.concat_tables(repeated(events, order, letters, some) for some in _pieces(numbers, len(order)))
        ids = pa.array([os.urandom(16).hex() for _ in range(rows.num_rows)], pa.string())
        rows = rows.set_column(0, LINEAGE.schema.field(0), ids)
        _write(letters.lake, Partition("lineage", date, part), rows)


def write_others(seed: LakeLayout, letters: Letters) -> None:
    """Write what a commit leaves beside its rows: caches, batches, summaries, empty tables, hashes and the ledger."""
    lake, numbers = letters.lake, range(letters.count)
    columns = [
        [letters.uri(n) for n in numbers],
        [f"{case}.txt" for case in letters.cases],
        letters.stamps,
        letters.ids,
        [".txt"] * letters.count,
        [len(case) + 1 for case in letters.cases],
    ]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, SOURCES, strict=False)]
    nothing = [pa.nulls(letters.count, field.type) for field in list(SOURCES)[len(arrays) :]]
    keep_rows(lake.stage / "sources.parquet", pa.Table.from_arrays([*arrays, *nothing], schema=SOURCES))
    for step in ("ocr_cleanup", "section_split", "extract"):
        (batch,) = (seed.stage / step).glob("[!.]*/")
        for copy in range(letters.count // SEED_LETTERS):
            key = hashlib.sha256(f"{copy}".encode()).hexdigest()[:32]
            shutil.copytree(batch, lake.stage / step / key, copy_function=os.link)
    summaries = aggregate_by_year(lake.partitions, lambda file, columns: read_parquet(lake.file(file), columns))
    for name, rows in summaries.items():
        _write(lake, single_file(name), rows)
    for table in TABLES:
        if not lake.partitions(table):
            for partition in seed.partitions(table):
                _write(lake, partition, read_table(seed, table))
    with only_writer(lake, "large_lake", 60):
        ledger.keep(lake)
        sums.mend(lake)


def _write(lake: LakeLayout, partition: Partition, rows: pa.Table) -> None:
    table, path = TABLES[partition.table], lake.file(partition)
    path.parent.mkdir(parents=True, exist_ok=True)
    ordered = rows.replace_schema_metadata(None).sort_by([(name, "ascending") for name in table.order])
    write_parquet(ordered.cast(table.schema), path, {"commit_id": "large_lake"})


def make(lake: LakeLayout, count: int) -> None:
    """Make a lake of so many letters; its folder must not be there yet."""
    lake.root.mkdir(parents=True)
    scratch = lake.root.with_name(f".{lake.root.name}.seed")
    try:
        seed = read_seed(scratch)
        letters = Letters(lake, count)
        letters.write_bytes()
        write_letter_tables(seed, letters)
        write_run(seed, letters)
        write_others(seed, letters)
    finally:
        shutil.rmtree(scratch)


def main() -> None:
    """Make a lake as the command line says."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("lake", type=Path)
    options.add_argument("--letters", type=int, default=200_000)
    chosen = options.parse_args()
    make(LakeLayout(chosen.lake.absolute()), chosen.letters)


if __name__ == "__main__":
    main()
