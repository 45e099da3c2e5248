"""Making the search index, and bringing it up to date after a commit: what has not changed is not read again."""

from __future__ import annotations

import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from filelock import FileLock
from tantivy import IndexWriter, Query

from imr.errors import LakeError
from imr.explorer import generation, words
from imr.explorer.counting import counts_of_all
from imr.explorer.generation import COUNTS, FORMAT, MAKING, UNITS, WORDS, Manifest
from imr.explorer.near import bands_of
from imr.explorer.rows import READ, UNIT, documents_of
from imr.lake.files import lake_errors, outdated, read_parquet, write_durably
from imr.lake.layout import LakeLayout, Partition
from imr.lake.permissions import keep_from_others
from imr.lake.public import read_table
from imr.lake.snapshot import hold_tables, state_of
from imr.tables.declaration import TABLES

_MEMORY = 100_000_000  # of the writer, in bytes
_PRINTS = pa.schema([("key", pa.uint64()), ("print", pa.uint64())])

_ROWS_AT_ONCE = 100_000

Units = Mapping[str, list[Partition]]
"""The files that hold the same letters, by their year and part."""

Progress = Callable[[int, int], None]
"""Is told how many of how many parts of the tables have been read."""


def refresh(lake: LakeLayout, folder: Path, progress: Progress = lambda done, of: None) -> bool:
    """Have an index of the tables as they are; whether one had to be made. May be killed at any time.

    Raises:
        LakeError: the tables cannot be read, or the index cannot be written.
    """
    with lake_errors():
        folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        for unfinished in folder.glob(f"{MAKING}*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        old = _sound(folder)
        made = False
        while old is None or generation.read_manifest(old).state != state_of(lake):
            old, made = _made(lake, folder, old, progress) or _sound(folder), True
        generation.clear_away(folder)
    return made


def _made(lake: LakeLayout, folder: Path, old: Path | None, progress: Progress) -> Path | None:
    """Make the next state of an index and put it in its place; None if a letter was removed meanwhile."""
    name = uuid4().hex
    new = folder / f"{MAKING}{name}"
    try:
        _make(lake, new, old, progress)
        if _removed(lake) != _removed(LakeLayout(new)):
            return None
        generation.make_current(folder, new, name)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return folder / name


def _removed(lake: LakeLayout) -> int:
    """How many letters have been removed: who asks for one to be forgotten is not to find it in what is made next."""
    return int(read_table(lake, "removals", ["document_id"]).num_rows)


def _sound(folder: Path) -> Path | None:
    """The current state of the index, if it is whole and this code made it."""
    path = generation.current(folder)
    try:
        return path if path and generation.is_as_made(path, generation.read_manifest(path)) else None
    except (OSError, ValueError):
        return None


def _make(lake: LakeLayout, new: Path, old: Path | None, progress: Progress) -> None:
    """Make an index in a new folder, from an old one as far as that goes."""
    with lake_errors():
        (new / UNITS).mkdir(parents=True)
        (new / WORDS).mkdir()
        state = hold_tables(lake, new)
        tables = LakeLayout(new)
        if old:
            for file in (old / WORDS).iterdir():
                if file.suffix != ".lock":
                    # What the index writes anew it puts in place by a rename: the old one never changes with it.
                    os.link(file, new / WORDS / file.name)
        index = words.opened(str(new / WORDS), new=old is None)
        writer = index.writer(_MEMORY, num_threads=1)
        marks = _read_units(tables, new, old, writer, progress)
        writer.commit()
        writer.wait_merging_threads()
        commits = read_table(tables, "commits", ["commit_id", "committed_at"]).sort_by("committed_at")
        last = commits.slice(commits.num_rows - 1).to_pylist() if commits.num_rows else [{}]
        index.reload()
        write_durably(new / COUNTS, counts_of_all(index))
        generation.write_manifest(
            new,
            Manifest(
                FORMAT,
                state,
                last[0].get("commit_id", ""),
                str(last[0].get("committed_at", "")),
                index.searcher().num_docs,
                marks,
                generation.files_of(new),
            ),
        )


def _read_units(
    tables: LakeLayout, new: Path, old: Path | None, writer: IndexWriter, progress: Progress
) -> Mapping[str, str]:
    """Index what has changed, year by year and part by part; the mark of each."""
    known = generation.read_manifest(old).units if old else {}
    units = _units(tables)
    marks = {name: _mark(tables, files) for name, files in units.items()}
    same = [name for name in units if known.get(name) == marks[name]]
    for name in same:
        os.link(_unit(old or new, name), _unit(new, name))
    for gone in known.keys() - units.keys():
        _delete(writer, _prints(old, gone)["key"])
    changed = sorted(units.keys() - set(same))
    for names in _batches(tables, units, changed):
        rows = documents_of(_read(tables, {name: units[name] for name in names}))
        for name in names:
            of_unit = rows.filter(pc.equal(rows[UNIT], name))
            _index(writer, _prints(old if name in known else None, name), of_unit)
            pq.write_table(of_unit.select(_PRINTS.names), _unit(new, name))
        progress(changed.index(names[-1]) + 1, len(changed))
    return marks


def _batches(tables: LakeLayout, units: Units, names: list[str]) -> Iterator[list[str]]:
    """Units to be read together: many are small, and memory has an end."""
    batch: list[str] = []
    rows = 0
    for name in names:
        rows += sum(pq.read_metadata(tables.file(each)).num_rows for each in units[name] if each.table == "decisions")
        batch.append(name)
        if rows >= _ROWS_AT_ONCE:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


def _read(tables: LakeLayout, units: Units) -> Mapping[str, pa.Table]:
    """The rows of some units by table, those of decisions with the name of their unit."""
    parts = {table: [TABLES[table].schema.empty_table()] for table in READ}
    parts["decisions"] = [parts["decisions"][0].append_column(UNIT, pa.array([], pa.string()))]
    for name, files in units.items():
        for each in files:
            rows = read_parquet(tables.file(each))
            if not rows.schema.equals(TABLES[each.table].schema):
                raise outdated(each.path)
            if each.table == "decisions":
                rows = rows.append_column(UNIT, pa.array([name] * rows.num_rows, pa.string()))
            parts[each.table].append(rows)
    return {table: pa.concat_tables([r.replace_schema_metadata(None) for r in rows]) for table, rows in parts.items()}


def _unit(path: Path, name: str) -> Path:
    return path / UNITS / f"{name}.parquet"


def _units(tables: LakeLayout) -> Units:
    units: dict[str, list[Partition]] = defaultdict(list)
    for table in READ:
        for partition in tables.partitions(table):
            units[f"{partition.folder.partition('=')[2]}-{partition.part:03d}"].append(partition)
    return units


def _mark(tables: LakeLayout, files: list[Partition]) -> str:
    """What tells that files are the same: no file of the tables is ever changed, only replaced."""
    stats = [(each.path, tables.file(each).stat()) for each in files]
    return " ".join(f"{path}:{stat.st_size}:{stat.st_mtime_ns}" for path, stat in stats)


def _prints(old: Path | None, name: str) -> pa.Table:
    return pq.read_table(_unit(old, name)) if old else _PRINTS.empty_table()


def _index(writer: IndexWriter, before: pa.Table, now: pa.Table) -> None:
    """Take out of the index what is not the same any more, and put in what is not there yet."""
    old, new = (_pairs(rows) for rows in (before, now))
    _delete(writer, before["key"].filter(pa.array(~np.isin(old, new))))
    added = now.select(["document", "rationale"]).filter(pa.array(~np.isin(new, old)))
    for batch in added.to_batches(_ROWS_AT_ONCE):
        for document, rationale in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            writer.add_json(f'{document[:-1]},"bands":{bands_of(rationale)}}}')


def _delete(writer: IndexWriter, keys: pa.ChunkedArray) -> None:
    # By a query: the writer's deletion by a term takes numbers of 64 bits for signed ones, and misses half of them.
    writer.delete_documents_by_query(Query.term_set_query(words.schema(), "key", keys.to_pylist()))


def _pairs(rows: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """Key and print of each row as one value to compare."""
    pairs = np.empty(rows.num_rows, dtype=[("key", "u8"), ("print", "u8")])
    pairs["key"], pairs["print"] = rows["key"].to_numpy(), rows["print"].to_numpy()
    return pairs


def main() -> None:
    """Make an index in a process of its own: LAKE FOLDER. Readers go first, and its memory goes with it."""
    os.nice(10)
    keep_from_others()
    lake, folder = map(Path, sys.argv[1:3])
    try:
        refresh(LakeLayout(lake), folder)
    except LakeError as error:
        sys.exit(f"The search index could not be made: {error.code}: {error.message}")


if __name__ == "__main__":
    main()
