"""Folders, globs and single files of this machine."""

from __future__ import annotations

import logging
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from glob import has_magic, iglob
from pathlib import Path

from imr.sources.listing import Alike, SourceFile, bounded, is_letter_name, is_of_a_mac, kind_of_name

_LOG = logging.getLogger("imr")

LINKED_FOLDERS = "linked folders"
"""Under what links to folders are counted, which are not followed: they may lead anywhere, and in circles."""

_LINKS_NAMED = 20


def paths(source: str) -> Iterator[Path]:
    """The files and folders that a folder, a glob or a name stands for. A link that is given by its own name stands
    for what it leads to.

    Raises:
        FileNotFoundError: the source is neither there nor matches anything.
        ListingError: `listing_too_large`: a glob matches more than a run can take in.
    """
    if Path(source).is_dir():
        yield Path(source)
    elif os.path.lexists(source):
        yield Path(source).resolve() if Path(source).is_file() and Path(source).is_symlink() else Path(source)
    else:
        found = False
        for match in bounded(_matches(source)):
            found = True
            yield Path(match)
        if not found:
            raise FileNotFoundError(f"no such file, folder or match: {source}")


def is_there(source: str) -> bool:
    """Whether a folder, glob or name stands for anything."""
    return os.path.lexists(source) or any(True for _ in _matches(source))


def absolute(path: Path) -> Path:
    """The path from the root; resolve() would follow links, and the name given is the name kept."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def source_file(path: Path) -> SourceFile:
    """The address, name and stamp of one path, whatever stands there."""
    path = absolute(path)
    return SourceFile(path.as_uri(), shown_name(path), stamp_at(path))


def shown_name(path: Path) -> str:
    """A file's name as text."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def stamp_at(path: Path | str, folder: int | None = None) -> str:
    """The stamp of what stands at a path, from an open folder if given; empty if that cannot be told."""
    try:
        return stamp_of(os.stat(path, dir_fd=folder))
    except OSError:
        return ""


def _stamps(folder: str, names: Iterable[str]) -> list[str]:
    """The stamps of what stands in one folder, of which a long path is not looked up for each."""
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return [stamp_at(name, place) for name in names]
    finally:
        os.close(place)


def stamp_of(status: os.stat_result) -> str:
    """A text that differs whenever a file's content may: size, times of change and place on its device."""
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}-{status.st_ino}"


def _matches(source: str) -> Iterator[str]:
    # Path.glob knows no pattern with a root of its own.
    return iglob(source, recursive=True, include_hidden=True) if has_magic(source) else iter(())  # noqa: PTH207


def letters_in(folder: Path, passed_over: Counter[str]) -> Iterator[SourceFile | Alike]:
    """The `.pdf` and `.txt` names anywhere below a folder; what it holds of other kinds is counted.

    Folders and links of such names are among them: what is no readable file is refused when it is fetched, not left
    out in silence here. Links to folders are counted, and the first of them named in the log.
    """
    for parent, folders, files in os.walk(folder, onerror=_raise):
        within, address = os.path.relpath(parent, folder), absolute(Path(parent)).as_uri().rstrip("/")
        for name in folders:
            if Path(parent, name).is_symlink():
                passed_over[LINKED_FOLDERS] += 1
                if passed_over[LINKED_FOLDERS] <= _LINKS_NAMED:
                    _LOG.warning(
                        "a link to a folder is not followed: %r; name it as a source of its own", f"{within}/{name}"
                    )
        yield from (source_file(Path(parent, name)) for name in folders if is_letter_name(f"{within}/{name}"))
        of_a_mac = is_of_a_mac(f"{within}/a")
        plain = [name for name in files if _PLAIN_LETTER.fullmatch(name) and not of_a_mac]
        for start in range(0, len(plain), _AT_ONCE):
            names = plain[start : start + _AT_ONCE]
            yield Alike([f"{address}/{name}" for name in names], names, _stamps(parent, names))
        for name in sorted(set(files).difference(plain)):
            if is_letter_name(path := f"{within}/{name}"):
                yield source_file(Path(parent, name))
            else:
                passed_over[kind_of_name(path)] += 1


_PLAIN_LETTER = re.compile(r"[\w~-][\w.~-]*\.(?:pdf|txt)", re.ASCII)
"""The name of a letter that stands in an address as it is, as nearly all do of a million."""

_AT_ONCE = 1000
"""Letters that are told of together. Who asks only whether a folder has any waits for the first of them."""


def _raise(error: OSError) -> None:
    # A folder that cannot be listed would shrink the run in silence.
    raise error
