"""The hash of every file of the tables, as the last commit left it: `SHA256SUMS` in the lake's folder.

`sha256sum --check SHA256SUMS` reads it, there and in every release. Its first line is a remark with the hash of the
lines below it, so that damage to the list is told from damage to what it lists. A list that is lost is made anew by the
next commit, from the files as they are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from imr.errors import Code, LakeError
from imr.lake.files import lake_errors, sha256_of, write_durably
from imr.lake.layout import LakeLayout, Partition, partition_at

_REMARK = "# sha256 of the lines below: "
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")

Sums = dict[str, str]
"""The hash of each file by its path below the folder that holds the list."""


def sums_text(sums: Mapping[str, str]) -> str:
    """A list as it is kept."""
    lines = "".join(f"{digest}  {path}\n" for path, digest in sums.items())
    return f"{_REMARK}{hashlib.sha256(lines.encode()).hexdigest()}\n{lines}"


def read_sums(path: Path, *, of_release: bool = False) -> Sums:
    """A list that was kept. One of a release may be without its remark, as older ones are.

    Raises:
        LakeError: `lake_damaged` when it cannot be read, or is not as it was written.
    """
    try:
        text = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise LakeError(Code.LAKE_DAMAGED, f"{path.name} of {path.parent.name} cannot be read") from error
    lines = text.split("\n")[text.startswith(_REMARK) :]
    found = [_LINE.fullmatch(line) for line in lines[:-1]]
    sums = {match[2]: match[1] for match in found if match}
    older = of_release and not text.startswith(_REMARK)
    if not all(found) or lines[-1] or (not older and sums_text(sums) != text):
        raise LakeError(Code.LAKE_DAMAGED, f"{path.name} of {path.parent.name} is not as it was written")
    return sums


def sums_of(lake: LakeLayout) -> Sums | None:
    """The hashes of the files of a lake's tables; None where no list is kept, or none that can be trusted."""
    try:
        return sums_of_tables(lake)
    except LakeError:
        return None


def sums_of_tables(lake: LakeLayout) -> Sums:
    """The same; a list that was put back together with the tables of a release names other files of it besides.

    Raises:
        LakeError: `lake_damaged`.
    """
    return {path: digest for path, digest in read_sums(lake.sums).items() if path.startswith(f"{lake.tables.name}/")}


def taken_stock(lake: LakeLayout) -> Sums:
    """The hashes of all files that the tables have now."""
    return {path: sha256_of(lake.file(partition)) for path, partition in files_there(lake).items()}


def files_there(lake: LakeLayout) -> dict[str, Partition]:
    """All files that the tables have now, by the paths under which a list has them; whatever else is there is not."""
    names = (path.relative_to(lake.tables).as_posix() for path in lake.tables.rglob("*.parquet") if path.is_file())
    return {listed_as(found): found for name in names if (found := partition_at(name))}


def mend(lake: LakeLayout) -> None:
    """Take what is not there any more off the list; make one anew that is lost. Only ever under the lake's lock.

    Raises:
        LakeError: `lake_write_failed`.
    """
    sums = sums_of(lake)
    there = taken_stock(lake) if sums is None else {name: sums[name] for name in sums if (lake.root / name).exists()}
    if there != sums:
        with lake_errors():
            write_durably(lake.sums, sums_text(dict(sorted(there.items()))).encode())


def listed_as(partition: Partition) -> str:
    """The path under which a list has the file of a partition."""
    return f"tables/{partition.path}"


def is_as_written(lake: LakeLayout, sums: Sums | None, partition: Partition) -> bool:
    """Whether the file of a partition has its hash; where no hashes are kept, nothing can be held against it."""
    return sums is None or sums.get(listed_as(partition)) == sha256_of(lake.file(partition))
