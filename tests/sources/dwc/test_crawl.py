"""Searches over days and over runs: what is listed anew, what is not, and what raises the alarm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from imr.errors import Code, ListingError
from imr.lake.layout import LakeLayout
from imr.lake.transaction import writing
from imr.publication.dwc_index import merge_index
from imr.sources.dwc.crawl import crawl
from imr.sources.dwc.crawl_cache import remember_crawls
from imr.sources.dwc.search import Search
from imr.sources.listing import Listing
from tests.dwc_site.docket import DocketCase, docket
from tests.dwc_site.site import DwcSite
from tests.sources.dwc.direct import Direct

FIRST, LAST = dt.date(2017, 1, 2), dt.date(2017, 1, 29)
WEEKS = [FIRST + dt.timedelta(weeks=week) for week in range(4)]
JANUARY = Search(FIRST, LAST)
SINCE = Search(FIRST, None)
LATER = dt.datetime(2018, 1, 1, 12, tzinfo=dt.UTC)
LOOK_BACK = 9


def at(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def cases() -> list[DocketCase]:
    """Three cases on the Monday of each of four weeks."""
    return docket(2016, WEEKS, 12)


@pytest.fixture
def site(cases: list[DocketCase]) -> DwcSite:
    return DwcSite(cases)


@pytest.fixture
def lake(tmp_path: Path) -> LakeLayout:
    return LakeLayout(tmp_path)


def publish(lake: LakeLayout, listing: Listing) -> None:
    """What a run does with a listing, but for its letters."""
    with writing(lake, "run") as transaction:
        merge_index(transaction, listing.index)
        transaction.commit()
    remember_crawls(lake, listing.crawls)


def weeks_asked(site: DwcSite) -> list[str]:
    """The first days of the windows that were asked for since the last time this was asked, by case."""
    asked = [form["DecStart"] for form in site.searches() if form["Fname"] == "Case"]
    site.asked.clear()
    return asked


def names(listing: Listing) -> set[str]:
    return {file.name.removesuffix(".pdf") for file in listing.files}


def test_a_search_gives_the_letters_and_the_index(site: DwcSite, lake: LakeLayout) -> None:
    listing = crawl(JANUARY, Direct(site), lake, LOOK_BACK, now=LATER)
    assert names(listing) == {case.number for case in site.cases}
    assert {file.uri for file in listing.files} == {f"https://www.dir.ca.gov{case.path}" for case in site.cases}
    rows = listing.index.to_pylist()
    assert [(row["case_number"], row["item_number"]) for row in rows] == [
        (case.number, place)
        for week in WEEKS
        for case in site.cases
        if case.decided == week
        for place in range(1, len(case.items) + 1)
    ]
    (row,) = [row for row in rows if (row["case_number"], row["item_number"]) == (site.cases[0].number, 1)]
    case = site.cases[0]
    assert row["decision_date"] == case.decided
    assert row["source_uri"].endswith(case.path)
    assert (row["case_year"], row["reviewer_specialty"]) == (2016, case.specialty)
    assert (row["listed_case_outcome"], row["listed_category"]) == (case.outcome, case.items[0].category)


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        pytest.param({"outcome": "Upheld"}, lambda case: case.outcome == "Uphold", id="outcome"),
        pytest.param(
            {"category": "pharmaceuticals"},
            lambda case: any(item.category == "Pharmaceuticals" for item in case.items),
            id="category of any item",
        ),
        pytest.param(
            {"specialty": "internal medicine"}, lambda case: case.specialty == "Internal Medicine", id="specialty"
        ),
    ],
)
def test_only_some_letters_may_be_wanted_the_index_is_whole(
    site: DwcSite, lake: LakeLayout, wanted: dict[str, str], fits: Callable[[DocketCase], bool]
) -> None:
    listing = crawl(Search(FIRST, LAST, **wanted), Direct(site), lake, LOOK_BACK, now=LATER)
    fitting = {case.number for case in site.cases if fits(case)}
    assert names(listing) == fitting
    assert 0 < len(fitting) < len(site.cases)
    assert set(listing.index["case_number"].to_pylist()) == {case.number for case in site.cases}


def test_a_crawl_that_was_cut_short_goes_on_behind_the_last_whole_week(site: DwcSite, lake: LakeLayout) -> None:
    with pytest.raises(ListingError):
        crawl(JANUARY, Direct(site, last_request=5), lake, LOOK_BACK, now=LATER)
    assert weeks_asked(site) == ["01/02/2017", "01/09/2017", "01/16/2017"]
    listing = crawl(JANUARY, Direct(site), lake, LOOK_BACK, now=LATER)
    assert weeks_asked(site) == ["01/16/2017", "01/23/2017"]
    assert names(listing) == {case.number for case in site.cases}
    publish(lake, listing)
    assert not list((lake.stage / "dwc_listing").iterdir())


@pytest.mark.parametrize(
    ("again", "asked"),
    [
        pytest.param(at(dt.date(2017, 1, 31)), [], id="the same day"),
        pytest.param(at(dt.date(2017, 2, 1)), ["01/23/2017"], id="the next day, the last week being unsettled"),
        pytest.param(at(dt.date(2018, 1, 1)), ["01/23/2017"], id="long after"),
    ],
)
def test_a_week_that_was_listed_when_it_was_settled_stands(
    site: DwcSite, lake: LakeLayout, again: dt.datetime, asked: list[str]
) -> None:
    crawl(JANUARY, Direct(site), lake, LOOK_BACK, now=at(dt.date(2017, 1, 31)))
    weeks_asked(site)
    assert names(crawl(JANUARY, Direct(site), lake, LOOK_BACK, now=again)) == {case.number for case in site.cases}
    assert weeks_asked(site) == asked


def test_since_a_day_begins_where_the_look_back_does(site: DwcSite, lake: LakeLayout, cases: list[DocketCase]) -> None:
    site.cases = [case for case in cases if case.decided < WEEKS[3]]
    first = crawl(SINCE, Direct(site), lake, LOOK_BACK, now=at(dt.date(2017, 1, 20)))
    assert weeks_asked(site) == ["01/02/2017", "01/09/2017", "01/16/2017"]
    publish(lake, first)
    site.cases = cases
    second = crawl(SINCE, Direct(site), lake, LOOK_BACK, now=at(dt.date(2017, 1, 24)))
    assert weeks_asked(site) == ["01/07/2017", "01/09/2017", "01/16/2017", "01/23/2017"]
    assert names(second) == {case.number for case in cases if case.decided >= WEEKS[1]}


@pytest.mark.parametrize(
    ("earlier", "now", "first"),
    [
        pytest.param(Search(WEEKS[2], LAST), SINCE, "01/02/2017", id="days before were never listed"),
        pytest.param(Search(FIRST, LAST, "mixed"), SINCE, "01/02/2017", id="other letters were wanted"),
        pytest.param(JANUARY, JANUARY, "01/02/2017", id="a last day is given"),
        pytest.param(JANUARY, Search(WEEKS[1], None), "01/14/2017", id="a later first day"),
        pytest.param(JANUARY, SINCE, "01/14/2017", id="all of it was"),
    ],
)
def test_only_days_listed_for_the_same_letters_are_past(
    site: DwcSite, lake: LakeLayout, earlier: Search, now: Search, first: str
) -> None:
    publish(lake, crawl(earlier, Direct(site), lake, LOOK_BACK, now=LATER))
    weeks_asked(site)
    crawl(now, Direct(site), lake, LOOK_BACK, now=at(LAST))
    assert weeks_asked(site)[0] == first


def test_days_that_had_decisions_and_have_none_any_more_raise_the_alarm(site: DwcSite, lake: LakeLayout) -> None:
    publish(lake, crawl(JANUARY, Direct(site), lake, LOOK_BACK, now=LATER))
    site.cases = [case for case in site.cases if case.decided != WEEKS[2]]
    with pytest.raises(ListingError, match=r"2017-01-16\.\.2017-01-22") as caught:
        crawl(JANUARY, Direct(site), lake, LOOK_BACK, now=LATER)
    assert caught.value.code == Code.LISTING_EMPTY
    site.cases = []
    with pytest.raises(ListingError):
        crawl(SINCE, Direct(site), lake, LOOK_BACK, now=LATER)


def test_days_that_never_had_decisions_raise_none(lake: LakeLayout) -> None:
    listing = crawl(JANUARY, Direct(DwcSite([])), lake, LOOK_BACK, now=LATER)
    assert (listing.files, listing.index.num_rows) == ((), 0)


def test_a_case_of_an_odd_number_is_a_letter_without_a_row(site: DwcSite, lake: LakeLayout) -> None:
    site.cases[0] = site.cases[0]._replace(number="13-0000104")
    listing = crawl(JANUARY, Direct(site), lake, LOOK_BACK, now=LATER)
    assert "13-0000104" in names(listing)
    assert "13-0000104" not in listing.index["case_number"].to_pylist()


def test_a_date_of_injury_that_is_none_is_null(site: DwcSite, lake: LakeLayout) -> None:
    site.cases[0] = site.cases[0]._replace(injured="13/40/2010", received="")
    rows = crawl(JANUARY, Direct(site), lake, LOOK_BACK, now=LATER).index.to_pylist()
    (row,) = [row for row in rows if (row["case_number"], row["item_number"]) == (site.cases[0].number, 1)]
    assert (row["date_of_injury"], row["application_received_date"]) == (None, None)


def test_a_column_of_dates_that_holds_none_has_changed(site: DwcSite, lake: LakeLayout) -> None:
    site.cases = [case._replace(received="2016") for case in site.cases]
    with pytest.raises(ListingError, match="Received Date") as caught:
        crawl(JANUARY, Direct(site), lake, LOOK_BACK, now=LATER)
    assert caught.value.code == Code.LISTING_CHANGED


def test_another_place_of_the_tool_may_be_set(site: DwcSite, lake: LakeLayout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMR_DWC_SITE", "http://127.0.0.1:8000/")
    listing = crawl(JANUARY, Direct(site), lake, LOOK_BACK, now=LATER)
    assert all(file.uri.startswith("http://127.0.0.1:8000/dwc/") for file in listing.files)


def test_progress_is_told_in_weeks_those_at_hand_too(site: DwcSite, lake: LakeLayout) -> None:
    told: list[tuple[int, int]] = []
    for _ in range(2):
        crawl(JANUARY, Direct(site), lake, LOOK_BACK, now=LATER, on_progress=lambda *counts: told.append(counts))
    assert told == [(0, 4), *[(1, 0)] * 4] * 2
