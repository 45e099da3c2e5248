"""The documentation as the tests read it: its files, their code and their links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TOP = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "deploy/README.md", "data_lake/README.md")
PAGES = [*(ROOT / name for name in TOP), *sorted((ROOT / "docs").rglob("*.md"))]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))

_FENCED = re.compile(r"^([ ]*)```.*?^\1```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_INCLUDED = re.compile(r'^--8<-- "(.+)"$', re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(page: Path) -> str:
    """A page's text, with the files that it includes."""
    text = page.read_text(encoding="utf-8")
    return _INCLUDED.sub(lambda included: (ROOT / included[1]).read_text(encoding="utf-8"), text)


def code_of(text: str) -> Iterator[str]:
    """The lines of a text's code blocks, continued ones as one, and its words that are set as code."""
    for block in _FENCED.finditer(text):
        yield from block[0].replace("\\\n", " ").splitlines()[1:-1]
    yield from _INLINE.findall(_FENCED.sub("", text))


def links_of(page: Path) -> list[str]:
    """The targets of a page's own links; what stands in code is none, and what is included has links of its own."""
    prose = _INLINE.sub("", _FENCED.sub("", page.read_text(encoding="utf-8")))
    return _LINK.findall(prose)


def anchors_of(page: Path) -> set[str]:
    """What may stand after the # in a link to a page."""
    headings = _HEADING.findall(_FENCED.sub("", text_of(page)))
    return {re.sub(r"[\s]+", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip()) for heading in headings}
