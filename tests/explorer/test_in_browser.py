"""The explorer in a real browser: Debian's Chromium, driven headless, against a server of its own."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.explorer.browsing import total, width
from tests.explorer.conftest import HOSTILE

AXE = "axe-core@4.10.3"


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of axe-core; tests that need it are skipped where npm cannot bring it."""
    folder = tmp_path_factory.mktemp("axe")
    npm = shutil.which("npm")
    if not npm or subprocess.run([npm, "pack", AXE], cwd=folder, capture_output=True, timeout=120).returncode:
        pytest.skip(f"{AXE} cannot be had from npm")
    with tarfile.open(next(folder.glob("*.tgz"))) as packed:
        found = packed.extractfile("package/axe.min.js")
        assert found
        return found.read().decode()


def test_search_filter_share_and_take_back(browser: Chrome, address: str) -> None:
    width(browser, 1300)
    browser.get(f"{address}/")
    every = total(browser)
    browser.find_element(By.ID, "q").send_keys("necessary", Keys.ENTER)
    assert browser.find_elements(By.CSS_SELECTOR, ".card mark")
    found = total(browser)
    first = browser.find_element(By.CSS_SELECTOR, "#filters details:first-of-type li a")
    count = int(first.find_element(By.TAG_NAME, "b").text)
    first.click()
    assert total(browser) == count <= found <= every
    link = browser.current_url
    assert "q=necessary" in link
    assert "outcome=" in link
    browser.back()
    assert total(browser) == found
    browser.get(link)  # as another person would
    assert total(browser) == count
    for _ in range(2):
        browser.find_element(By.CSS_SELECTOR, ".chips a").click()
    assert total(browser) == every


def test_a_value_of_a_decision_shows_its_words(browser: Chrome, address: str) -> None:
    width(browser, 1300)
    browser.get(f"{address}/?q=necessary")
    browser.find_element(By.CSS_SELECTOR, ".card h2 a").click()
    button = browser.find_element(By.CSS_SELECTOR, '#rows .value[data-name="decisions.outcome"]')
    browser.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", button)
    button.click()
    assert browser.find_elements(By.CSS_SELECTOR, "#text mark.on")
    assert "decisions.outcome" in browser.find_element(By.ID, "inspector").text
    assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def test_keys_are_enough(browser: Chrome, address: str) -> None:
    width(browser, 1300)
    browser.get(f"{address}/")
    body = browser.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("class") == "skip"
    body.send_keys("/")
    browser.switch_to.active_element.send_keys("necessary", Keys.ENTER)
    assert "q=necessary" in browser.current_url
    browser.find_element(By.TAG_NAME, "body").send_keys("j")
    browser.switch_to.active_element.send_keys("j")
    wanted = browser.switch_to.active_element.get_attribute("href")
    assert wanted == browser.find_elements(By.CSS_SELECTOR, ".card h2 a")[1].get_attribute("href")
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.current_url == wanted


def test_a_hostile_letter_runs_nothing(browser: Chrome, address: str) -> None:
    browser.get(f"{address}/?q=tables+drop")
    browser.find_element(By.CSS_SELECTOR, ".card h2 a").click()
    assert HOSTILE in browser.find_element(By.ID, "text").get_attribute("textContent")
    assert browser.title != "broken"
    assert not browser.find_elements(By.CSS_SELECTOR, "#text img, #text script")
    assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


@pytest.mark.parametrize(
    ("pixels", "dark"), [(1300, False), (1300, True), (360, False)], ids=["wide", "dark", "telephone"]
)
def test_nothing_is_in_the_way_of_anyone(browser: Chrome, address: str, axe: str, pixels: int, dark: bool) -> None:
    width(browser, pixels, dark=dark)
    for page in ("/?q=necessary&outcome=upheld&compare=category", "/decision", "/repeated", "/help"):
        if page == "/decision":
            browser.get(f"{address}/")
            page = browser.find_element(By.CSS_SELECTOR, ".card h2 a").get_attribute("href").removeprefix(address)
        browser.get(f"{address}{page}")
        browser.execute_script("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
        browser.execute_script(axe)
        result: dict[str, Any] = browser.execute_async_script(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']}).then(arguments[0])"
        )
        wrong = [
            (each["id"], each["impact"], [node["html"][:120] for node in each["nodes"][:3]])
            for each in result["violations"]
        ]
        assert wrong == []
