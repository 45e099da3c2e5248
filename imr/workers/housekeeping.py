"""How a worker keeps its memory: each letter takes and leaves much the same, so that little of it needs tidying."""

from __future__ import annotations

import contextlib
import ctypes
import gc

_OBJECTS_BETWEEN_LOOKS = 20_000  # a few megabytes: some ten letters, of which hardly one leaves a cycle behind

# glibc's parameters of `malloc` by their numbers: how much free memory stays, how much is asked for beyond what is
# needed, and from which size on a block is mapped by itself.
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3
_KEPT = {_M_TRIM_THRESHOLD: 64 << 20, _M_TOP_PAD: 16 << 20, _M_MMAP_THRESHOLD: 32 << 20}


def keep_house() -> None:
    """Look for garbage seldom, and keep what one letter freed for the next: the system gives it page by page.

    What is not glibc hands memory back as it will.
    """
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS, *gc.get_threshold()[1:])
    with contextlib.suppress(AttributeError, OSError, TypeError):  # another C library, or none that can be asked
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, size in _KEPT.items():
            mallopt(parameter, size)
