"""What cleaning left out, line by line: nothing that was cut is hidden, and no edit inside a line is called a cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.cleaning.clean import clean, letter_lines
from imr.cleaning.lines import read_lines
from imr.cleaning.offsets import cut_lines
from imr.reading.media import TEXT
from imr.reading.pdf import PAGE_SEAM
from imr.records import RawText
from tests.cleaning.pages import UNKNOWN, paragraph


def raw_of(*pages: str) -> RawText:
    starts = [sum(len(page) + len(PAGE_SEAM) for page in pages[:number]) for number in range(len(pages))]
    return RawText(PAGE_SEAM.join(pages), tuple(starts), len(pages), TEXT, "plain_text")


def shown(raw: RawText) -> list[tuple[str, str]]:
    """The cut lines, each run of them with the clean text before it."""
    cleaned = clean(raw)
    return [(cleaned.text[:place], lines) for place, lines in cut_lines(raw.text, cleaned)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("one\nPage 1 of 2\ntwo", [("one ", "Page 1 of 2")], id="between-lines"),
        pytest.param("Page 1 of 2\none", [("", "Page 1 of 2")], id="first-line"),
        pytest.param("one\nPage 1 of 2", [("one", "Page 1 of 2")], id="last-line"),
        pytest.param("one\nPage 1 of 2\n\n", [("one", "Page 1 of 2")], id="before-empty-lines"),
        pytest.param("Page 1 of 2\n", [("", "Page 1 of 2")], id="nothing-else"),
        pytest.param("one\n  Page 1 of 2  \n\n DRAFT\ntwo", [("one ", "Page 1 of 2\nDRAFT")], id="several"),
        pytest.param(
            "one\nPage 1 of 2\ntwo\nDRAFT\nthree", [("one ", "Page 1 of 2"), ("one two ", "DRAFT")], id="several-places"
        ),
        pytest.param("one\r\nPage 1 of 2\r\ntwo", [("one ", "Page 1 of 2")], id="windows-line-ends"),
        pytest.param("one\rPage 1 of 2\rtwo", [("one ", "Page 1 of 2")], id="old-line-ends"),
        pytest.param("anti-\nPage 1 of 2\ndrug", [("anti-", "Page 1 of 2")], id="inside-a-broken-word"),
        pytest.param("itâ€™\nPage 1 of 2\nâ€œtwo", [("it’ ", "Page 1 of 2")], id="beside-edits"),
        pytest.param("  one  two\tthree \n four", [], id="blanks"),
        pytest.param("self- directed\nanti\ufffedrug e\ufb03cient", [], id="edits"),
        pytest.param("itâ€™", [], id="edit-at-the-end"),
        pytest.param("â€œit", [], id="edit-at-the-beginning"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_cut_lines_are_shown_where_they_stood(text: str, expected: list[tuple[str, str]]) -> None:
    assert shown(raw_of(text)) == expected


def test_furniture_over_a_page_seam_is_shown_at_once() -> None:
    pages = ["\n".join([UNKNOWN, *paragraph(40 * number), f"Page {number}"]) for number in (1, 2, 3)]
    runs = [lines for _, lines in shown(raw_of(*pages))]
    assert runs == [UNKNOWN, f"Page 1\n{UNKNOWN}", f"Page 2\n{UNKNOWN}", "Page 3"]


LINE = st.one_of(
    st.text("aB.-/1: \t\u00a0\ufffe\u0002\u00ad", max_size=12),
    st.sampled_from(
        ["", "Page 2 of 3", "DRAFT", "itâ€™", "â€œit is", "Cane: Upheld", "MAXIMUS guideline: x", *paragraph(0)]
    ),
)
PAGES = st.lists(st.lists(LINE, max_size=12), min_size=1, max_size=4)


@given(PAGES, st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_line_is_kept_or_shown(pages: list[list[str]], line_end: str) -> None:
    raw = raw_of(*map(line_end.join, pages))
    kept = {line.start for line in letter_lines(raw)}
    lines = read_lines(raw.text, raw.page_starts)
    cut = [raw.text[line.start : line.end] for line in lines if line.start not in kept]
    assert [line for _, lines in shown(raw) for line in lines.split("\n")] == cut
