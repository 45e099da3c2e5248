"""The letters of the chaos program, the lake that each of its rounds begins with, and what all of it must come to."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from imr.errors import Code, UnsupportedError
from imr.fingerprint import step_versions
from imr.lake.files import write_parquet
from imr.lake.layout import LakeLayout
from imr.lake.raw_store import RawStore
from imr.lake.transaction import writing
from imr.publication import quarantine
from imr.records import LetterRef
from imr.synthetic.compose import compose
from imr.synthetic.writing import write_letter
from imr.tables.declaration import LETTER_TABLES, TABLES
from tests.flows.helpers import NOT_OF_THE_LETTER, rows

SEED = 11
LETTERS = {"public": 8, "first": 5, "shared": 3, "second": 5, "refused": 3}
"""Letters that are public, that the first, both or the second of two runs bring, and that an older version refused."""
BAD = "notice.txt"
OLD = "0123456789abcdef"
"""A version of the steps that is not the present one."""
NOT_COMPARED = {*NOT_OF_THE_LETTER["documents"], "source_uri"}

Rows = Mapping[str, Mapping[str, list[str]]]
"""Of each table of letters, the rows of every letter."""


class Letters(NamedTuple):
    """All letters, by the folder that they are in, and the files beside them that are none."""

    folders: Mapping[str, Path]
    ids: Mapping[str, Mapping[str, str]]
    """By folder, the name of each letter by its document id."""
    bad: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """The documents of all letters."""
        return frozenset(document_id for ids in self.ids.values() for document_id in ids)

    def of(self, *folders: str) -> frozenset[str]:
        """The documents of some folders."""
        return frozenset(document_id for folder in folders for document_id in self.ids[folder])


def make_letters(root: Path) -> Letters:
    """Write all letters, and one file that is none into each of three folders."""
    number, folders, ids = 0, {name: root / name for name in LETTERS}, {}
    for name, count in LETTERS.items():
        folders[name].mkdir(parents=True)
        paths = [write_letter(folders[name], compose(SEED, number := number + 1), "txt") for _ in range(count)]
        ids[name] = {id_of(path): path.name for path in paths}
    bad = [folders[name] / BAD for name in ("public", "first", "second")]
    for path in bad:
        path.write_text(f"Please move your car from {path.parent.name}.\n" * 40, encoding="utf-8")
    return Letters(folders, ids, frozenset(map(id_of, bad)))


def id_of(path: Path) -> str:
    """The id of the document in a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refuse(lake: LakeLayout, letters: Letters) -> None:
    """Put letters into quarantine, as an older version left them that could not read them."""
    store, folder = RawStore(lake.raw), letters.folders["refused"]
    refs, failures = [], []
    for document_id, name in letters.ids["refused"].items():
        path = folder / name
        store.put(path.read_bytes(), ".txt")
        refs.append(LetterRef(document_id, ".txt", path.absolute().as_uri(), name, path.stat().st_size))
        error = UnsupportedError(Code.UNKNOWN_FORMAT, "an older version does not read it")
        failures.append(quarantine.Failure.of(refs[-1].source_uri, name, "section_split", error, document_id))
    with writing(lake, "older") as transaction:
        kept = quarantine.update(transaction, quarantine.Met(failures), refs, step_versions().extract)
        quarantine.keep_copies(lake, kept)
        transaction.commit()


def make_old(lake: LakeLayout, documents: Collection[str]) -> None:
    """Have some letters be published by an older version of all steps."""
    versions = dict.fromkeys(("text_version", "split_version", "extract_version"), OLD)
    with writing(lake, "older") as transaction:
        for partition in lake.partitions("documents"):
            changed = [
                row | (versions if row["document_id"] in documents else {})
                for row in transaction.read(partition).to_pylist()
            ]
            transaction.rewrite(partition, pa.Table.from_pylist(changed, schema=TABLES["documents"].schema))
        transaction.commit()


def outdate(lake: LakeLayout) -> None:
    """Have a table lack a column, as under an older declaration, and no hashes kept of any, as there were none then."""
    lake.sums.unlink()
    for partition in lake.partitions("citations"):
        path = lake.file(partition)
        older = pq.ParquetFile(path).read().drop_columns(["regulation"])
        write_parquet(older, path)


def begun(base: Path, lake: Path, letters: Letters, rng: random.Random, *, outdated: bool) -> LakeLayout:
    """A lake for a round: what is public in it, a part of that by an older version, and what is in quarantine."""
    shutil.copytree(base, lake)
    there = LakeLayout(lake)
    make_old(there, rng.sample(sorted(letters.of("public")), 3))
    if outdated:
        outdate(there)
    return there


def rows_by_letter(lake: Path) -> Rows:
    """All rows of letters, without what depends on how they came."""
    found: dict[str, dict[str, list[str]]] = {}
    for table in LETTER_TABLES:
        of_table = found.setdefault(table.name, {})
        for row in rows(lake, table.name):
            told = repr({name: value for name, value in row.items() if name not in NOT_COMPARED})
            of_table.setdefault(row["document_id"], []).append(told)
    return {name: {letter: sorted(told) for letter, told in of.items()} for name, of in found.items()}
