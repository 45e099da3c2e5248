"""One page of results of the search tool, read strictly: what is not as expected is said, never passed over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from imr.errors import Code, ListingError
from imr.rules import load_rules
from imr.tables.schema import FORMS
from imr.text import fold

_CASE_NUMBER = re.compile(FORMS["case_number"].strip("^$"))
_CASE_COLUMNS = ("Decision Date", "Date of Injury", "Received Date", "IMRO Reviewer Specialty")
_ITEM_COLUMNS = ("Request Category", "SubCategory/Drug", "Request Decision")


@dataclass(frozen=True, slots=True)
class ResultForm:
    """One of the two forms of results: its name in the search form, its columns by title.

    Of a row that stands for a further item of the case above it, only the last columns are there: `shared` says how
    many are not.
    """

    name: str
    columns: tuple[str, ...]
    shared: int | None = None


BY_CASE = ResultForm("Case", ("Case Number", "Case Outcome", *_CASE_COLUMNS))
BY_TREATMENT = ResultForm("Tx", ("Case Number", *_CASE_COLUMNS, *_ITEM_COLUMNS), shared=1 + len(_CASE_COLUMNS))


class Row(NamedTuple):
    """One row: its cells by their column's title, those of the case empty in a row for a further item; the link."""

    cells: Mapping[str, str]
    link: str | None

    @property
    def further(self) -> bool:
        """Whether the row is one more item of the case above."""
        return not self.cells["Case Number"]


class Page(NamedTuple):
    """One page of results. `total` is how many there are in all; `following` is what the form for the next page holds,
    None on the last page.
    """

    rows: tuple[Row, ...]
    total: int | None
    following: Mapping[str, str] | None


def read_page(html: bytes, form: ResultForm) -> Page:
    """A page of results.

    Raises:
        ListingError: `source_closed` for a page that says so, `listing_changed` for one that is not as it was.
    """
    tree = LexborHTMLParser(_decoded(html))
    table = tree.css_first("table.tabborder")
    if table is None:
        return _without_table(tree)
    rows = [row.css("td, th") for row in table.css("tr")]
    titles = [_text(cell).casefold() for cell in rows[0]] if rows else []
    if titles != [title.casefold() for title in form.columns]:
        raise _changed(f"the columns are no longer {', '.join(form.columns)}")
    return Page(tuple(_row(cells, form) for cells in rows[1:]), _total(tree), _following(tree))


def _decoded(html: bytes) -> str:
    try:
        return html.decode("utf-8")
    except UnicodeDecodeError:
        return html.decode("cp1252", "replace")


def _text(node: LexborNode) -> str:
    return fold(node.text(separator=" "))


def _row(cells: list[LexborNode], form: ResultForm) -> Row:
    texts = [_text(cell) for cell in cells]
    if form.shared and cells and cells[0].attributes.get("colspan") == str(form.shared):
        texts = [""] * form.shared + texts[1:]
    if len(texts) != len(form.columns):
        raise _changed(f"a row has {len(texts)} cells for {len(form.columns)} columns")
    link = next((anchor.attributes.get("href") for cell in cells[:1] for anchor in cell.css("a[href]")), None)
    texts[0] = texts[0].rstrip("+ ")  # the sign for a case of several items
    return Row(dict(zip(form.columns, texts, strict=True)), link)


def _total(tree: LexborHTMLParser) -> int | None:
    for node in tree.css("table.tabborder ~ strong, table.tabborder ~ * strong"):
        if number := re.search(r"\d[\d,]*", _text(node)):
            return int(number.group().replace(",", ""))
    return None


def _following(tree: LexborHTMLParser) -> dict[str, str] | None:
    forms = [form for form in tree.css("form") if (form.attributes.get("name") or "").casefold() == "nextpage"]
    if not forms:
        return None
    fields = (field.attributes for field in forms[0].css("input[name]"))
    return {str(field["name"]): field.get("value") or "" for field in fields}


def _without_table(tree: LexborHTMLParser) -> Page:
    text = _text(tree.body) if tree.body else ""
    if _says(text, "closed"):
        raise ListingError(Code.SOURCE_CLOSED, "the search tool says that it cannot answer now")
    if _says(text, "nothing") or _asks_again(tree, text):
        return Page((), 0, None)
    raise _changed("a page has neither a table of results nor the word that there are none")


def _asks_again(tree: LexborHTMLParser, text: str) -> bool:
    """Whether a page is the search form and nothing else: how it looks where nothing was found, in other words."""
    return tree.css_first('[name="DecStart"]') is not None and not _CASE_NUMBER.search(text)


def _says(text: str, what: str) -> bool:
    patterns = load_rules("sources.dwc", "pages").patterns(what)
    return any(pattern.expression.search(text) for pattern in patterns)


def _changed(why: str) -> ListingError:
    return ListingError(Code.LISTING_CHANGED, f"the search tool's results are not as they were: {why}")
