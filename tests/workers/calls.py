"""What the tests of batches have workers do. A module of its own: a worker imports it within its deadline."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from imr.errors import Code, LakeError, SourceError, UnreadableError


def double(value: int) -> int:
    return value * 2


def refuse(_: int) -> int:
    raise UnreadableError(Code.EMPTY_FILE, "the file holds nothing")


def hang(_: int) -> int:
    time.sleep(60)
    return 0


def die(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def devour(_: int) -> int:
    return len(bytearray(4 << 30))


def blunder(_: int) -> int:
    raise KeyError("words of a letter")


def fill_the_disk(_: int) -> int:
    raise LakeError(Code.LAKE_WRITE_FAILED, "the lake cannot be written (ENOSPC)")


def call(way: str, value: int) -> int:
    return {
        "hang": hang,
        "die": die,
        "devour": devour,
        "refuse": refuse,
        "blunder": blunder,
        "disk": fill_the_disk,
        "": double,
    }[way](value)


def wait_for(file: str) -> str:
    """Come back once the file is there."""
    while not Path(file).exists():
        time.sleep(0.01)
    return file


def note_down(file: str, word: str) -> None:
    """Add a word to a file."""
    with Path(file).open("a") as told:
        told.write(word)


def flaky(marker: str, fails: int) -> str:
    """Fail in a passing way until the marker file is `fails` bytes long."""
    path = Path(marker)
    tried = path.stat().st_size if path.exists() else 0
    if tried < fails:
        path.write_bytes(b"x" * (tried + 1))
        raise SourceError(Code.SOURCE_UNREADABLE, "the file cannot be read (EIO)", transient=True)
    return "read"


def tell_and_hang(folder: str, number: int) -> None:
    (Path(folder) / str(number)).write_text(str(os.getpid()), encoding="ascii")
    while True:  # busy: it does not look at its pipe
        sum(range(1_000_000))
