from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from imr.explaining.page import render
from tests.explaining.helpers import TEXT, value, view

HOSTILE = '</script><script>document.title="broken"</script><img src=x onerror=alert(1)>" onclick="x'


class Reader(HTMLParser):
    """Collects the tags of a page and the words of its letter."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag in ("article", "span", "mark"):
            kinds = set((attributes.get("class") or "").split())
            self._inside.append("note" if kinds & {"page", "section", "furniture"} else tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("article", "span", "mark"):
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if "article" in self._inside and "note" not in self._inside:
            self.words.append(data)


def test_the_page_shows_the_letter_word_by_word() -> None:
    page = Reader(render(view(value(0, "outcome", "decisions.outcome", "upheld", "Upheld"))))
    assert "".join(page.words) == TEXT
    marks = [attributes for tag, attributes in page.tags if tag == "mark"]
    assert marks == [{"class": "g-outcome", "data-values": "0"}] * 2  # the page ends inside the word


def test_values_nulls_and_the_rest_stand_in_the_rows() -> None:
    page = render(view(value(0, "case", "cases.case_number", "CM16-9000001", None)))
    (button,) = [attributes for tag, attributes in Reader(page).tags if tag == "button"]
    assert (button["data-method"], button["data-name"]) == ("file_name", "cases.case_number")
    assert "data-clean" not in button
    assert 'class="null"' in page
    assert '<span class="bare">2016</span>' in page
    assert "dates_out_of_order" in page
    assert "page 2" in page
    assert '<span class="furniture" title="page furniture">Page 1</span>' in page


def test_what_is_unread_and_what_was_cut_behind_the_last_word_is_shown() -> None:
    half = len(TEXT) // 2
    shown = replace(view(), sections={0: "header", half: "unread"}, furniture={len(TEXT): "Page 1\nDRAFT"})
    page = render(shown)
    assert '<span class="section unread">unread</span>' in page
    assert '<span class="section">header</span>' in page
    assert '<span class="furniture" title="page furniture">Page 1\nDRAFT</span></article>' in page.replace(
        "\n</article>", "</article>"
    )
    assert "".join(Reader(page).words) == TEXT


def test_a_hostile_letter_and_name_stay_text() -> None:
    text = f"{TEXT}{HOSTILE}"
    shown = view(
        value(0, "request", "decisions.treatment_request", HOSTILE, HOSTILE, text), text=text, source_name=HOSTILE
    )
    page = Reader(render(shown))
    assert "".join(page.words) == text
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not any(tag == "img" or name.startswith("on") for tag, attributes in page.tags for name in attributes)


def test_the_page_needs_nothing_and_allows_nothing_else() -> None:
    page = render(view())
    assert not re.search(r"(?:src|href)\s*=|url\(|@import|https?:", page)
    (policy,) = [a["content"] for tag, a in Reader(page).tags if tag == "meta" and "http-equiv" in a]
    assert policy
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
