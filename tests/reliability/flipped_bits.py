"""Single bits flipped all over a lake: `python -m tests.reliability.flipped_bits [--count N] [--seed S]`.

Each flip is of one seeded bit of one file of a small lake, the kinds of files in turn. The file is then read as those
read it that it is for. A flip that is read as another value has to be seen by `doctor --deep`, and none may end in an
exception that is not ours. The price of the checksums is measured at the end.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq

from imr.errors import Code, ImrError, LakeError
from imr.lake.files import PARQUET_OPTIONS, read_parquet, sha256_of
from imr.lake.layout import LakeLayout
from imr.reading.ocr.cache import OcrCache
from imr.steps.ocr_cleanup import clean_letter
from imr.upkeep.doctor import examine
from imr.upkeep.releases import make_release
from tests.reliability.runs import prefect_server, start

SAMPLES = Path(__file__).parents[2] / "data_lake" / "landing"
UNSEEN = "READ AS OTHER VALUES AND UNSEEN"


class Flip(NamedTuple):
    """One bit of one file, by its path below the lake."""

    path: str
    bit: int


class Fate(NamedTuple):
    """What became of a flip: of which kind its file is, and how it ended."""

    flip: Flip
    kind: str
    ending: str


def kind_of(path: str) -> str:
    """The kind of a file: its folder, and for tables whether it is a summary, of letters or of runs."""
    top, _, rest = path.partition("/")
    return f"{top}/{rest.split('/')[0]}" if top in ("tables", "stage") else top


def flips(lake: LakeLayout, count: int, seed: int) -> Iterator[Flip]:
    """Seeded flips, the kinds of files in turn."""
    rng = random.Random(seed)
    kinds: dict[str, list[Path]] = {}
    for path in sorted(path for path in lake.root.rglob("*") if path.is_file() and path.stat().st_size):
        kinds.setdefault(kind_of(path.relative_to(lake.root).as_posix()), []).append(path)
    for number in range(count):
        path = rng.choice(list(kinds.values())[number % len(kinds)])
        yield Flip(path.relative_to(lake.root).as_posix(), rng.randrange(path.stat().st_size * 8))


def fate_of(lake: LakeLayout, flip: Flip) -> Fate:
    """Flip a bit, look what comes of it, and put it back."""
    path = lake.root / flip.path
    data = path.read_bytes()
    right = _read(lake, path, data)
    flipped = bytearray(data)
    flipped[flip.bit // 8] ^= 1 << flip.bit % 8
    path.write_bytes(flipped)
    try:
        ending = _ending(lake, path, data, right)
    finally:
        path.write_bytes(data)
    return Fate(flip, kind_of(flip.path), ending)


def _ending(lake: LakeLayout, path: Path, data: bytes, right: object) -> str:
    try:
        read = _read(lake, path, data)
    except ImrError:
        return "not read, and it is said"
    if read == right:
        return "the same"
    try:
        seen = bool(examine(lake, deep=True).findings)
    except ImrError:
        seen = True
    return "other values, and doctor --deep says so" if seen else UNSEEN


def _read(lake: LakeLayout, path: Path, data: bytes) -> object:
    """What a file holds for those that it is for; `data` is what was written.

    Raises:
        ImrError: it is not taken for what it is.
    """
    if path.suffix in (".parquet", ".sha256"):
        rows = read_parquet(path.with_suffix(".parquet"))
        return [(field.name, str(field.type)) for field in rows.schema], rows.to_pylist()
    if path.is_relative_to(lake.ocr):
        page = OcrCache(path.parent).get(int(path.name[:3]), json.loads(data)["engine"])
        if page is None:
            raise LakeError(Code.LAKE_DAMAGED, "the page is recognised again")
        return page
    if path.is_relative_to(lake.raw) and hashlib.sha256(path.read_bytes()).hexdigest() != path.stem:
        return clean_letter(path, path.stem)
    return path.read_bytes()


def price(lake: LakeLayout) -> dict[str, float]:
    """What checksums cost: bytes and seconds of writing and of reading all tables, without and with them, and hashes."""
    tables = [read_parquet(path) for path in sorted(lake.tables.rglob("*.parquet"))]
    costs: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, options in (("without", {"write_page_checksum": False}), ("with", {})):
            start = time.perf_counter()
            for number, table in enumerate(tables):
                pq.write_table(table, Path(folder, f"{number}.parquet"), **{**PARQUET_OPTIONS, **options})
            costs[f"seconds to write {name}"] = time.perf_counter() - start
            costs[f"bytes {name}"] = sum(path.stat().st_size for path in Path(folder).iterdir())
            start = time.perf_counter()
            for path in Path(folder).iterdir():
                pq.ParquetFile(path, page_checksum_verification=name == "with").read()
            costs[f"seconds to read {name}"] = time.perf_counter() - start
        start = time.perf_counter()
        for path in Path(folder).iterdir():
            sha256_of(path)
        costs["seconds to hash"] = time.perf_counter() - start
    return costs


@contextmanager
def small_lake(folder: Path) -> Iterator[LakeLayout]:
    """A lake of the sample letters, published, with a release."""
    lake = LakeLayout(folder / "lake")
    with prefect_server(folder / "prefect") as environment:
        start(environment, lake.root, [SAMPLES]).communicate()
    make_release(lake, "one")
    yield lake


def main() -> None:
    """Make a lake, flip bits, and print what became of them. Exit code 1 if one was read as another value, unseen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, small_lake(Path(folder)) as lake:
        fates = [fate_of(lake, flip) for flip in flips(lake, arguments.count, arguments.seed)]
        costs = price(lake)
    for (kind, ending), number in sorted(Counter((fate.kind, fate.ending) for fate in fates).items()):
        print(f"{number:6d}  {kind:32s} {ending}")
    unseen = [fate.flip for fate in fates if fate.ending == UNSEEN]
    for flip in unseen:
        print(f"{UNSEEN}: bit {flip.bit} of {flip.path}")
    print("\n".join(f"{name}: {cost:.3f}" for name, cost in costs.items()))
    sys.exit(1 if unseen else 0)


if __name__ == "__main__":
    main()
