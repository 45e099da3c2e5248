"""Versions of the steps: a hash over all code and rule data that shape their output.

What belongs to a step is read from the code itself: the modules that its entry modules import, directly or not, and
the rule files that these load. A step's version holds the version of the step before it, so that a changed rule
re-runs what comes after it and nothing else, and every row says which code and rules it came from.
"""

from __future__ import annotations

import ast
import hashlib
import threading
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parent

LETTER_STEPS = ("ocr_cleanup", "section_split", "extract")
"""The steps that work on letters one by one, in order."""

ENTRY_MODULES = {
    "fetch": ("imr.sources.fetching", "imr.sources.remote", "imr.sources.fetched"),
    **{step: (f"imr.publication.batch_steps.{step}",) for step in LETTER_STEPS},
}
"""Where each step begins. They are named and not imported: this module stands below them."""

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


def step_versions() -> StepVersions:
    """The versions of the code that is installed."""
    with _one_at_a_time:
        return _installed()


_one_at_a_time = threading.Lock()
"""CPython 3.11 counts how deep it is in a module's code for all threads together: two that parse at once fail."""


@cache
def _installed() -> StepVersions:
    from imr.reading.pdf import EXTRACTOR

    return versions_of(PACKAGE, f"{EXTRACTOR} {_engines()}")


def versions_of(package: Path, engines: str = "") -> StepVersions:
    """The versions of the code in a folder of the package `imr`, with engines that read PDFs and scans."""
    fetch = _digest("fetch", step_files(package, "fetch"))
    text = _digest(engines, step_files(package, "ocr_cleanup"))
    split = _digest(text, step_files(package, "section_split"))
    return StepVersions(fetch, text, split, _digest(split, step_files(package, "extract")))


def step_files(package: Path, step: str) -> list[Path]:
    """The modules and rule files that shape the output of a step, in a fixed order.

    Raises:
        ValueError: a module loads rules by a name that cannot be read from its code.
    """
    waiting, found = list(ENTRY_MODULES[step]), set[Path]()
    while waiting:
        file = _file(package, waiting.pop())
        if file is None or file in found:
            continue
        found.add(file)
        needs = _needs(file.read_bytes())
        found |= {package.joinpath(*room.split("."), "rules", f"{name}.toml") for room, name in needs.rules}
        waiting += needs.modules
    return sorted(found)


class _Needs(NamedTuple):
    """What a module imports of the package, and the rule files that it loads, each by its room and name."""

    modules: tuple[str, ...]
    rules: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1024)
def _needs(source: bytes) -> _Needs:
    nodes = list(_running(ast.parse(source)))
    modules = [name for node in nodes for name in _imported(node) if name.startswith("imr.")]
    calls = (node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "load_rules")
    return _Needs(tuple(modules), tuple(map(_rule_file, calls)))


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """All of a module's code but what is for type checkers alone."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if not (isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"):
            waiting += ast.iter_child_nodes(node)


def _imported(node: ast.AST) -> Iterator[str]:
    """The modules that a statement may import: what is taken from a package may be one of its modules."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _rule_file(call: ast.Call) -> tuple[str, str]:
    match [getattr(argument, "value", None) for argument in call.args]:
        case [str(room), str(name)]:
            return room, name
    raise ValueError(f"line {call.lineno}: rules are loaded by names that stand in the code")


def _file(package: Path, module: str) -> Path | None:
    """The file of a module; None for a package, which holds nothing of its own, and for a name within a module."""
    path = package.joinpath(*module.split(".")[1:]).with_suffix(".py")
    return path if path.is_file() else None


def _engines() -> str:
    """The OCR engines that are installed: with another, other letters can be read, and some otherwise."""
    return " ".join(f"{name} {_version(name)}" for name in ("tesserocr", "opencv-python-headless", "rapidocr"))


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "none"


def _digest(upstream: str, files: Iterable[Path]) -> str:
    hashed = hashlib.sha256(upstream.encode())
    for file in files:
        hashed.update(hashlib.sha256(file.read_bytes()).digest())
    return hashed.hexdigest()[:_LENGTH]
