"""The examples of the documentation and of the docstrings give what they say, in a checkout after `make run`."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import imr

ROOT = Path(__file__).parent.parent.parent
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
HOMES = sorted({"imr", *(getattr(imr, name).__module__ for name in imr.__all__ if name != "__version__")})


def page() -> doctest.DocTest:
    """The examples of the page of the Python API."""
    path = ROOT / "docs" / "python-api.md"
    text = re.sub(r"^```.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)  # else a result, to doctest
    return doctest.DocTestParser().get_doctest(text, {}, "python-api.md", str(path), 0)


def docstrings() -> Iterator[doctest.DocTest]:
    """The examples of the modules that public names are from."""
    for home in HOMES:
        yield from (test for test in doctest.DocTestFinder().find(import_module(home)) if test.examples)


@pytest.mark.parametrize("examples", [page(), *docstrings()], ids=lambda examples: examples.name)
def test_an_example_gives_what_it_says(
    examples: doctest.DocTest, top_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(top_folder)
    said: list[str] = []
    result = doctest.DocTestRunner(optionflags=OPTIONS).run(examples, out=said.append, clear_globs=False)
    assert result.failed == 0, "".join(said)
    assert result.attempted > 1


@pytest.mark.parametrize(
    "name", ["Lake", "Lake.find", "Lake.letter", "Letter.values_of", "Letter.words", "read_letter"]
)
def test_what_people_call_has_an_example(name: str) -> None:
    assert name in {test.name.rpartition("imr.api.")[2].partition(".")[2] for test in docstrings()}
