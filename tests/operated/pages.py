"""Prefect's UI as people come to it."""

from __future__ import annotations

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests.operated.helpers import Operated


def log_in(browser: Chrome, operated: Operated, name: str) -> None:
    """Tell the UI, under one of its server's names, the secret that it asks for before it shows anything."""
    browser.get(f"http://{name}:{operated.port}/deployments")
    field = WebDriverWait(browser, 60).until(lambda page: page.find_element(By.CSS_SELECTOR, "input[type=password]"))
    assert "manual" not in browser.find_element(By.TAG_NAME, "body").text
    field.send_keys(operated.secret(), Keys.ENTER)
    WebDriverWait(browser, 60).until(lambda page: "login" not in page.current_url)
