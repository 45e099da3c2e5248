"""Who may read what is written: letters hold health facts, and a lake is not for every account of its machine."""

from __future__ import annotations

import os

_OTHERS = 0o007
_ALL_BUT_OWNER = 0o077


def keep_from_others() -> None:
    """Let what this process writes from now on be read by its owner and their group at most."""
    os.umask(os.umask(_ALL_BUT_OWNER) | _OTHERS)
