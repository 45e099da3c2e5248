"""Archives: their members are read one by one where they are, and nothing is unpacked to a folder.

A member that is at fault is refused alone; the archive is refused where it is at fault itself.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple, cast
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from imr.errors import Code, LetterError, SourceError, UnreadableError
from imr.reading.media import MAX_BYTES
from imr.reading.packed import FREE_OF_RATIO, MAX_RATIO
from imr.sources.folders import absolute, shown_name, stamp_at
from imr.sources.forward import Forward, Part
from imr.sources.listing import SourceFile, is_letter_name, is_of_a_mac, kind_of_name

MAX_MEMBERS = 2_000_000
"""More members than letters there are: such an archive is not what it seems."""

MAX_UNPACKED = 1 << 40
"""Bytes that the members of an archive may have in all."""

_TARS = {
    ".tar": "", ".tar.gz": "gz", ".tgz": "gz", ".tar.bz2": "bz2", ".tbz2": "bz2", ".tar.xz": "xz", ".txz": "xz",
}  # fmt: skip
_ZIP = ".zip"
SUFFIXES = (_ZIP, *_TARS)
"""Names of archives that can be read."""

_OTHER_ARCHIVES = (*SUFFIXES, ".7z", ".rar", ".gz", ".bz2", ".xz", ".zst")


class Member(NamedTuple):
    """What an archive says of one member. `packed` is None where members are not packed one by one."""

    name: str
    size: int
    packed: int | None
    is_file: bool
    is_locked: bool = False


def is_archive(path: Path) -> bool:
    """Whether a file's name is that of an archive that can be read."""
    return path.name.lower().endswith(SUFFIXES)


def list_archive(path: Path, passed_over: Counter[str]) -> Iterator[SourceFile]:
    """The members that are letters by name, and those that must be refused. What is neither is counted.

    An archive that is at fault itself stands for itself: fetching it says why.
    """
    path = absolute(path)
    kind = "zip" if path.name.lower().endswith(_ZIP) else "tar"
    address, stamp = f"{kind}+{path.as_uri()}", stamp_at(path)
    whole = SourceFile(address, shown_name(path), "")
    found: list[SourceFile] = []
    try:
        for member in _members(path):
            if is_letter_name(member.name) or _is_other_archive(member.name):
                data = member.name.encode("utf-8", "surrogateescape")
                name = PurePosixPath(data.decode("utf-8", "replace")).name or whole.name
                found.append(SourceFile(f"{address}#{quote_from_bytes(data)}", name, stamp))
            else:
                passed_over[kind_of_name(member.name)] += 1
    except LetterError as error:
        yield whole
        if error.code == Code.ARCHIVE_UNSAFE:
            return
    yield from found


def read_member(uri: str) -> tuple[bytes, str]:
    """The bytes of one member, and the stamp of the archive they were read from.

    Raises:
        SourceError: `source_missing`, `source_unreadable`.
        UnreadableError: `archive_unsafe`, `archive_damaged` or `file_too_large`.
    """
    parts = urlsplit(uri)
    path, name = Path(os.fsdecode(unquote_to_bytes(parts.path))), unquote_to_bytes(parts.fragment)
    stamp = stamp_at(path)
    if not name:
        deque(_members(path), maxlen=0)  # going through all of it finds what is wrong
        raise SourceError(Code.SOURCE_MISSING, "the archive was refused when it was listed, and is sound now")
    with _damage():
        if parts.scheme == "zip+file":
            return _opened_zip(path, stamp).read(name.decode("utf-8", "surrogateescape")), stamp
        return _opened_tar(path, stamp).read(name.decode("utf-8", "surrogateescape")), stamp


def _members(path: Path) -> Iterator[Member]:
    """What an archive says of its members; it is refused when that is too much."""
    packed, size = path.stat().st_size if path.exists() else 0, 0
    with _damage():
        each = _zip_members(path) if path.name.lower().endswith(_ZIP) else (m for m, _ in _tar_members(path))
        for count, member in enumerate(each, 1):
            size += member.size
            if count > MAX_MEMBERS:
                raise _unsafe(f"the archive has more than {MAX_MEMBERS} members")
            _check_total(size, packed)
            yield member


def _check_total(size: int, packed: int) -> None:
    if size > MAX_UNPACKED or (size > FREE_OF_RATIO and size > MAX_RATIO * packed):
        raise _unsafe(f"the archive would unpack to {size} bytes from {packed}")


def _is_other_archive(name: str) -> bool:
    """Whether a name is of an archive, and not of a letter that was packed by itself, or of a Mac's."""
    return name.lower().endswith(_OTHER_ARCHIVES) and not is_letter_name(name) and not is_of_a_mac(name)


def _check(member: Member) -> None:
    """Refuse a member that may not be read.

    Raises:
        UnreadableError: `archive_unsafe`, `archive_damaged` or `file_too_large`.
    """
    name = member.name.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":" or "\0" in name:
        raise _unsafe("the member's name leads out of the archive")
    if not member.is_file:
        raise _unsafe("the member is a link or no file")
    if _is_other_archive(name):
        raise _unsafe("the member is an archive itself")
    if member.packed is not None and member.size > max(FREE_OF_RATIO, MAX_RATIO * member.packed):
        raise _unsafe(f"the member would unpack to {member.size} bytes from {member.packed}")
    if member.size > MAX_BYTES:
        raise UnreadableError(Code.FILE_TOO_LARGE, f"the file holds more than {MAX_BYTES} bytes")
    if member.is_locked:
        raise UnreadableError(Code.ARCHIVE_DAMAGED, "the member is locked with a password")


def _zip_members(path: Path) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        if sum(info.compress_size for info in archive.infolist()) > path.stat().st_size:
            raise _unsafe("the archive's members overlap")
        yield from (_zip_member(info) for info in archive.infolist() if not info.is_dir())


def _zip_member(info: zipfile.ZipInfo) -> Member:
    mode = stat.S_IFMT(info.external_attr >> 16)
    return Member(
        info.orig_filename, info.file_size, info.compress_size, mode in (0, stat.S_IFREG), bool(info.flag_bits & 1)
    )


class _Zip:
    """A zip archive that stays open from member to member."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        self._infos: dict[str, list[zipfile.ZipInfo]] = {}
        for info in self._archive.infolist():
            self._infos.setdefault(info.orig_filename, []).append(info)

    def read(self, name: str) -> bytes:
        """One member."""
        infos = self._infos.get(name, [])
        if not infos:
            raise SourceError(Code.SOURCE_MISSING, "the file has no such part any more")
        if len(infos) > 1:
            raise _unsafe("several members have this name")
        _check(_zip_member(infos[0]))
        with self._archive.open(infos[0]) as file:
            return file.read(MAX_BYTES)


def _tar_members(path: Path) -> Iterator[tuple[Member, IO[bytes]]]:
    """The members in their order, each with its bytes to be read before the next one is asked for."""
    packing = next(packing for suffix, packing in _TARS.items() if path.name.lower().endswith(suffix))
    opener = {"": Path.open, "gz": gzip.open, "bz2": bz2.open, "xz": lzma.open}[packing]
    with opener(path, "rb") as file:  # type: ignore[operator]
        bounded = cast("IO[bytes]", _Bounded(cast("IO[bytes]", file), path.stat().st_size))
        with tarfile.open(fileobj=bounded, mode="r:") as archive:
            for info in archive:
                archive.members = []  # type: ignore[attr-defined]  # it would remember every member there was
                if not info.isdir():
                    content = archive.extractfile(info) if info.isreg() and not info.issparse() else None
                    member = Member(info.name, info.size, None, content is not None)
                    yield member, cast("IO[bytes]", content)


class _Bounded:
    """An unpacked archive in which nothing is read or passed over beyond what it may hold."""

    def __init__(self, file: IO[bytes], packed: int) -> None:
        self._file = file
        self._packed = packed
        self.tell = file.tell

    def read(self, size: int) -> bytes:
        """The next bytes, as many as a member may have at most: also what describes a member is bounded so."""
        if not 0 <= size <= MAX_BYTES:
            raise _unsafe("the archive asks for more memory than a letter may have")
        _check_total(self._file.tell() + size, self._packed)
        return self._file.read(size)

    def seek(self, offset: int) -> int:
        """Go to an offset."""
        _check_total(offset, self._packed)
        return self._file.seek(offset)


def _tar_parts(path: Path) -> Iterator[Part]:
    for member, content in _tar_members(path):
        yield member.name, partial(_read_from_tar, member, content)


def _read_from_tar(member: Member, content: IO[bytes]) -> bytes:
    _check(member)
    data = content.read(MAX_BYTES)
    if len(data) < member.size:
        raise UnreadableError(Code.ARCHIVE_DAMAGED, "the archive ends within the member")
    return data


@lru_cache(maxsize=2)
def _opened_zip(path: Path, stamp: str) -> _Zip:
    return _Zip(path)


@lru_cache(maxsize=2)
def _opened_tar(path: Path, stamp: str) -> Forward:
    return Forward(lambda: _tar_parts(path))


def _unsafe(why: str) -> UnreadableError:
    return UnreadableError(Code.ARCHIVE_UNSAFE, why)


@contextmanager
def _damage() -> Iterator[None]:
    """Turn what the archive modules say into our codes."""
    try:
        yield
    except FileNotFoundError as error:
        raise SourceError(Code.SOURCE_MISSING, "the file is gone, or a link leads nowhere") from error
    except PermissionError as error:
        raise SourceError(Code.SOURCE_UNREADABLE, "the file cannot be read (EACCES)") from error
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise UnreadableError(Code.ARCHIVE_DAMAGED, f"the archive is damaged ({type(error).__name__})") from error
