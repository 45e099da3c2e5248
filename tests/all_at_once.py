"""One test over many entries of a table: it fails once, and names every entry that is wrong."""

from __future__ import annotations

from collections.abc import Iterable


def assert_none(wrong: Iterable[object]) -> None:
    """Fail with a line for each thing that is wrong."""
    lines = [str(each) for each in wrong]
    assert not lines, "\n".join([f"{len(lines)} wrong:", *lines])
