"""What the tests of fences have workers do. A module of its own: a fenced worker can import it, and not all that tests do."""

from __future__ import annotations

import errno
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np

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


def recognise_a_dirty_page(specks: int) -> list[str]:
    """The lines of a page with specks, on which Tesseract has remarks."""
    from PIL import Image, ImageDraw, ImageFont

    from imr.reading.ocr.tesseract import tesseract

    page, chance = Image.new("L", (1200, 300), 255), random.Random(1)
    draw = ImageDraw.Draw(page)
    for line in range(3):
        draw.text(
            (60, 60 + 60 * line), "The denial is overturned, as the records show it.", 0, ImageFont.load_default(34)
        )
    for _ in range(specks):
        x, y = chance.randrange(1197), chance.randrange(297)
        draw.rectangle((x, y, x + 1, y + 1), 0)
    return [line.text for line in tesseract().lines(np.asarray(page), 60)]


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
