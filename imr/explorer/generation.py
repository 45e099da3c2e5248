"""One state of the search index on disk: the index of one commit, and the tables that it was made from.

`<lake>/search/<name>/` is never changed once it is there. `current` names the one that readers open; who has one open
holds a shared lock on it, so that it goes only when nobody reads it any more.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from imr.explorer import rows, words
from imr.explorer.kept import Kept
from imr.lake.files import lake_errors, sha256_of, write_durably
from imr.lake.layout import LakeLayout

MANIFEST = "manifest.json"
WORDS = "words"
UNITS = "units"
COUNTS = "counts.json"
MAKING = ".making-"
"""How the names of those begin that are not finished."""

FORMAT = hashlib.sha256(
    "\n".join((version("tantivy"), rows.SQL, *words.FIELDS, *words.STORED, *words.NUMBERS, "3")).encode()
).hexdigest()
"""Another one where this code, or its library, makes another index of the same tables."""


class Manifest(NamedTuple):
    """What a state of the index is of."""

    format: str
    state: str
    """The mark of the tables that it was made from, as `imr.lake.snapshot` has it."""
    commit_id: str
    committed_at: str
    decisions: int
    units: Mapping[str, str]
    """The files that were read, by year and part, each with a mark that changes when one of them does."""
    files: Mapping[str, tuple[int, str]]
    """Size and hash of every file of the index."""


class Generation:
    """An index that is open to be read from. It stays whole as long as this object lives."""

    def __init__(self, folder: Path, manifest: Manifest, lock: int) -> None:
        self.folder = folder
        self.manifest = manifest
        self._lock = lock
        self.index = words.opened(str(folder / WORDS))
        self.searcher = self.index.searcher()
        self.kept = Kept()

    def __del__(self) -> None:
        with suppress(OSError):
            os.close(self._lock)

    @property
    def tables(self) -> LakeLayout:
        """The tables of the same commit, as a lake of their own."""
        return LakeLayout(self.folder)

    @property
    def is_there(self) -> bool:
        """False once it has been taken away on purpose: then it may hold a letter that is to be forgotten."""
        return (self.folder / MANIFEST).exists()


def open_current(folder: Path) -> Generation | None:
    """The newest state of an index; None where there is none, or none that is whole."""
    try:
        path = current(folder)
        if path is None:
            return None
        lock = os.open(path / MANIFEST, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return None
    try:
        manifest = read_manifest(path)
        if has_its_sizes(path, manifest):
            return Generation(path, manifest, lock)
    except (OSError, ValueError):
        pass
    os.close(lock)
    return None


def current(folder: Path) -> Path | None:
    """The folder of the newest state; None if none was made."""
    try:
        name = (folder / "current").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return folder / name if name.isalnum() else None


def make_current(folder: Path, made: Path, name: str) -> None:
    """Put what was made in its place, for readers to open from now on."""
    with lake_errors():
        made.rename(folder / name)
        write_durably(folder / "current", name.encode("ascii"))


def read_manifest(path: Path) -> Manifest:
    """What a state of the index says of itself.

    Raises:
        ValueError: it cannot be read, or was made by other code.
        OSError: it is not there.
    """
    read: Any = json.loads((path / MANIFEST).read_bytes())
    if not isinstance(read, dict) or set(read) != set(Manifest._fields) or read["format"] != FORMAT:
        raise ValueError("the index was made by other code")
    return Manifest(**read)


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write what a state is of: the last file of it to be written."""
    with lake_errors():
        write_durably(path / MANIFEST, json.dumps(manifest._asdict(), indent=1).encode())


def files_of(path: Path) -> dict[str, tuple[int, str]]:
    """Size and hash of each file of an index, by its path; locks, which readers make as well, are none."""
    parts = (file for part in (WORDS, UNITS) for file in sorted((path / part).iterdir()) if file.suffix != ".lock")
    found = (*parts, path / COUNTS)
    return {file.relative_to(path).as_posix(): (file.stat().st_size, sha256_of(file)) for file in found}


def has_its_sizes(path: Path, manifest: Manifest) -> bool:
    """Whether every file is there, as long as it was."""
    try:
        return all((path / name).stat().st_size == size for name, (size, _) in manifest.files.items())
    except OSError:
        return False


def is_as_made(path: Path, manifest: Manifest) -> bool:
    """Whether every file is as it was made, byte by byte."""
    return has_its_sizes(path, manifest) and all(
        sha256_of(path / name) == digest for name, (_, digest) in manifest.files.items()
    )


def clear_away(folder: Path) -> None:
    """Remove the states that are neither current nor read by anyone; one that is in use goes another time."""
    keep = current(folder)
    for path in folder.iterdir():
        if path.is_dir() and path != keep and not path.name.startswith("."):
            with _unused(path) as unused:
                if unused:
                    shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _unused(path: Path) -> Iterator[bool]:
    """Whether nobody has it open, nor can open it inside this block."""
    try:
        lock = os.open(path / MANIFEST, os.O_RDONLY)
    except OSError:
        yield True
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(lock)
