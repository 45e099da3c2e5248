"""All pages of results, whatever moves while they are read."""

from __future__ import annotations

import datetime as dt

import pytest

from imr.errors import Code, ListingError
from imr.sources.dwc.search import Window
from imr.sources.dwc.walk import listed_cases
from tests.dwc_site.docket import DocketCase, docket
from tests.dwc_site.site import DwcSite
from tests.sources.dwc.direct import Direct

WEEK = Window(dt.date(2017, 1, 2), dt.date(2017, 1, 8))
SITE = "https://dwc.example"


@pytest.fixture(scope="module")
def cases() -> list[DocketCase]:
    return docket(2016, [WEEK.first, WEEK.last], 60)


def _found(site: DwcSite) -> dict[str, list[tuple[str, str, str]]]:
    names = ("Request Category", "SubCategory/Drug", "Request Decision")
    listed = listed_cases(Direct(site), SITE, WEEK)
    return {number: [tuple(row.cells[name] for name in names) for row in case.items] for number, case in listed.items()}


def _on_the_site(cases: list[DocketCase]) -> dict[str, list[tuple[str, str, str]]]:
    return {case.number: [tuple(item) for item in case.items] for case in cases}


def _pages(site: DwcSite, form: str) -> list[int]:
    return [int(asked.get("newpageno", 1)) for asked in site.searches() if asked["Fname"] == form]


def test_every_page_of_both_forms_is_asked_for_once_and_in_order(cases: list[DocketCase]) -> None:
    site = DwcSite(cases)
    assert _found(site) == _on_the_site(cases)
    assert _pages(site, "Case") == [1, 2, 3]
    items = sum(len(case.items) for case in cases)
    assert _pages(site, "Tx") == list(range(1, -(-items // 25) + 1))
    for asked in site.searches():
        assert (asked["DecStart"], asked["DecEnd"]) == ("01/02/2017", "01/08/2017")
        assert asked["Submit"] == ("Next" if "newpageno" in asked else "Submit")


@pytest.mark.parametrize(
    "slips",
    [
        pytest.param([1, 2], id="cases come"),
        pytest.param([-1], id="a case goes"),
        pytest.param([-1, 2], id="one goes, others come"),
        pytest.param([0, 0, 1, 1, 1, 1, 1], id="items come"),
        pytest.param([0, 0, 3, 0, 2], id="more items come"),
        pytest.param([0, 0, -1, 0, -2], id="items go"),
        pytest.param([0, 0, 25], id="a whole page comes"),
    ],
)
def test_rows_that_move_between_pages_are_neither_lost_nor_doubled(cases: list[DocketCase], slips: list[int]) -> None:
    site = DwcSite(cases)
    site.slips = slips
    assert _found(site) == _on_the_site(cases)


def test_days_without_decisions_are_asked_for_once() -> None:
    site = DwcSite([])
    assert _found(site) == {}
    assert len(site.searches()) == 1


def test_cases_that_stay_missing_are_said(cases: list[DocketCase]) -> None:
    site = DwcSite(cases)
    site.slips = [-1, 0] * 2
    with pytest.raises(ListingError, match=r"60 cases .* lists 59") as caught:
        _found(site)
    assert caught.value.code == Code.LISTING_CHANGED


def test_a_page_that_comes_again_and_again_ends_the_walk(cases: list[DocketCase]) -> None:
    site = DwcSite(cases)
    site.slips = [25] * 50
    with pytest.raises(ListingError, match="the same page") as caught:
        _found(site)
    assert caught.value.code == Code.LISTING_CHANGED
    assert len(site.searches()) == 4


def test_a_tool_that_cannot_be_asked_is_said_under_its_code(cases: list[DocketCase]) -> None:
    with pytest.raises(ListingError) as caught:
        listed_cases(Direct(DwcSite(cases), last_request=1), SITE, WEEK)
    assert caught.value.code == Code.SOURCE_BUSY
