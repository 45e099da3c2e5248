"""Entries of the quarantine, for tests of what is told of them."""

from __future__ import annotations

import datetime as dt

from imr.errors import Code
from imr.publication.quarantine import Entry

AT = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


def entry(code: Code, source_name: str = "a.pdf") -> Entry:
    """A file that failed under a code."""
    return Entry("0" * 64, f"file:///{source_name}", source_name, "extract", code, "why", 1, AT, AT, False, None, "v1")
