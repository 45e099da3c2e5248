"""Faults of a machine, to be met on purpose. A module of its own: workers import it by its name."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Mapping

from imr.errors import Code, LakeError
from imr.lake.files import lake_errors
from imr.workers.slices import Made

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


class _Struck:
    """Files of which each meets a fault in the worker that has it in hand."""

    fault: str

    def __init__(self, _given: object, _items: object) -> None:
        pass

    def do(self, _: int) -> None:
        """Meet it."""
        strike(self.fault)

    def made(self, _: Mapping[int, object]) -> Made:
        """Nothing was made."""
        return Made({})


STRUCK: Mapping[str, type[_Struck]] = {
    fault: type(f"Struck{number}", (_Struck,), {"fault": fault})
    for number, fault in enumerate((*NUMBERS, "out of memory", "killed worker"))
}
"""By fault, what takes the place of a step's own work."""

globals().update({struck.__name__: struck for struck in STRUCK.values()})  # a worker finds them by their names
