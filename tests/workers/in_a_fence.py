"""What the tests of fences have workers do. A module of its own: a fenced worker can import it, and not all that tests do."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

from imr.workers import child
from imr.workers.landlock import Fence

MEMORY = 1 << 30


def reads(path: Path) -> object:
    return path.read_text()


def lists(path: Path) -> object:
    return list(path.parent.iterdir())


def writes(path: Path) -> object:
    return path.write_text("changed")


def makes(path: Path) -> object:
    return path.with_name("new").write_text("new")


def removes(path: Path) -> object:
    return path.unlink()


def renames(path: Path) -> object:
    return path.rename(path.with_name("renamed"))


def links(path: Path) -> object:
    return path.with_name("link").symlink_to("/etc/passwd")


def makes_a_folder(path: Path) -> object:
    return (path.parent / "folder").mkdir()


def tried(way: str, path: str) -> str:
    """What comes of it: nothing to object, or the system's name for why not."""
    do: Callable[[Path], object] = globals()[way]
    try:
        do(Path(path))
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "done"


def start_without_landlock(way: str) -> str:
    def refuse(_: Fence) -> bool:
        if way == "refused":
            raise PermissionError(errno.EPERM, "not allowed")
        return False

    allowed, child.restrict = child.restrict, refuse
    try:
        child.start_child(MEMORY, Fence())
    finally:
        child.restrict = allowed
    return "started"
