"""One page of results, as it should be and otherwise."""

from __future__ import annotations

import datetime as dt

import pytest

from imr.errors import Code, ListingError
from imr.sources.dwc.pages import BY_CASE, BY_TREATMENT, ResultForm, read_page
from imr.sources.dwc.search import Window
from imr.sources.dwc.walk import listed_cases
from tests.dwc_site.docket import docket
from tests.dwc_site.site import DwcSite
from tests.dwc_site.templates import CLOSED
from tests.sources.dwc.direct import Direct

WEEK = Window(dt.date(2017, 1, 2), dt.date(2017, 1, 8))

CASE_ROW = (
    '<tr><td><a href="/x/CM17-9000001.pdf">CM17-9000001</a> <strong>+</strong></td><td>Partial Overturn</td>'
    "<td>1/9/2017</td><td>05/04/2016</td><td>12/30/2016</td><td>Pain&nbsp;Management</td></tr>"
)
ITEM_ROW = (
    '<tr><td><a href="/x/CM17-9000001.pdf">CM17-9000001</a></td><td>1/9/2017</td><td>05/04/2016</td>'
    "<td>12/30/2016</td><td>Pain Management</td><td>Surgery</td><td>Spine</td><td>Uphold</td></tr>"
)
FORM = "<form><input name='Fname'><input name='DecStart'></form>"
FURTHER_ROW = '<tr><td colspan="5">&nbsp;</td><td>DMEPOS</td><td>DME</td><td>Overturn</td></tr>'


def _page(form: ResultForm, *rows: str, titles: tuple[str, ...] | None = None, after: str = "") -> bytes:
    head = "".join(f"<th>{title}</th>" for title in titles or form.columns)
    return f"<html><body><table class='tabborder'><tr>{head}</tr>{''.join(rows)}</table>{after}</body></html>".encode()


def test_a_row_by_case_is_read_by_its_titles() -> None:
    (row,) = read_page(_page(BY_CASE, CASE_ROW), BY_CASE).rows
    assert row.link == "/x/CM17-9000001.pdf"
    assert dict(row.cells) == {
        "Case Number": "CM17-9000001",
        "Case Outcome": "Partial Overturn",
        "Decision Date": "1/9/2017",
        "Date of Injury": "05/04/2016",
        "Received Date": "12/30/2016",
        "IMRO Reviewer Specialty": "Pain Management",
    }
    assert not row.further


def test_a_further_item_has_its_own_cells_alone() -> None:
    first, further = read_page(_page(BY_TREATMENT, ITEM_ROW, FURTHER_ROW), BY_TREATMENT).rows
    assert (first.further, further.further) == (False, True)
    assert list(further.cells.values()) == ["", "", "", "", "", "DMEPOS", "DME", "Overturn"]
    assert further.link is None


@pytest.mark.parametrize(
    ("after", "total"),
    [
        pytest.param("<p>Found: <strong>1,250</strong></p>", 1250, id="beside words"),
        pytest.param("<strong>7 records</strong>", 7, id="right behind the table"),
        pytest.param("<p><strong>Note</strong></p><div><p><strong>31</strong></p></div>", 31, id="deeper"),
        pytest.param("", None, id="nowhere"),
    ],
)
def test_the_total_stands_behind_the_table(after: str, total: int | None) -> None:
    assert read_page(_page(BY_CASE, CASE_ROW, after=after), BY_CASE).total == total


def test_the_form_for_the_next_page_gives_what_it_holds() -> None:
    form = "<form name='Nextpage'><input name='key' value='7'><input name='newpageno' value='2'></form>"
    assert read_page(_page(BY_CASE, CASE_ROW, after=form), BY_CASE).following == {"key": "7", "newpageno": "2"}
    assert read_page(_page(BY_CASE, CASE_ROW), BY_CASE).following is None


def test_a_page_in_the_encoding_of_old_windows_is_read() -> None:
    html = _page(BY_CASE, CASE_ROW.replace("Pain&nbsp;Management", "Médecine")).decode().encode("cp1252")
    (row,) = read_page(html, BY_CASE).rows
    assert row.cells["IMRO Reviewer Specialty"] == "Médecine"


SHUFFLED = (BY_CASE.columns[0], *reversed(BY_CASE.columns[1:]))


@pytest.mark.parametrize(
    ("html", "code", "said"),
    [
        pytest.param(_page(BY_CASE, titles=SHUFFLED), "listing_changed", "columns", id="columns in another order"),
        pytest.param(_page(BY_CASE, titles=BY_CASE.columns[:-1]), "listing_changed", "columns", id="a column less"),
        pytest.param(_page(BY_TREATMENT, ITEM_ROW), "listing_changed", "columns", id="the other form's columns"),
        pytest.param(_page(BY_CASE, ITEM_ROW), "listing_changed", "8 cells for 6", id="a row of other cells"),
        pytest.param(_page(BY_CASE, FURTHER_ROW), "listing_changed", "4 cells for 6", id="a further item by case"),
        pytest.param(b"<html><body>Welcome</body></html>", "listing_changed", "neither", id="some other page"),
        pytest.param(b"", "listing_changed", "neither", id="nothing at all"),
        pytest.param(
            f"{FORM}<table class='grid'>{CASE_ROW}</table>".encode(), "listing_changed", "neither", id="another table"
        ),
        pytest.param(b"%PDF-1.7", "listing_changed", "neither", id="no page"),
        pytest.param(b"<table class='tabborder'></table>", "listing_changed", "columns", id="a table without rows"),
        pytest.param(CLOSED.encode(), "source_closed", "cannot answer now", id="maintenance"),
        pytest.param(b"<p>Access  Denied</p>", "source_closed", "cannot answer now", id="block"),
    ],
)
def test_a_page_that_is_not_as_it_was_is_refused(html: bytes, code: str, said: str) -> None:
    with pytest.raises(ListingError, match=said) as caught:
        read_page(html, BY_CASE)
    assert caught.value.code == Code(code)


def test_titles_may_be_in_any_letter_case() -> None:
    page = _page(BY_CASE, CASE_ROW, titles=tuple(title.upper() for title in BY_CASE.columns))
    assert len(read_page(page, BY_CASE).rows) == 1


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("<p>No records were found.</p>", id="in words"),
        pytest.param(f"{FORM}<p>Please refine your search.</p>", id="by the search form alone"),
    ],
)
def test_a_page_that_says_there_is_nothing_has_no_rows(said: str) -> None:
    assert read_page(f"<html><body>{said}</body></html>".encode(), BY_CASE) == ((), 0, None)


@pytest.mark.parametrize("form", ["Case", "Tx"])
def test_changed_columns_of_the_site_end_the_listing(form: str) -> None:
    site = DwcSite(docket(2016, [WEEK.first], 3))
    site.titles[form][1] = "Date of Decision"
    with pytest.raises(ListingError, match="columns are no longer") as caught:
        listed_cases(Direct(site), "https://dwc.example", WEEK)
    assert caught.value.code == Code.LISTING_CHANGED
