"""Versions of the steps: a hash over the code and rule data that produce their output.

A step's version holds the version of the step before it, so that a changed rule re-runs what comes after it and
nothing else, and every row says which code and rules it came from.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from importlib.resources.abc import Traversable
from typing import NamedTuple

LETTER_STEPS = ("ocr_cleanup", "section_split", "extract")
"""The steps that work on letters one by one, in order."""

_STAGED_BY = {"texts": "ocr_cleanup", "sections": "section_split"}

_LENGTH = 16  # hex digits: one accidental match in 10^19


def staged_by(table: str) -> str:
    """The step that makes the rows of a table of letters, and whose stage holds them."""
    return _STAGED_BY.get(table, "extract")


class StepVersions(NamedTuple):
    """The version of each step, in the letter's order."""

    fetch: str
    text: str
    split: str
    extract: str

    def of(self, step: str) -> str:
        """The version of a step by the step's name."""
        return {"fetch": self.fetch, "ocr_cleanup": self.text, "section_split": self.split}.get(step, self.extract)


@cache
def step_versions() -> StepVersions:
    """The versions of the code that is installed."""
    from imr.reading.pdf import EXTRACTOR

    fetch = _digest("fetch", _sources("sources"))
    text = _digest(f"{EXTRACTOR} {_engines()}", _sources("reading", "cleaning", "records.py", "rules.py"))
    split = _digest(text, _sources("splitting", "repairing", "warnings.py"))
    return StepVersions(fetch, text, split, _digest(split, _sources("extraction", "steps.py")))


def _engines() -> str:
    """The OCR engines that are installed: with another, other letters can be read, and some otherwise."""
    return " ".join(f"{name} {_version(name)}" for name in ("tesserocr", "opencv-python-headless", "rapidocr"))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def _digest(upstream: str, sources: list[bytes]) -> str:
    hashed = hashlib.sha256(upstream.encode())
    for source in sources:
        hashed.update(hashlib.sha256(source).digest())
    return hashed.hexdigest()[:_LENGTH]


def _sources(*names: str) -> list[bytes]:
    """The content of modules and packages of `imr`, their rule data included, in a fixed order."""
    return [content for name in names for content in _contents(resources.files("imr") / name)]


def _contents(entry_point: Traversable) -> list[bytes]:
    if entry_point.is_file():
        return [entry_point.read_bytes()] if entry_point.name.endswith((".py", ".toml")) else []
    return [content for entry in sorted(entry_point.iterdir(), key=lambda e: e.name) for content in _contents(entry)]
