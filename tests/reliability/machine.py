"""Faults of a machine, to be met on purpose. A module of its own: workers import it by its name."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Mapping

NUMBERS: Mapping[str, int] = {name: getattr(errno, name) for name in ("ENOSPC", "EIO", "EACCES", "ENOENT")}


def strike(fault: str, *_: object, **__: object) -> None:
    """Meet a fault, whatever was to be done."""
    if fault == "killed worker":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == "out of memory":
        raise MemoryError
    raise OSError(NUMBERS[fault], os.strerror(NUMBERS[fault]))
