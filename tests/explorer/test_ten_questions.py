"""The questions of the page on exploring are answered by clicking, and by their links, with the numbers of the tables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from imr.api.sql import connect
from imr.explorer.facets import FACETS, STAGES, words_of
from imr.lake.layout import LakeLayout
from tests.explorer.browsing import total, width

PAGE = Path(__file__).parent.parent.parent / "docs" / "exploring.md"


class Question(NamedTuple):
    """A row of the page's table."""

    asked: str
    clicks: int
    link: str


QUESTIONS = [
    Question(asked, int(clicks), link)
    for asked, clicks, link in re.findall(
        r"^\| ([^|]+\?) \| (\d) \| `([^`]+)` \|$", PAGE.read_text(encoding="utf-8"), re.M
    )
]
CONDITIONS = {
    "/?modality=MRI&body_part=lumbar+spine": "modality = 'MRI' AND list_contains(body_parts, 'lumbar spine')",
    "/?drug_class=NSAID&drug_class=Opioids&compare=drug_class": """(document_id, decision_number) IN (
        SELECT (document_id, decision_number) FROM drugs WHERE drug_class IN ('NSAID', 'Opioids'))""",
    "/?subcategory=Acupuncture": "treatment_subcategory = 'Acupuncture'",
    "/?agreement=denial+cites+none": "claims_administrator_cites_none",
    "/?agreement=same+guideline": "cites_same_guideline",
    "/?licensed=elsewhere+only": """document_id IN (SELECT document_id FROM cases
        WHERE len(reviewer_licensed_states) > 0 AND NOT list_contains(reviewer_licensed_states, 'CA'))""",
    "/": "true",
    "/?compound=compounded&compare=ingredient": """(document_id, decision_number) IN (
        SELECT (document_id, decision_number) FROM drugs WHERE is_compound)""",
    "/?doubt=any": """outcome_matches_rationale = false
        OR document_id IN (SELECT document_id FROM documents WHERE len(warnings) > 0)""",
}
"""Which decisions a link is about, as SQL."""


def clicked_through(page: Chrome, link: str) -> int:
    """Get from the first page to a link by clicking; how many clicks that took."""
    asked = urlsplit(link)
    if asked.path != "/":
        return click(page, page.find_element(By.CSS_SELECTOR, f'a[href^="{asked.path}"]'))
    clicks = 0
    for name, value in parse_qsl(asked.query):
        if name == "compare":
            clicks += click(page, page.find_element(By.XPATH, f"//p[@class='by']/a[text()='{FACETS[value].title}']"))
            continue
        entry = page.find_element(By.XPATH, f"//details[summary/h2[text()='{FACETS[name].title}']]")
        clicks += sum(click(page, each.find_element(By.TAG_NAME, "summary")) for each in closed(entry, value))
        clicks += click(page, entry.find_element(By.XPATH, f".//a[span[text()='{words_of(value)}']]"))
    return clicks


def closed(entry: WebElement, value: str) -> list[WebElement]:
    """What has to be opened of a filter before one of its values is seen, from the outside inwards."""
    around = entry.find_elements(By.XPATH, f".//a[span[text()='{words_of(value)}']]/ancestor::details")
    return [each for each in around if each.get_attribute("open") is None]


def click(page: Chrome, element: WebElement) -> int:
    page.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
    element.click()
    return 1


def test_the_page_has_ten_questions() -> None:
    assert len(QUESTIONS) == 10


@pytest.mark.parametrize("question", [pytest.param(question, id=question.link) for question in QUESTIONS])
def test_a_question_is_answered_by_clicking(
    browser: Chrome, address: str, lake: LakeLayout, question: Question
) -> None:
    width(browser, 1300)
    browser.get(f"{address}/")
    assert clicked_through(browser, question.link) == question.clicks
    assert browser.current_url.removeprefix(address).partition("#")[0] == question.link
    if question.link in CONDITIONS:
        sql = f"SELECT count(*) FROM decisions WHERE is_latest AND ({CONDITIONS[question.link]})"
        shown = total(browser)
    else:
        sql = "SELECT max(n) FROM (SELECT count(*) n FROM decisions WHERE is_latest GROUP BY rationale)"
        shown = int(re.sub(r"\D", "", browser.find_element(By.CSS_SELECTOR, ".times a").text))
    assert connect(lake).sql(sql).fetchall() == [(shown,)]
    assert shown > 0


def test_the_slowest_stage_is_read_off_the_first_page(browser: Chrome, address: str, lake: LakeLayout) -> None:
    browser.get(f"{address}/")
    rows = browser.find_elements(By.CSS_SELECTOR, ".stages tbody tr")
    shown = {row.find_element(By.TAG_NAME, "th").text: int(row.find_element(By.TAG_NAME, "b").text) for row in rows}
    assert shown == {words_of(name): median(lake, *dates) for name, dates in STAGES.items()}


def median(lake: LakeLayout, begun: str, ended: str) -> int:
    """The median days between two dates of a case, over decisions."""
    sql = f"""SELECT quantile_disc(date_diff('day', {begun}, {ended}), 0.5)
        FROM decisions d JOIN cases c USING (document_id) WHERE d.is_latest"""
    return int(connect(lake).sql(sql).fetchall()[0][0])
