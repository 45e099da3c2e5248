"""What is there to fetch: folders, globs and single files, as a list of addresses with their stamps."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path
from typing import NamedTuple

LETTER_SUFFIXES = (".pdf", ".txt")
"""Names that a folder is searched for; a file given by its own name may have any."""


class SourceFile(NamedTuple):
    """One file at its source.

    `uri` is its `file:` address, `name` its name as text (undecodable bytes replaced), `stamp` changes whenever
    the file does; an empty stamp means that nothing is known of it.
    """

    uri: str
    name: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a set of sources holds. `passed_over` counts the folders' files of other kinds by suffix."""

    files: tuple[SourceFile, ...]
    passed_over: dict[str, int]


def list_files(sources: Iterable[str | Path]) -> Listing:
    """Everything that the sources name, each file once, in the order of their addresses.

    A folder stands for the `.pdf` and `.txt` names anywhere below it, folders and links of such names included:
    what is no readable file is refused when it is fetched, not left out in silence here.

    Raises:
        FileNotFoundError: a source that is neither there nor matches anything.
    """
    passed_over: Counter[str] = Counter()
    files = {source_file(path) for source in sources for path in _paths(os.fspath(source), passed_over)}
    return Listing(tuple(sorted(files)), dict(passed_over))


def missing_sources(sources: Iterable[str]) -> list[str]:
    """Those of some sources that are not there and match nothing."""
    return [source for source in sources if not os.path.lexists(source) and not _matches(source)]


def source_file(path: Path) -> SourceFile:
    """The address, name and stamp of one path, whatever stands there."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links: the name given is the name kept
    name = os.fsencode(path.name).decode("utf-8", "replace")
    try:
        return SourceFile(path.as_uri(), name, stamp_of(path.stat()))
    except OSError:
        return SourceFile(path.as_uri(), name, "")


def stamp_of(status: os.stat_result) -> str:
    """A text that differs whenever a file's content may: size, times of change and place on its device."""
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}-{status.st_ino}"


def _paths(source: str, passed_over: Counter[str]) -> Iterator[Path]:
    if Path(source).is_dir():
        yield from _walk(source, passed_over)
    elif os.path.lexists(source):
        yield Path(source)
    elif matches := _matches(source):
        for match in matches:
            yield from _walk(match, passed_over) if Path(match).is_dir() else [Path(match)]
    else:
        raise FileNotFoundError(f"no such file, folder or match: {source}")


def _matches(source: str) -> list[str]:
    # Path.glob knows no pattern with a root of its own.
    return glob(source, recursive=True, include_hidden=True) if has_magic(source) else []  # noqa: PTH207


def _walk(folder: str, passed_over: Counter[str]) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder, onerror=_raise):
        yield from (Path(parent, name) for name in folders if _is_letter_name(name))
        for name in files:
            if _is_letter_name(name):
                yield Path(parent, name)
            else:
                passed_over[Path(name).suffix.lower()] += 1


def _is_letter_name(name: str) -> bool:
    return name.lower().endswith(LETTER_SUFFIXES)


def _raise(error: OSError) -> None:
    # A folder that cannot be listed would shrink the run in silence.
    raise error
