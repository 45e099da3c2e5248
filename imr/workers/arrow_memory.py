"""Imported first in the process that workers are forked from, before Arrow is: it asks the system for memory.

Arrow's own allocator reserves a gigabyte of addresses for its first row, half of what a worker may have for a letter.
"""

from __future__ import annotations

import os

os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
