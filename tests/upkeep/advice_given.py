"""All advice that is given: by the doctor, with every code, and by the pages that say what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from docs.make_codes import words
from imr.upkeep.advice import Advice
from tests.docs.pages import PAGES, text_of

KEEPING = ("backup-and-moving", "upgrading", "pruning")
"""The pages on keeping a lake: whatever they have people type is advice."""

_ADVISING = ("what to do", "how it is pruned")
"""Headings of the columns of tables that advise."""

_MADE = re.compile(r"<!-- \w+ codes: made by .*?<!-- end of \w+ codes -->", re.DOTALL)
_BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)


class Given(NamedTuple):
    """One piece of advice: who gives it, in which case, and its words."""

    by: str
    case: str
    words: str

    @property
    def key(self) -> str:
        """By which tests name it."""
        return f"{self.by}: {self.case}"


def given() -> Iterator[Given]:
    """All of it."""
    yield from (Given("doctor", advice.name, str(advice)) for advice in Advice)
    yield from (Given("code", code, said.do) for code, said in words().items())
    for page in PAGES:
        text = _MADE.sub("", text_of(page))  # the codes' own
        yield from (Given(page.stem, case, advice) for case, advice in _of_tables(text))
        if page.stem in KEEPING:
            yield from (Given(page.stem, heading, advice) for heading, advice in _of_sections(text))


def _of_tables(text: str) -> Iterator[tuple[str, str]]:
    """The rows of tables that advise, by their first cell."""
    column: int | None = None
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("|") else []
        if not cells:
            column = None
        elif advising := [number for number, cell in enumerate(cells) if cell in _ADVISING]:
            column = advising[0]
        elif column is not None and not set(line) <= set("|-: "):
            yield cells[0].replace("`", ""), cells[column]


def _of_sections(text: str) -> Iterator[tuple[str, str]]:
    """The sections that have people type something, by their headings."""
    for section in re.split(r"^#+ ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        if lines := [*_BLOCK.findall(body), *re.findall(r"^\d+\. .*$", body, re.MULTILINE)]:
            yield heading, "\n".join(lines)
