"""Memory goes back to the system between the pieces of a run."""

from __future__ import annotations

import psutil
import pyarrow as pa
import pytest

from imr.publication.memory import give_back

MEBIBYTE = 2**20


def _resident() -> float:
    return psutil.Process().memory_info().rss / MEBIBYTE


@pytest.mark.skipif(not hasattr(__import__("ctypes").CDLL(None), "malloc_trim"), reason="another C library than glibc")
def test_memory_that_is_free_goes_back() -> None:
    # Small things with one that stays at their end: an allocator cannot give them back by itself.
    things: list[object] = [b"x" * (60_000 + n % 2) for n in range(3_000)]
    stays, before = things[-1], _resident()
    rows = pa.array(range(3_000_000))
    del things, rows
    give_back()
    assert stays
    assert before - _resident() > 100
