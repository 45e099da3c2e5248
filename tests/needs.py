"""What tests need that takes long, or is not everywhere: markers by folder and file, and by the fixtures that bring it.

`make check` runs the tests that need nothing of the kind (`-m unit`), `make test` runs all.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PLACES = {
    "prefect": (
        "flows",
        "operated",
        "commands/local_prefect/test_temporary_server.py",
        "commands/local_prefect/test_secrets.py",
    ),
    "browser": ("explaining/test_in_browser.py", "explorer/test_in_browser.py", "operated/test_strangers.py"),
    "ocr": ("api/test_scans.py", "reading/test_ocr.py", "metamorphic/test_forms.py"),
    "object_store": (
        "lake/test_shared_store.py",
        "flows/test_shared_store.py",
        "sources/test_buckets.py",
        "upkeep/test_object_store.py",
        "flows/test_sources.py",
    ),
    "wheel": ("packaging",),
    "long": ("reliability", "reading/test_hostile_pdfs.py"),
}
"""Folders and files of tests by what they need."""

FIXTURES = {
    "prefect_harness": "prefect",
    "prefect_environment": "prefect",
    "top_folder": "prefect",
    "operated": "prefect",
    "spark": "spark",
}
"""Fixtures that bring something of the kind, to whatever test."""

SERVERS = ("prefect_environment", "prefect_harness")
"""Fixtures that start a Prefect server for each process that has tests with it: of a file, all run in one process."""


def mark(item: pytest.Item, *, in_parallel: bool) -> None:
    """Put markers on a test: what it needs, or `unit`; in parallel, also which others run in its process."""
    fixtures = getattr(item, "fixturenames", ())
    for name in {*needs(item.path, fixtures)} or {"unit"}:
        item.add_marker(name)
    if in_parallel and "operated" in fixtures:
        item.add_marker(pytest.mark.xdist_group("operated"))  # one `imr up` for all of them
    elif in_parallel and any(server in fixtures for server in SERVERS):
        item.add_marker(pytest.mark.xdist_group(item.path.relative_to(TESTS).as_posix()))


def needs(path: Path, fixtures: tuple[str, ...]) -> Iterator[str]:
    """What the tests of a file need that have these fixtures."""
    yield from (name for name, places in PLACES.items() if any(path.is_relative_to(TESTS / place) for place in places))
    yield from (name for fixture, name in FIXTURES.items() if fixture in fixtures)


def misplaced() -> list[str]:
    """Places that are no longer there: what has moved must not lose its marker."""
    return [place for places in PLACES.values() for place in places if not (TESTS / place).exists()]
