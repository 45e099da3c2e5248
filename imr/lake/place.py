"""Whether a folder is a lake, told at once: without the libraries that reading one takes."""

from __future__ import annotations

import os
from pathlib import Path

TABLES, RAW, STAGE = "tables", "raw", "stage"


def is_lake(folder: Path) -> bool:
    """Whether a run has begun to make a lake there. A folder with nothing but letters to read is none yet."""
    return any(os.path.isdir(folder / name) for name in (TABLES, RAW, STAGE))  # noqa: PTH112 - any name
