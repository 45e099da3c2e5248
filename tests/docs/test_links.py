"""Links within the repository lead somewhere, and paths that the pages name are there. Others are not fetched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, anchors_of, code_of, links_of, name_of, text_of

ROOMS = ("imr", "flows", "tasks", "commands", "tests", "docs", "deploy", "data_lake")
MADE_LATER = re.compile(r"test_YOURS|data_lake/(?:tables|raw|stage)|deploy/\.env\b|\{|…")
"""Paths that stand for others, or that a run makes."""

_PATH = re.compile(rf"(?<![\w/.])(?:{'|'.join(ROOMS)})/[\w./*-]*\w/?")


def broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    wrong = []
    for link in links_of(page):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = page.parent / target if target else page
        if not file.exists() or (anchor and anchor not in anchors_of(file)):
            wrong.append(link)
    return wrong


def missing(text: str) -> list[str]:
    """The paths of the repository that a text's code names and that are not there."""
    paths = {path for code in code_of(text) if not MADE_LATER.search(code) for path in _PATH.findall(code)}
    return sorted(path for path in paths if not any(ROOT.glob(path)))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_link_is_broken(page: Path) -> None:
    assert broken(page) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_paths_that_are_named_are_there(page: Path) -> None:
    assert missing(text_of(page)) == []


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One\n\n[a](#one) [b](#two) [c](page.md#one) [d](other.md) [e](https://example.org/nowhere) `[f](code.md)`\n"
        "```\n[g](block.md)\n```\n",
        encoding="utf-8",
    )
    assert broken(page) == ["#two", "other.md"]


def test_a_path_that_is_not_there_is_seen() -> None:
    text = "See `imr/errors.py`, `imr/nowhere.py` and:\n\n```\npytest tests/nowhere/test_x.py\n```\n"
    assert missing(text) == ["imr/nowhere.py", "tests/nowhere/test_x.py"]
