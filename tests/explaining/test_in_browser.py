"""The page in a real browser: Debian's Chromium, driven headless."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from imr.explaining.letter_view import LetterView
from imr.explaining.page import render
from tests.chromium import chromium
from tests.explaining.helpers import TEXT, value, view

LONG = TEXT + "\nA line that says nothing." * 80 + "\nSincerely yours."

VALUES = (
    value(0, "case", "cases.case_number", "CM16-9000001", "CM16-9000001", LONG),
    value(1, "outcome", "decisions.outcome", "upheld", "Upheld", LONG),
    value(2, "request", "decisions.treatment_request", "Cane", "Cane: Upheld", LONG),
    value(3, "patient", "cases.patient_sex", "male", "Sincerely", LONG),
    value(4, "reviewer", "cases.reviewer", "of the name", None, LONG),
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium(tmp_path_factory.mktemp("profile")) as chrome:
        yield chrome


Show = Callable[[LetterView], Chrome]


@pytest.fixture
def show(browser: Chrome, tmp_path: Path) -> Show:
    def open_page(shown: LetterView) -> Chrome:
        file = tmp_path / "letter.html"
        file.write_text(render(shown), encoding="utf-8")
        browser.get(file.as_uri())
        return browser

    return open_page


def button(page: Chrome, number: int) -> WebElement:
    return page.find_element(By.CSS_SELECTOR, f'button[data-value="{number}"]')


def lit(page: Chrome) -> list[str]:
    return [mark.text for mark in page.find_elements(By.CSS_SELECTOR, "mark.on")]


def in_view(page: Chrome, element: WebElement) -> bool:
    page.execute_script("document.getAnimations().forEach((a) => a.finish())")
    script = """const at = arguments[0].getBoundingClientRect(), done = arguments[1];
        const seen = () => { const r = arguments[0].getBoundingClientRect();
            return r.top >= 0 && r.bottom <= window.innerHeight; };
        const wait = (left) => seen() || !left ? done(seen()) : setTimeout(wait, 50, left - 1); wait(60);"""
    return bool(page.execute_async_script(script, element))


def test_clicking_a_value_shows_the_words_it_came_from(show: Show) -> None:
    page = show(view(*VALUES, text=LONG))
    button(page, 3).click()
    assert lit(page) == ["Sincerely"]
    assert in_view(page, page.find_element(By.CSS_SELECTOR, "mark.on"))
    told = page.find_element(By.ID, "inspector").text
    assert "cases.patient_sex" in told
    assert "a_rule" in told
    assert f"{LONG.index('Sincerely')}" in told


def test_a_value_over_several_stretches_lights_them_all(show: Show) -> None:
    page = show(view(*VALUES, text=LONG))
    button(page, 2).click()
    assert (
        "".join(mark.get_attribute("textContent") or "" for mark in page.find_elements(By.CSS_SELECTOR, "mark.on"))
        == "Cane: Upheld"
    )


def test_clicking_words_goes_from_the_inner_value_to_the_outer(show: Show) -> None:
    page = show(view(*VALUES, text=LONG))
    (word,) = [mark for mark in page.find_elements(By.TAG_NAME, "mark") if mark.text == "Upheld"]
    word.click()
    assert "on" in (button(page, 1).get_attribute("class") or "").split()
    word.click()
    assert "on" in (button(page, 2).get_attribute("class") or "").split()
    assert "on" not in (button(page, 1).get_attribute("class") or "").split()


def test_the_legend_hides_a_group_in_rows_and_text(show: Show) -> None:
    page = show(view(*VALUES, text=LONG))
    page.find_element(By.CSS_SELECTOR, 'input[data-group="outcome"]').click()
    assert not button(page, 1).is_displayed()
    (word,) = [mark for mark in page.find_elements(By.TAG_NAME, "mark") if mark.text == "Upheld"]
    assert "g-request" in (word.get_attribute("class") or "")
    word.click()
    assert "on" in (button(page, 2).get_attribute("class") or "").split()


def test_keys_select_and_clear(show: Show) -> None:
    page = show(view(*VALUES, text=LONG))
    button(page, 0).send_keys(Keys.ENTER)
    assert lit(page) == ["CM16-9000001"]
    page.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
    assert lit(page) == []


def test_a_value_of_the_file_name_says_so(show: Show) -> None:
    page = show(view(*VALUES, text=LONG))
    button(page, 4).click()
    assert lit(page) == []
    assert "file's name" in page.find_element(By.ID, "inspector").text


def test_a_hostile_letter_runs_nothing(show: Show) -> None:
    hostile = f'{TEXT}</article><script>document.title = "broken"</script><img src="x" onerror="document.title=1">'
    page = show(view(value(0, "case", "cases.x", hostile, "<script>", hostile), text=hostile, source_name="<b>x</b>"))
    assert page.title == "<b>x</b>"
    button(page, 0).click()
    assert lit(page) == ["<script>"]
    assert not [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"]
