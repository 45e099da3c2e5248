"""The exit codes of the command."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What an exit code means."""

    OK = 0
    FAILED = 1
    USAGE = 2
    QUARANTINED = 3
    # 130 and 143, as usual, when a signal ended the run: 128 and its number.
