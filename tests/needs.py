"""What tests need that takes long, or is not everywhere: markers by folder and file, and by the fixtures that bring it.

`make check` runs the tests that need nothing of the kind (`-m unit`), `make test` runs all.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
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
    "browser": (
        "explaining/test_in_browser.py",
        "explorer/test_in_browser.py",
        "explorer/test_ten_questions.py",
        "operated/test_strangers.py",
    ),
    "ocr": ("api/test_scans.py", "flows/test_shared_store.py", "reading/test_ocr.py", "metamorphic/test_forms.py"),
    "object_store": (
        "lake/test_shared_store.py",
        "flows/test_shared_store.py",
        "flows/test_engines.py",
        "sources/test_buckets.py",
        "upkeep/test_object_store.py",
        "flows/test_sources.py",
    ),
    "wheel": ("packaging",),
    "long": ("reliability", "reading/test_hostile_pdfs.py"),
}
"""Folders and files of tests by what they need."""

FIXTURES = {
    "prefect_api": "prefect",
    "top_folder": "prefect",
    "operated": "prefect",
    "spark": "spark",
}
"""Fixtures that bring something of the kind, to whatever test."""


def mark(item: pytest.Item) -> None:
    """Put markers on a test: what it needs, or `unit`; and which others run in the same process when many do."""
    fixtures = getattr(item, "fixturenames", ())
    for name in {*needs(item.path, fixtures)} or {"unit"}:
        item.add_marker(name)
    # What the tests of a file share is made once, and one `imr up` serves all who need it.
    together = "operated" if "operated" in fixtures else item.path.relative_to(TESTS).as_posix()
    item.add_marker(pytest.mark.xdist_group(together))


def begins(item: pytest.Item) -> int:
    """The place of a test in the order in which processes take up files: what takes longest must not begin last."""
    names = {marker.name for marker in item.iter_markers()}
    return 0 if "operated" in getattr(item, "fixturenames", ()) else 2 if "unit" in names else 1


def needs(path: Path, fixtures: tuple[str, ...]) -> Iterator[str]:
    """What the tests of a file need that have these fixtures."""
    yield from _of_place(path)
    yield from (name for fixture, name in FIXTURES.items() if fixture in fixtures)


@cache
def _of_place(path: Path) -> tuple[str, ...]:
    return tuple(name for name, places in PLACES.items() if any(path.is_relative_to(TESTS / place) for place in places))


def misplaced() -> list[str]:
    """Places that are no longer there: what has moved must not lose its marker."""
    return [place for places in PLACES.values() for place in places if not (TESTS / place).exists()]
