"""The DWC's search tool, imitated on this machine, crawled end to end by the real flow."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from flows.letters import letters
from imr.errors import Code
from imr.lake.layout import LakeLayout
from imr.publication.lake_status import read_status
from imr.settings import CrawlPolicy
from imr.upkeep.advice import Advice
from imr.upkeep.doctor import examine
from imr.upkeep.removal import remove
from tests.dwc_site.docket import DocketCase, docket
from tests.dwc_site.site import DwcSite, served
from tests.flows.helpers import rows, run
from tests.upkeep.conftest import rewrite

JANUARY = "dwc://?decided=2017-01-01..2017-01-31"
RATE = 20
CRAWL_POLICY = CrawlPolicy(
    contact="tests", requests_per_second=RATE, allow_private=True, backoff_seconds=0.05, longest_wait_seconds=2
)


def weekdays(first: dt.date, count: int) -> list[dt.date]:
    days = (first + dt.timedelta(days) for days in range(2 * count))
    return [day for day in days if day.weekday() < 5][:count]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[DwcSite]:
    """The site, without any cases yet."""
    with served(DwcSite([])) as site:
        monkeypatch.setenv("IMR_DWC_SITE", site.address)
        yield site


def listed(lake: Path) -> dict[tuple[str, int], tuple[Any, ...]]:
    names = ("decision_date", "reviewer_specialty", "listed_case_outcome", "listed_category", "listed_subcategory")
    return {
        (row["case_number"], row["item_number"]): (*(row[name] for name in names), row["listed_outcome"])
        for row in rows(lake, "dwc_index")
    }


def as_on_the_site(cases: list[DocketCase]) -> dict[tuple[str, int], tuple[Any, ...]]:
    return {
        (case.number, place): (
            case.decided, case.specialty, case.outcome, item.category, item.subcategory, item.outcome,
        )
        for case in cases
        for place, item in enumerate(case.items, 1)
    }  # fmt: skip


def test_a_troubled_site_is_crawled_whole_and_politely(site: DwcSite, tmp_path: Path) -> None:
    busy = docket(2016, weekdays(dt.date(2017, 1, 2), 5), 30)  # a week of several pages
    quiet = docket(2017, weekdays(dt.date(2017, 1, 23), 3), 3)
    site.cases = [*quiet, *busy]
    site.troubles = {2: "500", 5: "slow", 7: "truncated", 9: "503", 20: "truncated", 28: "500", 33: "slow"}
    site.slips = [1, 2, 0, 1]
    state, summary = run(tmp_path, JANUARY, crawl_policy=CRAWL_POLICY)
    assert {entry.source_name: entry.error_code for entry in summary.quarantined} == {}
    assert (state, summary.files_in, summary.files_published) == ("Completed", 33, 33)
    assert {row["case_number"] for row in rows(tmp_path, "cases")} == {case.number for case in site.cases}
    assert listed(tmp_path) == as_on_the_site(site.cases)
    assert sorted(site.letters_given()) == sorted(case.path for case in site.cases)
    came = sorted(asked.at for asked in site.asked if asked.path.endswith(".pdf"))
    assert len(came) - 2 <= RATE * (came[-1] - came[0])
    assert Counter(asked.trouble for asked in site.asked if asked.trouble) == Counter(site.troubles.values())


TODAY = dt.datetime.now(dt.UTC).date()
LOOK_BACK = 5
OLD, RECENT = TODAY - dt.timedelta(days=30), TODAY - dt.timedelta(days=8)
SINCE = f"dwc://?decided={OLD}.."
QUICK = replace(CRAWL_POLICY, requests_per_second=200, look_back_days=LOOK_BACK)


def test_the_second_day_asks_for_the_look_back_window_alone(site: DwcSite, tmp_path: Path) -> None:
    old, recent = docket(2024, [OLD], 4), docket(2023, [RECENT], 4)
    site.cases = [*recent, *old]
    assert run(tmp_path, SINCE, crawl_policy=QUICK)[1].files_published == 8
    index, letters = rows(tmp_path, "dwc_index"), rows(tmp_path, "documents")
    site.asked.clear()

    new = docket(2022, [TODAY], 3)
    site.cases = [*new, *site.cases]
    state, summary = run(tmp_path, SINCE, crawl_policy=QUICK)
    assert (state, summary.files_published, summary.files_skipped) == ("Completed", 3, 4)
    days = [dt.datetime.strptime(form["DecStart"], "%m/%d/%Y").date() for form in site.searches()]
    assert min(days) == RECENT - dt.timedelta(days=LOOK_BACK)
    assert sorted(site.letters_given()) == sorted(case.path for case in new)
    again = [asked for asked in site.asked if asked.path.endswith(".pdf") and asked.status == 304]
    assert sorted(asked.path for asked in again) == sorted(case.path for case in recent)
    assert {asked.path for asked in site.asked}.isdisjoint(case.path for case in old)
    assert listed(tmp_path) == as_on_the_site(site.cases)
    assert [row for row in rows(tmp_path, "dwc_index") if row in index] == index
    assert [row for row in rows(tmp_path, "documents") if row in letters] == letters


def test_dwc_and_the_letters_agree(site: DwcSite, tmp_path: Path) -> None:
    site.cases = docket(2016, [dt.date(2017, 1, 5)], 20)
    run(tmp_path, JANUARY, crawl_policy=QUICK)
    items = sum(len(case.items) for case in site.cases)
    assert read_status(LakeLayout(tmp_path))["dwc_agreement"] == {
        **dict.fromkeys(("case_outcome", "case_decision_date", "case_item_count"), (20, 20)),
        **dict.fromkeys(("item_outcome", "item_category", "item_subcategory"), (items, items)),
    }


def test_a_site_that_is_closed_fails_the_run_and_changes_nothing(site: DwcSite, tmp_path: Path) -> None:
    site.cases = docket(2016, [dt.date(2017, 1, 5)], 2)
    run(tmp_path, JANUARY, crawl_policy=QUICK)
    before = {table: rows(tmp_path, table) for table in ("dwc_index", "documents", "commits")}
    site.closed = True
    state = letters([JANUARY], lake=str(tmp_path), crawl_policy=QUICK, return_state=True)
    error = state.result(raise_on_failure=False)
    assert (state.is_failed(), error.code) == (True, Code.SOURCE_CLOSED)
    assert {table: rows(tmp_path, table) for table in before} == before


def test_a_removed_letter_leaves_the_index_and_stays_out(site: DwcSite, tmp_path: Path) -> None:
    site.cases = sorted(docket(2016, [dt.date(2017, 1, 5)], 9), key=lambda case: len(case.items))[-3:]
    run(tmp_path, JANUARY, crawl_policy=QUICK)
    going = next(row for row in rows(tmp_path, "documents") if row["case_number"] == site.cases[0].number)
    remove(LakeLayout(tmp_path), [going["document_id"]], "asked for")
    others = {case.number for case in site.cases[1:]}
    assert {row["case_number"] for row in rows(tmp_path, "dwc_index")} == others
    run(tmp_path, JANUARY, crawl_policy=QUICK)
    assert {row["case_number"] for row in rows(tmp_path, "dwc_index")} == others
    assert examine(LakeLayout(tmp_path)).findings == ()


def test_rows_of_the_index_that_are_lost_are_listed_again_as_advised(site: DwcSite, tmp_path: Path) -> None:
    site.cases = sorted(docket(2016, [dt.date(2017, 1, 5)], 9), key=lambda case: len(case.items))[-3:]
    run(tmp_path, JANUARY, crawl_policy=QUICK)
    before = listed(tmp_path)
    rewrite(LakeLayout(tmp_path), "dwc_index", lambda rows: rows.filter(pc.greater(rows["item_number"], 1)))
    findings = examine(LakeLayout(tmp_path)).findings
    assert Advice.LIST_AGAIN in {found.advice for found in findings}
    assert any("the items of a case count from 1" in found.what for found in findings)
    run(tmp_path, "dwc://?decided=2016-01-01..2017-01-31", crawl_policy=QUICK)  # the cases are of 2016
    assert listed(tmp_path) == before
    assert examine(LakeLayout(tmp_path), deep=True).findings == ()
