"""Faults of a machine, to be met on purpose. A module of its own: workers import it by its name."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Mapping

from imr.errors import Code, LakeError
from imr.lake.files import lake_errors

NUMBERS: Mapping[str, int] = {name: getattr(errno, name) for name in ("ENOSPC", "EIO", "EACCES", "ENOENT")}


def strike(fault: str, *_: object, **__: object) -> None:
    """Meet a fault, whatever was to be done."""
    if fault == "killed worker":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == "out of memory":
        raise MemoryError
    raise OSError(NUMBERS[fault], os.strerror(NUMBERS[fault]))


def strike_while_writing(fault: str, *_: object, **__: object) -> None:
    """Meet a fault where what the file system says is told as the lake's own error."""
    with lake_errors():
        strike(fault)


def strike_while_reading(fault: str, *_: object, **__: object) -> None:
    """Meet a fault where a Parquet file is read: whatever it is, the file counts as damaged."""
    try:
        strike(fault)
    except (OSError, MemoryError) as error:
        raise LakeError(Code.LAKE_DAMAGED, "a file cannot be read") from error
