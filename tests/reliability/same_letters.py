"""The same letters brought in in different ways: `python -m tests.reliability.same_letters [--letters N]`.

In one go, in small batches, in pieces that are commits of their own, dealt to other folders and in several runs in the opposite order, and twice over with
copies under other addresses. A third of the letters are newer or older letters of case numbers that others have too,
so that the order of arrival might tell. However they came, the rows of every table of letters and of every summary
must be the same set, which is compared by its hash.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from imr.synthetic.writing import write_letters
from imr.tables.declaration import AGGREGATES, LETTER_TABLES
from tests.flows.helpers import NOT_OF_THE_LETTER, rows
from tests.reliability.runs import Environment, prefect_server, start

COMPARED = tuple(table.name for table in (*LETTER_TABLES, *AGGREGATES) if table.name != "dwc_agreement")
"""The tables that letters alone fill."""
LEFT_OUT = {*NOT_OF_THE_LETTER["documents"], "source_uri"}
"""Columns that say when, by whom and from where a row was made."""
FOLDERS = 5
"""Folders to which letters are dealt, each of them a run of its own."""


class RunOf(NamedTuple):
    """One run: what it is given, its batch size, and the letters after which it commits, if it does so on the way."""

    sources: Sequence[Path]
    batch_size: int
    piece: int | None = None


class Digest(NamedTuple):
    """How many rows a table has, and the hash of their set."""

    rows: int
    sha256: str


def ways(root: Path, letters: int, seed: int) -> Mapping[str, Sequence[RunOf]]:
    """The letters in their folders, and the ways to bring them in."""
    write_letters(root / "b", letters - letters // 3, seed=seed)
    write_letters(root / "a", letters // 3, seed=seed + 1)
    whole = (root / "a", root / "b")
    dealt = deal(whole, root / "dealt", seed)
    copies = [shutil.copytree(folder, root / "copies" / folder.name) for folder in whole]
    return {
        "in one go": [RunOf(whole, 500)],
        "in small batches": [RunOf(whole, 7)],
        "in pieces": [RunOf(whole, 20, piece=letters // 4)],
        "backwards": [RunOf([folder], 50) for folder in reversed(dealt)],
        "twice over": [RunOf([*whole, *copies], 64), RunOf(dealt, 500), RunOf(whole, 64)],
    }


def deal(folders: Sequence[Path], to: Path, seed: int) -> list[Path]:
    """Copies of letters, shuffled into folders of their own, under their names."""
    paths = sorted(path for folder in folders for path in folder.iterdir())
    random.Random(seed).shuffle(paths)
    for number, path in enumerate(paths):
        folder = to / f"{number % FOLDERS}" / path.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder)
    return sorted(to.iterdir())


def bring_in(environment: Environment, lake: Path, runs: Sequence[RunOf]) -> list[str]:
    """Bring letters in one way; what went wrong."""
    found = []
    for number, (sources, batch_size, piece) in enumerate(runs, 1):
        run = start(environment, lake, sources, batch_size, *(("--commit-every", str(piece)) if piece else ()))
        run.communicate()  # one after the other
        if run.returncode:
            found.append(f"run {number} into {lake.name} ended with {run.returncode}")
    return found


def digest_of(lake: Path, table: str) -> Digest:
    """A table as a set of rows, in an order of their own."""
    told = sorted(repr({k: v for k, v in row.items() if k not in LEFT_OUT}) for row in rows(lake, table))
    return Digest(len(told), hashlib.sha256("\n".join(told).encode()).hexdigest())


def differences(digests: Mapping[str, Mapping[str, Digest]]) -> Iterator[str]:
    """The tables that are not the same in all ways."""
    first, *others = digests
    for way in others:
        for table, digest in digests[way].items():
            if digest != digests[first][table]:
                yield f"{table} is not the same {way} as {first}"


def main() -> None:
    """Bring letters in, and print whether it made a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    found, digests = list[str](), dict[str, dict[str, Digest]]()
    with tempfile.TemporaryDirectory() as scratch, prefect_server(Path(scratch) / "prefect") as environment:
        for way, runs in ways(Path(scratch), chosen.letters, chosen.seed).items():
            lake = Path(scratch) / "lakes" / way
            found += bring_in(environment, lake, runs)
            digests[way] = {table: digest_of(lake, table) for table in COMPARED}
    found += differences(digests)
    total = sum(digest.rows for digest in digests["in one go"].values())
    print(
        f"{chosen.letters} letters {', '.join(digests)}: {len(COMPARED)} tables of {total} rows, "
        f"{'the same hashes' if not found else f'{len(found)} differences'}"
    )
    for difference in found:
        print(difference)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
