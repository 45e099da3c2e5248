"""Memory that a piece of a run has needed and the next one does not."""

from __future__ import annotations

import ctypes

import pyarrow as pa


def give_back() -> None:
    """Give free memory back to the system, which allocators would else keep: a run of many pieces grew with each."""
    pa.default_memory_pool().release_unused()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # of glibc
        trim(0)
