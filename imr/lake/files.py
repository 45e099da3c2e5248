"""Writing files so that no reader and no crash ever meets half of one."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from imr.errors import Code, LakeError, write_failed

PARQUET_OPTIONS = {
    "compression": "zstd",
    "compression_level": 3,
    "use_dictionary": True,
    "write_page_index": True,
    "write_page_checksum": True,
    "version": "2.6",
}
STAGE_OPTIONS = {
    "compression": "lz4",
    "use_dictionary": False,
    "write_statistics": False,
    "write_page_checksum": True,
    "version": "2.6",
}
"""Written once and read whole once or twice: statistics of texts are of no use there, and half of the work."""
UNREADABLE = (OSError, pa.ArrowException, ValueError, OverflowError, MemoryError)
"""What Arrow raises for a file that is damaged: whatever a wrong length, offset, type or name leads it to."""
_SEAL = ".sha256"
ROW_GROUP = 131_072
_HASH_BLOCK = 1 << 20
_PIECE = 8192  # rows
_NO_FILE = ".no-such-file"


@contextmanager
def lake_errors() -> Iterator[None]:
    """Turn what the file system says while a lake is written into `lake_write_failed`."""
    try:
        yield
    except OSError as error:
        raise write_failed(error) from error


def write_parquet(
    table: pa.Table,
    path: Path,
    metadata: Mapping[str, str] | None = None,
    *,
    in_parts: bool = False,
    options: Mapping[str, Any] = PARQUET_OPTIONS,
) -> None:
    """Write a table to a new file, with the tables' options unless told; not yet durable and not yet in its place.

    Written in parts, each of its chunks can be read by itself.
    """
    with pq.ParquetWriter(path, table.schema, **options) as writer:
        if metadata:
            writer.add_key_value_metadata(dict(metadata))
        for part in table.to_batches() if in_parts else (table,):
            writer.write(part, row_group_size=ROW_GROUP)


def read_parquet(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read one file as it is: its folder's name adds no column. One that was sealed has to be as it was then.

    Raises:
        LakeError: `lake_damaged`.
    """
    if not _is_as_sealed(path):
        raise _changed(path)
    with opened(path) as file:
        return file.read(columns=columns)


def check_parquet(path: Path) -> None:
    """Find damage in one file: one that was sealed has to be as it was then, any other to be readable as a whole.

    Raises:
        LakeError: `lake_damaged`.
    """
    if not _is_as_sealed(path):
        raise _changed(path)
    if not _seal_of(path).exists():
        read_through(path)


def parquet_of(data: bytes, columns: list[str] | None = None) -> pa.Table:
    """The rows of a file that is in memory.

    Raises:
        LakeError: `lake_damaged`.
    """
    try:
        return pq.ParquetFile(pa.BufferReader(data)).read(columns=columns)
    except UNREADABLE as error:
        raise LakeError(Code.LAKE_DAMAGED, "a table in memory cannot be read") from error


def schema_of(path: Path) -> pa.Schema:
    """The schema of one file.

    Raises:
        LakeError: `lake_damaged`.
    """
    with opened(path) as file:
        return file.schema_arrow


def rows_in(path: Path) -> int:
    """How many rows a file has, as its footer says.

    Raises:
        LakeError: `lake_damaged`.
    """
    with opened(path) as file:
        rows: int = file.metadata.num_rows
        return rows


def last_in(path: Path, column: str) -> Any:  # noqa: ANN401 - of the column's type
    """The greatest value that a flat column has in a file, as its footer says; None where that says none.

    Raises:
        LakeError: `lake_damaged`.
    """
    with opened(path) as file:
        footer = file.metadata
    groups = map(footer.row_group, range(footer.num_row_groups))
    columns = (group.column(number) for group in groups for number in range(group.num_columns))
    told = [each.statistics for each in columns if each.path_in_schema == column]
    if not told or any(each is None or not each.has_min_max for each in told):
        return None
    return max(each.max for each in told)


def pieces_of(path: Path, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """The rows of one file, some thousands at a time; raises as `rows_in`."""
    with opened(path) as file:
        for piece in file.iter_batches(_PIECE, columns=columns):
            yield pa.Table.from_batches([piece])


def read_through(path: Path) -> None:
    """Read one file from its first byte to its last and keep nothing of it; raises as `rows_in`."""
    for _ in pieces_of(path):
        pass


@contextmanager
def opened(path: Path) -> Iterator[pq.ParquetFile]:
    """One Parquet file to read from, its pages held against their checksums; what cannot be opened or read is damage.

    Raises:
        LakeError: `lake_damaged`.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            yield file
    except UNREADABLE as error:
        raise LakeError(Code.LAKE_DAMAGED, f"{path.name} of {path.parent.name} cannot be read") from error


def outdated(file: str) -> LakeError:
    """The error for a lake that has to be migrated first, as one of its files shows."""
    return LakeError(Code.LAKE_OUTDATED, f"{file} was written under another declaration of its table; run: imr migrate")


def sync_file(path: Path) -> None:
    """Make a file's content survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if sys.platform == "darwin":
            import fcntl

            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)  # fsync alone stops at the drive's cache
        else:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Make the names in a folder survive a power cut."""
    sync_file(path)


def erase(path: Path) -> None:
    """Remove a file or folder durably, unless an earlier try did. Nobody ever meets half a folder under its name."""
    going = path.with_name(f".{path.name}.going")
    if not path.is_dir() and not going.exists():
        path.unlink(missing_ok=True)
    else:
        if going.exists():
            shutil.rmtree(going)
        if path.exists():
            path.rename(going)
            shutil.rmtree(going)
    if path.parent.is_dir():
        sync_folder(path.parent)


def check_rename(source: Path, target: Path) -> None:
    """Make sure that files can be renamed from one folder into another, which is there or will be made.

    Raises:
        LakeError: `lake_write_failed` when a file system ends between them.
    """
    while not target.exists():
        target = target.parent
    elsewhere = source.stat().st_dev != target.stat().st_dev
    try:
        # Of a name that is not there: mount points, which one device may have several of, are looked at first.
        (source / _NO_FILE).rename(target / _NO_FILE)
    except OSError as error:
        elsewhere = elsewhere or error.errno == errno.EXDEV
    if elsewhere:
        what = (
            f"{target.name}/ is on another file system than {source.parent.name}/: move it into the lake's own folder"
        )
        raise LakeError(Code.LAKE_WRITE_FAILED, f"the lake cannot be written: {what}")


def put_in_place(path: Path, write: Callable[[Path], object]) -> None:
    """Have a file written beside its place and put there in one step: it is there whole, or as it was."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)  # a link of that name would be written through
    write(temporary)
    sync_file(temporary)
    temporary.replace(path)


def link_or_copy(file: Path, target: Path) -> None:
    """Give a file a second name; where that cannot be, put a copy there, durably.

    Raises:
        FileNotFoundError: the file is gone.
        LakeError: `lake_write_failed`.
    """
    with lake_errors():
        target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(file, target)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one without links
        with lake_errors():
            shutil.copyfile(file, target)
            sync_file(target)


def seal(path: Path) -> None:
    """Keep a file's hash beside it, in the form of sha256sum, for `read_parquet` to hold it against."""
    _seal_of(path).write_text(f"{sha256_of(path)}  {path.name}\n", encoding="utf-8")


def seals_in(folder: Path) -> str:
    """The seals of all files in a folder, which tell it from one with other content; none where it is not there."""
    with suppress(OSError):  # a removal may take it meanwhile
        return "".join(kept.read_text(encoding="utf-8") for kept in sorted(folder.glob(f"*{_SEAL}")))
    return ""


def _is_as_sealed(path: Path) -> bool:
    try:
        return _seal_of(path).read_bytes() == f"{sha256_of(path)}  {path.name}\n".encode()
    except OSError:  # not sealed, as the files of the tables, or not there
        return True


def _changed(path: Path) -> LakeError:
    return LakeError(Code.LAKE_DAMAGED, f"{path.name} of {path.parent.name} is not as it was written")


def _seal_of(path: Path) -> Path:
    return path.with_suffix(_SEAL)


def keep_rows(path: Path, rows: pa.Table) -> None:
    """Keep some rows in a file of the stage, which is made if need be.

    Raises:
        LakeError: `lake_write_failed`.
    """
    with lake_errors():
        path.parent.mkdir(parents=True, exist_ok=True)
        _seal_of(path).unlink(missing_ok=True)  # first: a kill may leave the file unsealed, but never wrongly sealed
        put_in_place(path, lambda temporary: write_parquet(rows, temporary))
        seal(path)


def write_durably(path: Path, data: bytes) -> None:
    """Put a small file in its place in one step: it is there whole, durably, or not at all."""
    put_in_place(path, lambda temporary: temporary.write_bytes(data))
    sync_folder(path.parent)


def sha256_of(path: Path) -> str:
    """The hash of a file's content."""
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK):
            hashed.update(block)
    return hashed.hexdigest()
